package check

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var nsGroup = group{name: "ns", look: lookAtNS, entries: []Entry{
	{ID: "ns_count", Severity: Medium, Rule: "The zone has two name servers or more.",
		Why:    "If the only name server is down, mail to and from the domain stops.",
		Source: "RFC 1034 section 4.1"},
	{ID: "ns_lame", Severity: High, Rule: "Each name server of the zone answers with authority.",
		Why:    "Resolvers that ask a server without authority get slow answers or none.",
		Source: "RFC 1912 section 2.8"},
	{ID: "ns_parent", Severity: Medium, Rule: "The zone above names the same name servers as the zone itself.",
		Why:    "Resolvers use either list, so a server that is in one of them only is asked by chance.",
		Source: "RFC 1034 section 4.2.2"},
	{ID: "ns_subnet", Severity: Low, Rule: "The name servers are in more than one network.",
		Why:    "One network that is down takes all name servers with it.",
		Source: "RFC 2182 section 3.1"},
}}

var soaGroup = group{name: "soa", look: lookAtSOA, entries: []Entry{
	{ID: "soa_agree", Severity: Low, Rule: "All name servers have the same version of the zone.",
		Why:    "Records that were changed are seen by some and not by others.",
		Source: "RFC 1912 section 2.2"},
	{ID: "soa_values", Severity: Low, Rule: "The timers of the SOA record follow from each other: retry below refresh, refresh below expire.",
		Why:    "Secondary name servers go by them.",
		Source: "RFC 1912 section 2.2"},
}}

const (
	maxServers       = 16
	maxParentServers = 3
)

// zoneFacts is the zone that holds the domain.
type zoneFacts struct {
	err     error
	apex    string // "" if there is no zone
	soa     *miekg.SOA
	signed  bool // the resolver claims to have validated the SOA
	bogus   bool // the resolver refuses the zone as forged
	servers []string
	above   string // the zone above; "" if none was found
	// aboveErr is why the zone above is not known.
	aboveErr error
}

// lookForZone asks for the SOA records of the domain and of all names above it at once.
func (r *run) lookForZone() zoneFacts {
	names := namesUp(r.Domain)
	replies := each(names, func(name string) reply { return r.ask(name, miekg.TypeSOA) })
	var facts zoneFacts
	for i, a := range replies {
		apex := len(a.records) > 0 && len(a.aliases) == 0
		switch {
		case facts.apex == "" && a.err != nil:
			facts.err = fmt.Errorf("looking for the zone of %s: %w", r.Domain, a.err)
			return facts
		case facts.apex == "" && apex:
			facts.apex, facts.soa = names[i], a.records[0].(*miekg.SOA)
			facts.signed, facts.bogus = a.authentic, a.bogus
		case facts.apex != "" && a.err != nil:
			facts.aboveErr = a.err
			return r.withServers(facts)
		case facts.apex != "" && apex:
			facts.above = names[i]
			return r.withServers(facts)
		}
	}
	if facts.apex == "" {
		return facts
	}
	return r.withServers(facts)
}

func (r *run) withServers(facts zoneFacts) zoneFacts {
	a := r.ask(facts.apex, miekg.TypeNS)
	if a.err != nil {
		facts.err = a.err
	}
	facts.servers = nameServers(a.records)
	signed := facts.signed && r.validation().proven
	r.note(func(report *Report) {
		report.Zone = &Zone{Apex: facts.apex, NameServers: facts.servers, Signed: signed}
	})
	return facts
}

// namesUp lists a name and the names above it.
func namesUp(name string) []string {
	var names []string
	for name != "" {
		names = append(names, name)
		_, name, _ = strings.Cut(name, ".")
	}
	return names
}

// nameServers lists the names in NS records, sorted.
func nameServers(records []miekg.RR) []string {
	var servers []string
	for _, rr := range records {
		if ns, ok := rr.(*miekg.NS); ok {
			servers = append(servers, dns.FoldName(ns.Ns))
		}
	}
	slices.Sort(servers)
	servers = slices.Compact(servers)
	return servers[:min(len(servers), maxServers)]
}

