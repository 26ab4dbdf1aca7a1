package check

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
)

var mxGroup = group{name: "mx", look: lookAtMX, entries: []Entry{
	{ID: "mx_present", Title: "MX record", Severity: High, Rule: "The domain has an MX record.",
		Why:    "Without an MX record and an address, nobody can send mail to the domain; with an address alone, some senders refuse to.",
		Source: "RFC 5321 section 5.1"},
	{ID: "mx_null", Title: "Null MX", Severity: High, Rule: "A null MX stands alone, and then the domain refuses to be a sender too: SPF \"v=spf1 -all\" and DMARC p=reject.",
		Why:    "A null MX says that the domain takes no mail; beside other MX records, senders may take either for true.",
		Source: "RFC 7505 section 3"},
	{ID: "mx_resolves", Title: "Addresses of the MX hosts", Severity: High, Rule: "Each MX host has an address.",
		Why:    "Mail cannot be delivered to a host without an address.",
		Source: "RFC 5321 section 5.1"},
	{ID: "mx_cname", Title: "MX host as an alias", Severity: Medium, Rule: "No MX host is an alias.",
		Why:    "An MX record must not lead to a CNAME, and some senders refuse one that does.",
		Source: "RFC 2181 section 10.3"},
	{ID: "mx_literal", Title: "MX host as an IP address", Severity: High, Rule: "Each MX host is the name of a host.",
		Why:    "An MX record holds the name of a host; senders look an address up as a name, and find nothing. Names of hosts have no underscores.",
		Source: "RFC 5321 section 5.1"},
	{ID: "mx_public", Title: "Public addresses of the MX hosts", Severity: High, Rule: "Each MX host has a public address.",
		Why:    "Private and reserved addresses cannot be reached from the Internet.",
		Source: "RFC 6890"},
}}

// maxHosts limits how many hosts of a record set are looked at.
const maxHosts = 20

// mxFacts is what is known about where the domain receives mail.
type mxFacts struct {
	err     error // why nothing is known
	bogus   bool
	records []mailrecord.MX // sorted
	// null says that a null MX stands alone.
	null bool
	// hosts are those of the records, each once, at most maxHosts, without null MX and without
	// addresses in place of names.
	hosts []host
	// left is how many hosts were not looked at.
	left     int
	literals []string
	// implicit is the domain itself, if it has no MX record.
	implicit host
}

func (r *run) lookForMX() mxFacts {
	a := r.ask(r.Domain, miekg.TypeMX)
	facts := mxFacts{err: a.err, bogus: a.bogus}
	if a.err != nil {
		return facts
	}
	for _, rr := range a.records {
		mx := rr.(*miekg.MX)
		facts.records = append(facts.records, mailrecord.MX{Preference: mx.Preference, Host: dns.FoldName(mx.Mx)})
	}
	slices.SortFunc(facts.records, func(a, b mailrecord.MX) int {
		if d := int(a.Preference) - int(b.Preference); d != 0 {
			return d
		}
		return strings.Compare(a.Host, b.Host)
	})
	facts.null = len(facts.records) == 1 && facts.records[0].Null()
	if len(facts.records) == 0 {
		facts.implicit = r.host(r.Domain)
		facts.err = facts.implicit.err
		if len(facts.implicit.addresses) > 0 {
			facts.err = nil
		}
		return facts
	}
	var names []string
	for _, mx := range facts.records {
		switch {
		case mx.Null() || slices.Contains(names, mx.Host):
		case isAddress(mx.Host):
			facts.literals = append(facts.literals, mx.Host)
		case len(names) == maxHosts:
			facts.left++
		default:
			names = append(names, mx.Host)
		}
	}
	facts.hosts = each(names, r.host)
	r.note(func(report *Report) {
		for _, mx := range facts.records[:min(len(facts.records), maxHosts)] {
			shown := MXHost{Preference: mx.Preference, Host: shortened(mx.Host, maxQuoted)}
			for _, h := range facts.hosts {
				if h.name == mx.Host {
					shown.Addresses = addressTexts(h.addresses)
				}
			}
			report.MX = append(report.MX, shown)
		}
	})
	return facts
}

// receivers returns the hosts to which mail of the domain is delivered.
func (f mxFacts) receivers() []host {
	if len(f.records) == 0 && len(f.implicit.addresses) > 0 {
		return []host{f.implicit}
	}
	return f.hosts
}

func hostNames(hosts []host) []string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.name)
	}
	return names
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}

