package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var ptrGroup = group{name: "ptr", look: lookAtPTR, entries: []Entry{
	{ID: "ptr_present", Title: "Reverse DNS", Severity: High, Needs: []Need{NeedsInput}, Rule: "Each sending address has a name, by a PTR record.",
		Why:    "Many receivers refuse mail from an address without a name.",
		Source: "RFC 1912 section 2.1"},
	{ID: "ptr_forward", Title: "Reverse DNS confirmed by address", Severity: High, Needs: []Need{NeedsInput}, Rule: "The name of each sending address leads back to the address.",
		Why:    "Receivers distrust a name that does not lead back, because anybody can claim any name.",
		Source: "RFC 1912 section 2.1"},
	{ID: "ptr_helo", Title: "Reverse DNS and greeting", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "The name of each sending address is the one that the server greets with.",
		Why:    "Some receivers compare the greeting with the name of the address.",
		Source: "RFC 5321 section 4.1.1.1"},
	{ID: "ptr_helo_fqdn", Title: "Name in the greeting", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "The server greets with a whole name that has an address.",
		Why:    "Receivers refuse greetings with a local name, which only misconfigured programs use.",
		Source: "RFC 5321 section 2.3.5"},
}}

// ptrAddress is the names of an address.
type ptrAddress struct {
	addr  netip.Addr
	err   error
	names []string
	// forward is the first name that leads back; "" if none does. forwardErr is why that is not known.
	forward    string
	forwardErr error
}

func (r *run) lookForNames(addr netip.Addr) ptrAddress {
	found := ptrAddress{addr: addr}
	reverse, err := miekg.ReverseAddr(addr.Unmap().String())
	if err != nil {
		found.err = err
		return found
	}
	a := r.ask(reverse, miekg.TypePTR)
	found.err = a.err
	for _, rr := range a.records {
		if len(found.names) < maxHosts {
			found.names = append(found.names, dns.FoldName(rr.(*miekg.PTR).Ptr))
		}
	}
	slices.Sort(found.names)
	for _, h := range each(found.names, r.host) {
		switch {
		case slices.Contains(h.addresses, addr.Unmap()):
			found.forward = h.name
			return found
		case h.err != nil:
			found.forwardErr = h.err
		}
	}
	return found
}

func lookAtPTR(r *run) {
	r.set("ptr_helo_fqdn", r.greeting())
	addrs, own := r.SendingAddresses, true
	if len(addrs) == 0 {
		mx := r.mxFacts()
		all := []string{"ptr_present", "ptr_forward", "ptr_helo"}
		switch {
		case mx.err != nil:
			r.setAll(couldNotLook(mx.err), all...)
			return
		case mx.null:
			r.setAll(takesNoMail, all...)
			return
		}
		own = false
		for _, h := range mx.receivers() {
			addrs = append(addrs, attempts(r.reachable(h))...)
		}
		if len(addrs) == 0 {
			r.setAll(skipped("no sending addresses were given, and no MX host has a public address"), all...)
			return
		}
	}
	var present, forward, helo tally
	for _, found := range each(addrs, r.lookForNames) {
		p, f := found.present(), found.leadsBack()
		if !own {
			p, f = asGuess(p), asGuess(f)
		}
		present.add(p)
		forward.add(f)
		if r.HELOName != "" && own {
			helo.add(found.greetsWith(r.HELOName))
		}
	}
	r.set("ptr_present", present.outcome(outcome{}))
	r.set("ptr_forward", forward.outcome(outcome{}))
	r.set("ptr_helo", helo.outcome(skipped("no HELO name or no sending addresses were given")))
}

// asGuess is for addresses of MX hosts, which may send mail or not.
func asGuess(o outcome) outcome {
	if o.status == Fail {
		o.status, o.severity = Warn, Low
		o.found += " (an address of an MX host, which matters if it also sends)"
	}
	return o
}

func (p ptrAddress) present() outcome {
	switch {
	case p.err != nil:
		return unknown("could not look for the name of %s: %v", p.addr, p.err)
	case len(p.names) == 0:
		return failed("%s has no name", p.addr).want("a PTR record, which the owner of the network sets")
	}
	return passed("%s is %s", p.addr, listed(p.names))
}

func (p ptrAddress) leadsBack() outcome {
	switch {
	case p.err != nil:
		return unknown("could not look for the name of %s: %v", p.addr, p.err)
	case len(p.names) == 0:
		return skipped("%s has no name", p.addr)
	case p.forward != "":
		return passed("%s leads back to %s", p.forward, p.addr)
	case p.forwardErr != nil:
		return unknown("could not look for the addresses of %s: %v", listed(p.names), p.forwardErr)
	}
	return failed("%s does not lead back to %s", listed(p.names), p.addr)
}

func (p ptrAddress) greetsWith(helo string) outcome {
	switch {
	case p.err != nil:
		return unknown("could not look for the name of %s: %v", p.addr, p.err)
	case len(p.names) == 0:
		return skipped("%s has no name", p.addr)
	case slices.Contains(p.names, helo):
		return passed("%s is %s", p.addr, helo)
	}
	return warned("%s is %s, and the server greets with %s", p.addr, listed(p.names), quoted(helo))
}

// greeting is about the name with which the sending servers greet.
func (r *run) greeting() outcome {
	helo := r.HELOName
	if helo == "" {
		return skipped("no HELO name was given")
	}
	if _, err := dns.Canonical(helo); err != nil || !strings.Contains(helo, ".") || isAddress(helo) {
		return failed("%s is not a whole name", quoted(helo)).want("a name such as mail.%s", r.Domain)
	}
	h := r.host(helo)
	switch {
	case len(h.addresses) > 0:
		return passed("%s is %s", helo, listed(addressTexts(h.addresses)))
	case h.err != nil:
		return couldNotLook(h.err)
	}
	return failed("%s has no address", fmt.Sprintf("%q", helo))
}
