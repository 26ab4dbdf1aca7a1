package check

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var clientsGroup = group{name: "clients", look: lookAtClients, entries: []Entry{
	{ID: "srv_mail", Title: "SRV records for mail programs", Severity: Low, Rule: "SRV records tell mail programs where to read and submit mail.",
		Why:    "Mail programs set up an account by them, so that users need not know the names of servers.",
		Source: "RFC 6186, RFC 8314 section 5.1"},
	{ID: "srv_target", Title: "Targets of the SRV records", Severity: Medium, Rule: "Each SRV record leads to a host that has an address and is no alias.",
		Why:    "A mail program that follows it finds nothing.",
		Source: "RFC 2782"},
	{ID: "autodiscover", Title: "Set-up of Outlook", Severity: Low, Rule: "Outlook finds its settings, by a SRV record or the host autodiscover.",
		Why:    "Outlook does not use the SRV records of RFC 6186.",
		Source: "Microsoft, Autodiscover for Exchange"},
	{ID: "autoconfig", Title: "Set-up of Thunderbird", Severity: Low, Rule: "Thunderbird finds its settings at the host autoconfig.",
		Why:    "Thunderbird asks there before it guesses.",
		Source: "Mozilla, Thunderbird Autoconfiguration"},
}}

// mailServices are the services by which mail programs find servers.
var mailServices = []string{"_submissions", "_submission", "_imaps", "_imap", "_pop3s", "_pop3"}

func lookAtClients(r *run) {
	ids := []string{"srv_mail", "srv_target", "autodiscover", "autoconfig"}
	if r.mxFacts().null {
		r.setAll(takesNoMail, ids...)
		return
	}
	services := append(append([]string{}, mailServices...), "_autodiscover")
	replies := each(services, func(service string) reply { return r.ask(service+"._tcp."+r.Domain, miekg.TypeSRV) })
	others := each([]string{"autodiscover." + r.Domain, "autoconfig." + r.Domain}, r.host)
	last := len(replies) - 1
	r.set("srv_mail", srvMail(replies[:last]))
	r.set("srv_target", r.srvTargets(services, replies))
	r.set("autodiscover", found("_autodiscover._tcp or autodiscover."+r.Domain, replies[last], others[0]))
	r.set("autoconfig", found("autoconfig."+r.Domain, reply{}, others[1]))
}

// offered reports whether a SRV record offers the service. A target "." or port 0 says that it is
// not offered.
func offered(rr miekg.RR) bool {
	srv, ok := rr.(*miekg.SRV)
	return ok && srv.Target != "." && srv.Port != 0
}

func srvMail(replies []reply) outcome {
	var offers, refusals []string
	var err error
	for i, a := range replies {
		switch {
		case a.err != nil:
			err = a.err
		case len(a.records) == 0:
		case offered(a.records[0]):
			offers = append(offers, strings.TrimPrefix(mailServices[i], "_"))
		default:
			refusals = append(refusals, strings.TrimPrefix(mailServices[i], "_"))
		}
	}
	switch {
	case len(offers) > 0:
		return passed("offered: %s", listed(offers))
	case err != nil:
		return couldNotLook(err)
	case len(refusals) > 0:
		return informed("the records say that nothing is offered: %s", listed(refusals))
	}
	return informed("there are no SRV records for mail programs")
}

func (r *run) srvTargets(services []string, replies []reply) outcome {
	type target struct{ service, host string }
	var targets []target
	var t tally
	for i, a := range replies {
		if a.err != nil {
			t.add(unknown("could not look for %s: %v", services[i], a.err))
		}
		for _, rr := range a.records {
			if offered(rr) && len(targets) < maxHosts {
				targets = append(targets, target{services[i], dns.FoldName(rr.(*miekg.SRV).Target)})
			}
		}
	}
	for i, h := range each(targets, func(t target) host { return r.host(t.host) }) {
		where := fmt.Sprintf("%s of %s", h.name, targets[i].service)
		switch {
		case len(h.aliases) > 0:
			t.add(failed("%s is an alias of %s", where, h.aliases[0]))
		case len(h.addresses) > 0:
			t.add(passed("%s has an address", where))
		case h.err != nil:
			t.add(unknown("could not look for the addresses of %s: %v", where, h.err))
		default:
			t.add(failed("%s has no address%s", where, r.meant(h.name)))
		}
	}
	return t.outcome(skipped("there are no SRV records for mail programs"))
}

// found is about settings that mail programs look for.
func found(where string, srv reply, h host) outcome {
	switch {
	case len(srv.records) > 0 && offered(srv.records[0]):
		return passed("a SRV record leads to %s", dns.FoldName(srv.records[0].(*miekg.SRV).Target))
	case len(h.addresses) > 0:
		return passed("%s has an address", h.name)
	case srv.err != nil:
		return couldNotLook(srv.err)
	case h.err != nil:
		return couldNotLook(h.err)
	}
	return informed("there is nothing at %s", where)
}
