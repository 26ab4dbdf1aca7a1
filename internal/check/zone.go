package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

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
			return nil, h, noSuchHost{server + " has no address" + r.meant(server)}
		}
	}
	msg, err := r.Lookup.AskServer(r.ctx, server, addrs, name, qtype)
	return msg, h, err
}