// serverAnswer is what one name server of the zone said.
type serverAnswer struct {
	server string
	host   host
	// absent is why nobody can ask the server: it has no public address.
	absent error
	// err is why it did not answer, lame what it answered instead of the record.
	err  error
	lame string
	soa  *miekg.SOA
}

// lookForServers asks each name server for the zone's SOA record.
func (r *run) lookForServers() []serverAnswer {
	facts := r.zoneFacts()
	return each(facts.servers, func(server string) serverAnswer {
		answer := serverAnswer{server: server}
		msg, h, err := r.askServer(server, facts.apex, miekg.TypeSOA)
		answer.host = h
		var absent noSuchHost
		switch {
		case errors.As(err, &absent):
			answer.absent = err
			return answer
		case err != nil:
			answer.err = err
			return answer
		}
		if answer.lame = dns.Lameness(msg); answer.lame != "" {
			return answer
		}
		for _, rr := range msg.Answer {
			if soa, ok := rr.(*miekg.SOA); ok && dns.FoldName(soa.Hdr.Name) == facts.apex {
				answer.soa = soa
			}
		}
		if answer.soa == nil {
			answer.lame = "does not know the zone's SOA record"
		}
		return answer
	})
}

// askServer asks a name server at its public addresses.
func (r *run) askServer(server, name string, qtype uint16) (*miekg.Msg, host, error) {
	h := r.host(server)
	addrs := r.reachable(h)
	if !r.Lookup.Redirected(server) && len(addrs) == 0 {
		switch {
		case len(h.addresses) > 0:
			return nil, h, noSuchHost{fmt.Sprintf("%s has private or reserved addresses only (%s)", server, listed(addressTexts(h.addresses)))}
		case h.err != nil:
			return nil, h, h.err
		default:
			return nil, h, noSuchHost{server + " has no address"}
		}
	}
	msg, err := r.Lookup.AskServer(r.ctx, server, addrs, name, qtype)
	return msg, h, err
}

func lookAtNS(r *run) {
	ids := []string{"ns_count", "ns_lame", "ns_parent", "ns_subnet"}
	facts := r.zoneFacts()
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), ids...)
		return
	case facts.apex == "":
		r.setAll(skipped("no zone holds %s", r.Domain), ids[1:]...)
		r.set("ns_count", failed("no zone holds %s: the domain does not exist, or is not delegated", r.Domain).want("the domain registered and delegated to two name servers"))
		return
	}
	if len(facts.servers) < 2 {
		r.set("ns_count", failed("%d name server: %s", len(facts.servers), listed(facts.servers)))
	} else {
		r.set("ns_count", passed("%d name servers: %s", len(facts.servers), listed(facts.servers)))
	}
	if r.wantsAny("ns_parent") {
		r.set("ns_parent", r.delegation(facts))
	}
	if !r.wantsAny("ns_lame", "ns_subnet") {
		return
	}
	var lame tally
	for _, answer := range r.serverFacts() {
		lame.add(answer.serves())
	}
	r.set("ns_lame", lame.outcome(skipped("the zone has no name servers")))
	r.set("ns_subnet", networks(r.serverFacts()))
}

func (a serverAnswer) serves() outcome {
	switch {
	case a.absent != nil:
		return failed("%v", a.absent).want("a public address for each name server")
	case a.err != nil:
		return unknown("%v", a.err)
	case a.lame != "":
		return failed("%s %s", a.server, a.lame).want("the zone at this server, or another name server instead")
	}
	return passed("%s answers", a.server)
}

