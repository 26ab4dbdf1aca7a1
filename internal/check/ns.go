package check

import (
	"fmt"
	"net/netip"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var nsGroup = group{name: "ns", look: lookAtNS, entries: []Entry{
	{ID: "ns_count", Title: "Number of name servers", Severity: Medium, Rule: "The zone has two name servers or more.",
		Why:    "If the only name server is down, mail to and from the domain stops.",
		Source: "RFC 1034 section 4.1"},
	{ID: "ns_lame", Title: "Answers of the name servers", Severity: High, Rule: "Each name server of the zone answers with authority.",
		Why:    "Resolvers that ask a server without authority get slow answers or none.",
		Source: "RFC 1912 section 2.8"},
	{ID: "ns_parent", Title: "Delegation of the zone", Severity: Medium, Rule: "The zone above names the same name servers as the zone itself.",
		Why:    "Resolvers use either list, so a server that is in one of them only is asked by chance.",
		Source: "RFC 1034 section 4.2.2"},
	{ID: "ns_subnet", Title: "Networks of the name servers", Severity: Low, Rule: "The name servers are in more than one network.",
		Why:    "One network that is down takes all name servers with it.",
		Source: "RFC 2182 section 3.1"},
}}

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
