package check

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
)

var othersGroup = group{name: "others", look: lookAtOthers, entries: []Entry{
	{ID: "roles", Title: "Mailboxes postmaster and abuse", Severity: Low, Needs: []Need{NeedsInput}, Rule: "The mailboxes postmaster and abuse exist.",
		Why:    "Other operators write there about problems with the domain's mail.",
		Source: "RFC 2142 section 5, RFC 5321 section 4.5.1"},
	{ID: "bulk_auth", Title: "Rules for bulk senders", Severity: Critical, Needs: []Need{NeedsInput}, Rule: "A domain that sends in bulk has SPF, DKIM and DMARC.",
		Why:    "Gmail, Yahoo and Outlook refuse mail of bulk senders without all three.",
		Source: "the rules of Gmail and Yahoo (2024) and Microsoft (2025) for bulk senders"},
	{ID: "dnsbl", Title: "Block lists", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "No sending address is in the block lists.",
		Why:    "Receivers that use the list refuse mail from the address.",
		Source: "RFC 5782"},
}}

func lookAtOthers(r *run) {
	r.set("roles", r.roles())
	if r.wantsAny("bulk_auth") {
		r.set("bulk_auth", r.bulk())
	}
	if r.wantsAny("dnsbl") {
		r.set("dnsbl", r.blockLists())
	}
}

func (r *run) roles() outcome {
	if r.Mailboxes == nil {
		return skipped("the mailboxes of the domain were not given")
	}
	if r.mxFacts().null {
		return takesNoMail
	}
	var missing []string
	for _, role := range []string{"postmaster", "abuse"} {
		if !slices.ContainsFunc(r.Mailboxes, func(box string) bool { return strings.EqualFold(box, role) }) {
			missing = append(missing, role)
		}
	}
	if len(missing) > 0 {
		return warned("missing: %s", listed(missing))
	}
	return passed("postmaster and abuse exist")
}

// bulk is about what large receivers want of domains that send much.
func (r *run) bulk() outcome {
	if !r.Bulk {
		return skipped("the domain does not send in bulk, as the options say")
	}
	spf, dkim, dmarc := r.spfFacts(), r.dkimFacts(), r.dmarcFacts()
	var missing []string
	var unsure error
	unseen := false // whether the domain has DKIM keys, but nobody said where
	if spf.err == nil && !spf.usable() {
		missing = append(missing, "SPF")
	}
	switch {
	case dkim.good() > 0:
	case dkim.err != nil:
		unsure = dkim.err
	case len(r.Selectors) == 0:
		a := r.ask("_domainkey."+r.Domain, miekg.TypeTXT)
		if a.nx {
			missing = append(missing, "DKIM")
		}
		unsure, unseen = a.err, a.err == nil && !a.nx
	default:
		missing = append(missing, "DKIM")
	}
	if dmarc.err == nil && dmarc.policy == "" {
		missing = append(missing, "DMARC")
	}
	unsure = cmp.Or(spf.err, unsure, dmarc.err)
	switch {
	case len(missing) > 0:
		return failed("missing or not usable: %s", listed(missing))
	case unsure != nil:
		return couldNotLook(unsure)
	case unseen:
		return skipped("SPF and DMARC are there; DKIM could not be checked, as no selectors were given")
	}
	return passed("SPF, DKIM and DMARC are there")
}

// listing is a question to a block list.
type listing struct {
	addr netip.Addr
	list string
}

func (r *run) blockLists() outcome {
	if len(r.BlockLists) == 0 || len(r.SendingAddresses) == 0 {
		return skipped("no block lists or no sending addresses were given")
	}
	var questions []listing
	for _, addr := range r.SendingAddresses {
		for _, list := range r.BlockLists {
			questions = append(questions, listing{addr, strings.TrimSuffix(list, ".")})
		}
	}
	var t tally
	for _, o := range each(questions, r.listed) {
		t.add(o)
	}
	return t.outcome(outcome{})
}

// A block list shows that it works by addresses for tests: it lists the first one and never the second
// one (RFC 5782 section 5).
var (
	alwaysListed = netip.MustParseAddr("127.0.0.2")
	neverListed  = netip.MustParseAddr("127.0.0.1")
)

// alwaysListedSix is the address for tests of a list of IPv6 addresses, ::FFFF:7F00:2, in reverse.
var alwaysListedSix = "2.0.0.0.0.0.f.7.f.f.f.f." + strings.Repeat("0.", 20)

// askList asks a block list for an address (RFC 5782 section 2).
func (r *run) askList(list string, addr netip.Addr) reply {
	reverse, err := miekg.ReverseAddr(addr.String())
	if err != nil {
		return reply{err: err}
	}
	digits := strings.TrimSuffix(strings.TrimSuffix(reverse, "in-addr.arpa."), "ip6.arpa.")
	return r.ask(digits+list, miekg.TypeA)
}

// listed tells whether a block list has an address.
func (r *run) listed(l listing) outcome {
	replies := each([]netip.Addr{l.addr.Unmap(), alwaysListed, neverListed}, func(addr netip.Addr) reply { return r.askList(l.list, addr) })
	a, always, never := replies[0], replies[1], replies[2]
	if a.err != nil {
		return unknown("%s did not answer: %v", l.list, a.err)
	}
	var codes []string
	for _, rr := range a.records {
		code, _ := netip.AddrFromSlice(rr.(*miekg.A).A)
		octets := code.Unmap().As4()
		switch {
		case octets[0] == 127 && octets[1] == 255:
			return unknown("%s answers by the error code %s: it does not serve this resolver", l.list, code.Unmap())
		case octets[0] != 127:
			return unknown("%s answers by %s, which is no answer of a block list", l.list, code.Unmap())
		}
		codes = append(codes, code.Unmap().String())
	}
	if len(codes) > 0 && len(never.records) > 0 {
		return unknown("%s lists every address, even %s: it is no block list any more", l.list, neverListed)
	}
	if len(codes) > 0 {
		return warned("%s lists %s (%s)", l.list, l.addr, listed(codes))
	}
	if len(always.records) == 0 && l.addr.Unmap().Is6() {
		always = r.ask(alwaysListedSix+l.list, miekg.TypeA)
	}
	switch {
	case always.err != nil:
		return unknown("%s did not answer: %v", l.list, always.err)
	case len(always.records) == 0:
		return unknown("%s is no block list, or does not serve this resolver: it does not list the address for tests, %s", l.list, alwaysListed).
			want("the domain of a block list that lists %s", alwaysListed)
	}
	return passed("%s does not list %s", l.list, l.addr)
}