// networks tells whether all name servers are in one network.
func networks(answers []serverAnswer) outcome {
	seen := map[netip.Prefix]bool{}
	for _, answer := range answers {
		if len(answer.host.addresses) == 0 && answer.host.err != nil {
			return couldNotLook(answer.host.err)
		}
		for _, addr := range answer.host.addresses {
			bits := 48
			if addr.Unmap().Is4() {
				bits = 24
			}
			if network, err := addr.Unmap().Prefix(bits); err == nil {
				seen[network] = true
			}
		}
	}
	var all []string
	for network := range seen {
		all = append(all, network.String())
	}
	slices.Sort(all)
	four, six := 0, 0
	for network := range seen {
		if network.Addr().Is4() {
			four++
		} else {
			six++
		}
	}
	switch {
	case len(seen) == 0:
		return skipped("no name server has an address")
	case four <= 1 && six <= 1:
		return warned("all name servers are in %s", listed(all))
	}
	return passed("%d networks", len(seen))
}

// delegation compares the name servers that the zone above names with the zone's own.
func (r *run) delegation(facts zoneFacts) outcome {
	switch {
	case facts.aboveErr != nil:
		return couldNotLook(facts.aboveErr)
	case facts.above == "":
		return unknown("could not look: the resolver knows no zone above %s", facts.apex)
	}
	above := r.ask(facts.above, miekg.TypeNS)
	if above.err != nil {
		return couldNotLook(above.err)
	}
	servers := nameServers(above.records)
	servers = servers[:min(len(servers), maxParentServers)]
	if len(servers) == 0 {
		return unknown("could not look: the resolver knows no name servers of %s", facts.above)
	}
	type answer struct {
		named []string
		err   error
	}
	answers := each(servers, func(server string) answer {
		msg, _, err := r.askServer(server, facts.apex, miekg.TypeNS)
		if err != nil {
			return answer{err: err}
		}
		var named []string
		for _, rr := range slices.Concat(msg.Answer, msg.Ns) {
			if dns.FoldName(rr.Header().Name) == facts.apex {
				named = append(named, nameServers([]miekg.RR{rr})...)
			}
		}
		slices.Sort(named)
		named = slices.Compact(named)
		if len(named) == 0 {
			return answer{err: fmt.Errorf("%s does not name the servers of %s", server, facts.apex)}
		}
		return answer{named: named[:min(len(named), maxServers)]}
	})
	var err error
	for _, a := range answers {
		switch {
		case a.err != nil:
			err = a.err
		case slices.Equal(a.named, facts.servers):
			return passed("%s names the same", facts.above)
		default:
			return warned("%s names %s, and the zone itself %s", facts.above, listed(a.named), listed(facts.servers))
		}
	}
	return couldNotLook(err)
}

func lookAtSOA(r *run) {
	facts := r.zoneFacts()
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), "soa_agree", "soa_values")
		return
	case facts.apex == "":
		r.setAll(skipped("no zone holds %s", r.Domain), "soa_agree", "soa_values")
		return
	}
	r.set("soa_values", timers(facts.soa))
	if r.wantsAny("soa_agree") {
		r.set("soa_agree", serials(r.serverFacts()))
	}
}

func timers(soa *miekg.SOA) outcome {
	values := fmt.Sprintf("refresh %d, retry %d, expire %d, minimum %d", soa.Refresh, soa.Retry, soa.Expire, soa.Minttl)
	if soa.Retry >= soa.Refresh || soa.Refresh >= soa.Expire {
		return informed("%s", values)
	}
	return passed("%s", values)
}

func serials(answers []serverAnswer) outcome {
	found := map[uint32][]string{}
	var silent error
	for _, answer := range answers {
		switch {
		case answer.soa != nil:
			found[answer.soa.Serial] = append(found[answer.soa.Serial], answer.server)
		case answer.err != nil:
			silent = answer.err
		}
	}
	switch {
	case len(found) > 1:
		var texts []string
		for serial, servers := range found {
			texts = append(texts, fmt.Sprintf("%d at %s", serial, listed(servers)))
		}
		slices.Sort(texts)
		return warned("%s", listed(texts)).want("the same serial number everywhere, some minutes after a change")
	case silent != nil:
		return couldNotLook(silent)
	case len(found) == 0:
		return skipped("no name server answers")
	}
	for serial := range found {
		return passed("serial number %d", serial)
	}
	return outcome{}
}