func lookAtMX(r *run) {
	facts := r.mxFacts()
	of := []string{"mx_null", "mx_resolves", "mx_cname", "mx_literal", "mx_public"}
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), append(of, "mx_present")...)
		return
	case len(facts.records) == 0:
		r.setAll(skipped("%s has no MX record", r.Domain), of[:len(of)-1]...)
		r.set("mx_public", r.publicHosts([]host{facts.implicit}))
		r.set("mx_present", absentMX(r.Domain, facts.implicit))
		return
	}
	r.set("mx_present", passed("%s", listed(mxTexts(facts.records))))
	if facts.null {
		r.set("mx_null", r.nullMX())
		r.setAll(takesNoMail, of[1:]...)
		return
	}
	if mailrecord.CheckMXSet(facts.records) != nil {
		r.set("mx_null", failed("a null MX stands beside others: %s", listed(mxTexts(facts.records))).want("one or the other"))
	} else {
		r.set("mx_null", passed("no record is a null MX"))
	}
	underscored := slices.DeleteFunc(hostNames(facts.hosts), func(name string) bool { return !strings.Contains(name, "_") })
	if len(facts.literals) > 0 {
		r.set("mx_literal", failed("%s in place of a name", listed(facts.literals)).want("the name of a host that has this address in an A or AAAA record"))
	} else if len(underscored) > 0 {
		r.set("mx_literal", warned("an underscore in the name of a host: %s. No public authority issues a certificate for it", listed(underscored)).at(Medium).
			want("a name of letters, digits and hyphens"))
	} else {
		r.set("mx_literal", passed("each target is a name"))
	}
	if len(facts.hosts) == 0 {
		r.setAll(skipped("no MX record has the name of a host"), "mx_cname", "mx_public")
		r.set("mx_resolves", failed("no MX record has the name of a host"))
		return
	}
	r.set("mx_resolves", r.resolvableHosts(facts))
	r.set("mx_cname", aliasedHosts(facts.hosts))
	r.set("mx_public", r.publicHosts(facts.hosts))
}

// takesNoMail is the outcome of checks about receiving mail for a domain with a null MX.
var takesNoMail = skipped("the domain takes no mail: it has a null MX")

func couldNotLook(err error) outcome { return unknown("could not look: %v", plainEnd(err)) }

// plainEnd puts the error with which a context ends into plain words. Other errors have theirs.
func plainEnd(err error) error {
	if err == context.DeadlineExceeded || err == context.Canceled { //nolint:errorlint // what wraps them says more
		return netfault.Plain(err)
	}
	return err
}

func mxTexts(records []mailrecord.MX) []string {
	var written []string
	for _, mx := range records {
		written = append(written, shortened(mx.String(), maxQuoted))
	}
	return written
}

func absentMX(domain string, implicit host) outcome {
	if implicit.none() {
		return failed("%s has neither an MX record nor an address", domain)
	}
	return warned("%s has no MX record, but an address: %s. Senders deliver to it", domain, listed(addressTexts(implicit.addresses)))
}

// nullMX is about a domain that takes no mail.
func (r *run) nullMX() outcome {
	spf, dmarc := r.spfFacts(), r.dmarcFacts()
	switch {
	case spf.err != nil:
		return couldNotLook(spf.err)
	case dmarc.err != nil:
		return couldNotLook(dmarc.err)
	}
	var missing []string
	if strings.TrimSpace(strings.ToLower(spf.text)) != "v=spf1 -all" {
		missing = append(missing, `the SPF record "v=spf1 -all"`)
	}
	if dmarc.policy != "reject" {
		missing = append(missing, "the DMARC policy p=reject")
	}
	if len(missing) > 0 {
		return warned("the domain takes no mail, but others may pretend to send as it: it lacks %s", strings.Join(missing, " and ")).at(Medium)
	}
	return passed("a null MX, SPF -all and DMARC p=reject: the domain takes and sends no mail")
}

func (r *run) resolvableHosts(facts mxFacts) outcome {
	var without, unsure []string
	for _, h := range facts.hosts {
		switch {
		case h.malformed != nil:
			without = append(without, fmt.Sprintf("%s (%v)", quoted(h.name), h.malformed))
		case len(h.addresses) > 0:
		case h.none():
			without = append(without, h.name+r.meant(h.name))
		default:
			unsure = append(unsure, fmt.Sprintf("%s (%v)", h.name, h.err))
		}
	}
	switch {
	case len(without) == len(facts.hosts) && facts.left == 0:
		return failed("no host has an address: %s", listed(without))
	case len(without) > 0:
		return warned("without an address: %s", listed(without))
	case len(unsure) > 0:
		return unknown("could not look for the addresses of %s", listed(unsure))
	case facts.left > 0:
		return passed("the first %d hosts have addresses; %d more were not looked at", len(facts.hosts), facts.left)
	}
	return passed("%d of %d hosts have addresses", len(facts.hosts), len(facts.hosts))
}

func aliasedHosts(hosts []host) outcome {
	var t tally
	for _, h := range hosts {
		switch {
		case len(h.aliases) > 0:
			t.add(failed("%s is an alias of %s", h.name, h.aliases[0]).want("the name %s in the MX record", h.aliases[len(h.aliases)-1]))
		case h.err != nil && len(h.addresses) == 0:
			t.add(couldNotLook(h.err))
		}
	}
	return t.outcome(passed("no host is an alias"))
}

func (r *run) publicHosts(hosts []host) outcome {
	var private, unsure []string
	public := 0
	for _, h := range hosts {
		switch reachable := r.reachable(h); {
		case len(reachable) > 0:
			public++
			if len(reachable) < len(h.addresses) {
				private = append(private, fmt.Sprintf("%s (%s)", h.name, listed(addressTexts(h.addresses))))
			}
		case len(h.addresses) > 0:
			private = append(private, fmt.Sprintf("%s (%s)", h.name, listed(addressTexts(h.addresses))))
		case h.err != nil:
			unsure = append(unsure, h.name)
		}
	}
	switch {
	case len(private) > 0 && public == 0 && len(unsure) == 0:
		return failed("private or reserved addresses only: %s", listed(private))
	case len(private) > 0:
		return warned("private or reserved addresses: %s", listed(private))
	case len(unsure) > 0:
		return unknown("could not look for the addresses of %s", listed(unsure))
	case public == 0:
		return skipped("no host has an address")
	}
	return passed("each host has public addresses only")
}
