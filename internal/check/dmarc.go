package check

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var dmarcGroup = group{name: "dmarc", look: lookAtDMARC, entries: []Entry{
	{ID: "dmarc_present", Title: "DMARC record", Severity: High, Rule: "A DMARC record counts for the domain.",
		Why:    "Without DMARC, receivers are not told what to do with mail that pretends to be from the domain, and large ones want it from all senders.",
		Source: "RFC 9989 section 4.10"},
	{ID: "dmarc_single", Title: "Number of DMARC records", Severity: Critical, Rule: "The domain has one DMARC record.",
		Why:    "Receivers discard all of several DMARC records.",
		Source: "RFC 9989 section 4.10"},
	{ID: "dmarc_syntax", Title: "Syntax of the DMARC record", Severity: High, Rule: "The DMARC record can be read, with v=DMARC1 first and a valid p=.",
		Why:    "Receivers ignore tags that are wrong; if the policy is wrong, they take it as none, and without a valid rua= ignore the whole record.",
		Source: "RFC 9989 sections 4.8 and 4.10.1"},
	{ID: "dmarc_policy", Title: "DMARC policy", Severity: High, Rule: "The DMARC policy is quarantine or reject.",
		Why:    "With the policy none, receivers deliver mail that pretends to be from the domain.",
		Source: "RFC 9989 section 4.7"},
	{ID: "dmarc_sub", Title: "DMARC policy for subdomains", Severity: Medium, Rule: "The policies of subdomains, sp= and np=, are not weaker than p=.",
		Why:    "Whoever wants to pretend uses a subdomain then, which need not even exist.",
		Source: "RFC 9989 section 4.7"},
	{ID: "dmarc_rua", Title: "DMARC report addresses", Severity: Medium, Rule: "One or two addresses get aggregate reports.",
		Why:    "Reports show who sends as the domain, and what fails. Receivers need not send to more than two addresses.",
		Source: "RFC 9990 section 3.5"},
	{ID: "dmarc_rua_allowed", Title: "Consent to receive DMARC reports", Severity: Medium, Rule: "Each foreign domain that gets reports consents to it in the DNS.",
		Why:    "Without consent, receivers do not send reports to another domain.",
		Source: "RFC 9990 section 4"},
	{ID: "dmarc_rua_mx", Title: "Mail servers for DMARC reports", Severity: Medium, Rule: "Each domain that gets reports receives mail.",
		Why:    "Reports to a domain that takes no mail are lost.",
		Source: "RFC 9990 section 3.5"},
	{ID: "dmarc_old", Title: "Obsolete DMARC tags", Severity: Low, Rule: "The DMARC record has no tags that are gone: pct, rf, ri and limits on the size of reports.",
		Why:    "Receivers ignore what RFC 9989 has removed. In particular, pct= does not soften a policy any more.",
		Source: "RFC 9989 appendix C"},
	{ID: "dmarc_apex", Title: "DMARC record at the wrong name", Severity: Low, Rule: "There is no DMARC record at the domain itself.",
		Why:    "Receivers look at _dmarc only.",
		Source: "RFC 9989 section 4.5"},
	{ID: "dmarc_walk", Title: "Organizational domain", Severity: Low, Rule: "The organizational domain is the same by the DNS and by the public suffix list.",
		Why:    "Receivers of before RFC 9989 use the list, and may apply another record, or compare other domains.",
		Source: "RFC 9989 section 4.10.2"},
}}

func lookAtDMARC(r *run) {
	rest := []string{"dmarc_syntax", "dmarc_policy", "dmarc_sub", "dmarc_rua", "dmarc_rua_allowed", "dmarc_rua_mx", "dmarc_old"}
	r.set("dmarc_apex", r.dmarcAtApex())
	facts := r.dmarcFacts()
	if facts.Source != mailrecord.NoDMARC && facts.err == nil {
		r.noteDMARC(facts)
	}
	r.set("dmarc_walk", facts.walk(r.Domain))
	r.set("dmarc_single", facts.single())
	switch {
	case facts.Source == mailrecord.OwnDMARC:
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), append(rest, "dmarc_present")...)
		return
	case facts.Source == mailrecord.NoDMARC:
		r.setAll(skipped("there is no DMARC record"), rest[1:]...)
		misspelt := nearMisses(mailrecord.DMARCText, "_dmarc."+r.Domain, facts.others)
		r.set("dmarc_present", r.absentDMARC(facts, misspelt))
		r.set("dmarc_syntax", misspelt)
		return
	}
	r.set("dmarc_present", passed("%s at _dmarc.%s", quoted(facts.Text), facts.PolicyDomain))
	r.set("dmarc_syntax", facts.syntax())
	r.set("dmarc_policy", facts.strength())
	r.set("dmarc_old", facts.old())
	if !facts.Reading.Applies {
		r.setAll(skipped("receivers ignore the record"), "dmarc_sub", "dmarc_rua", "dmarc_rua_allowed", "dmarc_rua_mx")
		return
	}
	r.set("dmarc_sub", facts.subdomains(r.Domain))
	r.set("dmarc_rua", facts.reports())
	r.lookAtReports(facts)
}

// absentDMARC is about a domain of which no DMARC record counts.
func (r *run) absentDMARC(facts dmarcFacts, misspelt outcome) outcome {
	name := "_dmarc." + r.Domain
	_, a := r.askText(name)
	switch {
	case len(facts.Steps) > 0 && len(facts.Steps[0].Texts) > 1:
		return failed("no DMARC record counts, because there are %d at %s: see dmarc_single", len(facts.Steps[0].Texts), name).want("one of these records")
	case misspelt.status == Fail:
		return failed("a record at %s is meant to be a DMARC record, and is none: see dmarc_syntax", name).want("this record, corrected")
	case r.dangling(name, a) != "":
		return failed("%s", r.dangling(name, a)).want("a DMARC record at the end of the alias, or in its place")
	}
	return failed("there is no DMARC record for %s, also not at the domains above it%s", r.Domain, r.elsewhere(mailrecord.DMARCText, name)).want(`a TXT record at %s, at first "v=DMARC1; p=none; rua=mailto:ADDRESS"`, name)
}

func (r *run) noteDMARC(facts dmarcFacts) {
	record := facts.Reading.Record
	r.note(func(report *Report) {
		report.DMARC = &DMARCPolicy{Domain: facts.PolicyDomain, Text: shortened(facts.Text, maxText), Policy: facts.policy, Testing: record.Testing,
			Subdomains: record.SubdomainPolicy, Nonexistent: record.NonexistentPolicy}
		for _, uri := range record.AggregateReports[:min(len(record.AggregateReports), maxHosts)] {
			report.DMARC.Reports = append(report.DMARC.Reports, shortened(uri, maxQuoted))
		}
	})
}

func (f dmarcFacts) single() outcome {
	if len(f.Steps) == 0 {
		return couldNotLook(f.err)
	}
	own := f.Steps[0]
	switch {
	case own.Err != nil:
		return couldNotLook(own.Err)
	case len(own.Texts) > 1:
		return failed("%d DMARC records at _dmarc.%s: %s", len(own.Texts), own.Domain, listed(quotedAll(own.Texts)))
	case len(own.Texts) == 1:
		return passed("one DMARC record")
	}
	for _, step := range f.Steps {
		if len(step.Texts) > 1 {
			return failed("%d DMARC records at _dmarc.%s", len(step.Texts), step.Domain)
		}
	}
	return skipped("the domain has no DMARC record of its own")
}

func (f dmarcFacts) syntax() outcome {
	reading := f.Reading
	switch {
	case !reading.Applies && len(reading.Faults) > 0:
		return failed("receivers ignore the record: %s", strings.Join(reading.Faults, "; "))
	case !reading.Applies:
		return failed("p= is missing, and there is no valid rua=, so receivers ignore the record").want("p=none, p=quarantine or p=reject")
	case len(reading.Faults) > 0:
		return warned("%s", strings.Join(slices.Concat(reading.Faults, reading.Unknown), "; "))
	case len(reading.Unknown) > 0:
		return warned("%s", strings.Join(reading.Unknown, "; ")).at(Low)
	}
	if strict, err := mailrecord.ParseDMARC(f.Text); err == nil && strict.Policy == "" {
		return warned("p= is missing, which receivers take as none because there is a valid rua=").want("p=none, p=quarantine or p=reject")
	}
	return passed("the record can be read")
}

func (f dmarcFacts) strength() outcome {
	policy := f.policy
	switch {
	case policy == "":
		return skipped("receivers ignore the record")
	case policy == "none":
		return warned("the policy is none")
	case f.Reading.Record.Testing:
		return warned("the policy is %s, but t=y weakens it to %s", policy, f.applied).want("p=%s without t=y", policy)
	}
	return passed("the policy is %s", policy)
}

// policyStrength orders policies.
func policyStrength(policy string) int {
	return slices.Index([]string{"none", "quarantine", "reject"}, policy)
}

func (f dmarcFacts) subdomains(domain string) outcome {
	record := f.Reading.Record
	var weak []string
	for _, p := range []struct{ tag, policy string }{{"sp", record.SubdomainPolicy}, {"np", record.NonexistentPolicy}} {
		if p.policy != "" && policyStrength(p.policy) < policyStrength(record.Policy) {
			weak = append(weak, p.tag+"="+p.policy)
		}
	}
	if len(weak) > 0 {
		return warned("%s, while p=%s, at _dmarc.%s", strings.Join(weak, " and "), record.Policy, f.PolicyDomain)
	}
	return passed("subdomains have no weaker policy than %s", domain)
}

func (f dmarcFacts) reports() outcome {
	uris := f.Reading.Record.AggregateReports
	mail := func(uri string) bool { return strings.HasPrefix(strings.ToLower(uri), "mailto:") }
	switch {
	case len(uris) == 0:
		return warned("no address gets aggregate reports").want("rua=mailto:ADDRESS")
	case !slices.ContainsFunc(uris, mail):
		return warned("nobody gets aggregate reports: receivers send them by mail only, and %s is no mail address", listed(quotedAll(uris))).want("rua=mailto:ADDRESS")
	case len(uris) > 2:
		return warned("%d addresses get aggregate reports: %s", len(uris), listed(quotedAll(uris)))
	}
	return passed("%s", listed(quotedAll(uris)))
}

func (f dmarcFacts) old() outcome {
	var gone []string
	for _, other := range f.Reading.Record.Others {
		if name, _, _ := strings.Cut(other, "="); slices.Contains([]string{"pct", "rf", "ri"}, name) {
			gone = append(gone, quoted(other))
		}
	}
	for _, uri := range slices.Concat(f.Reading.Record.AggregateReports, f.Reading.Record.FailureReports) {
		if strings.Contains(uri, "!") {
			gone = append(gone, quoted(uri))
		}
	}
	if len(gone) > 0 {
		return warned("ignored: %s", listed(gone))
	}
	return passed("no such tag")
}

// dmarcAtApex looks for a DMARC record at the wrong place.
func (r *run) dmarcAtApex() outcome {
	texts, a := r.askText(r.Domain)
	if a.err != nil {
		return couldNotLook(a.err)
	}
	for _, text := range texts {
		if mailrecord.IsDMARC(text) {
			return warned("%s at %s", quoted(text), r.Domain).want("the record at _dmarc.%s", r.Domain)
		}
	}
	return passed("no DMARC record at the domain itself")
}

// walk compares the organizational domain by the DNS with that by the public suffix list.
func (f dmarcFacts) walk(domain string) outcome {
	if f.Err != nil {
		return couldNotLook(f.Err)
	}
	if f.Organization == "" {
		return couldNotLook(f.err)
	}
	byList, err := publicsuffix.EffectiveTLDPlusOne(domain)
	switch {
	case f.Source == mailrecord.NoDMARC:
		return skipped("there is no DMARC record")
	case err != nil:
		return skipped("the domain is a public suffix")
	case byList != f.Organization:
		return warned("%s by the DNS, %s by the public suffix list", f.Organization, byList)
	}
	return passed("%s", f.Organization)
}

// reportTarget is a domain to which reports go.
type reportTarget struct {
	uri, host string
	failures  bool // of ruf
}

// reportTargets lists the domains of the report addresses, each once for each kind of reports.
func (f dmarcFacts) reportTargets() []reportTarget {
	var targets []reportTarget
	add := func(uris []string, failures bool) {
		for _, uri := range uris {
			parsed, err := url.Parse(strings.SplitN(uri, "!", 2)[0])
			if err != nil || parsed.Scheme != "mailto" {
				continue
			}
			address, _, _ := strings.Cut(parsed.Opaque, "?")
			host := dns.FoldName(address[strings.LastIndexByte(address, '@')+1:])
			same := func(t reportTarget) bool { return t.host == host && t.failures == failures }
			if !slices.ContainsFunc(targets, same) && len(targets) < maxHosts {
				targets = append(targets, reportTarget{uri, host, failures})
			}
		}
	}
	add(f.Reading.Record.AggregateReports, false)
	add(f.Reading.Record.FailureReports, true)
	return targets
}

// lookAtReports looks whether the domains that get reports consent to it, and receive mail.
func (r *run) lookAtReports(facts dmarcFacts) {
	if !r.wantsAny("dmarc_rua_allowed", "dmarc_rua_mx") {
		return
	}
	targets := facts.reportTargets()
	if len(targets) == 0 {
		r.setAll(skipped("no mail address gets reports"), "dmarc_rua_allowed", "dmarc_rua_mx")
		return
	}
	both := each(targets, func(t reportTarget) [2]outcome {
		outcomes := each([]func(dmarcFacts, reportTarget) outcome{r.consents, r.takesReports}, func(look func(dmarcFacts, reportTarget) outcome) outcome { return look(facts, t) })
		return [2]outcome{outcomes[0], outcomes[1]}
	})
	var allowed, mx tally
	for _, o := range both {
		allowed.add(o[0])
		mx.add(o[1])
	}
	r.set("dmarc_rua_allowed", allowed.outcome(outcome{}))
	r.set("dmarc_rua_mx", mx.outcome(outcome{}))
}

// consents looks whether a domain wants the reports about another one (RFC 9990 section 4).
func (r *run) consents(facts dmarcFacts, t reportTarget) outcome {
	if t.host == facts.PolicyDomain || facts.Organization != "" && t.host == facts.Organization {
		return passed("reports stay at %s", t.host)
	}
	name := facts.PolicyDomain + "._report._dmarc." + t.host
	// Both are asked at once: which of them counts is known only after the walk.
	var of dmarcFacts
	var found []string
	var a reply
	each([]func(){func() { of = r.discoverDMARC(t.host) }, func() { found, a = r.askText(name) }}, func(look func()) struct{} { look(); return struct{}{} })
	switch {
	case of.Organization != "" && of.Organization == facts.Organization:
		return passed("reports stay at %s", facts.Organization)
	case a.err != nil:
		return couldNotLook(a.err)
	}
	consents := slices.DeleteFunc(slices.Clone(found), func(text string) bool { return !mailrecord.IsDMARC(text) })
	if len(consents) == 0 {
		if of.Err != nil || facts.Err != nil {
			return unknown("could not find out whether %s and %s belong together", t.host, facts.PolicyDomain)
		}
		return failed("%s does not consent: there is no record at %s", t.host, name).want(`the TXT record "v=DMARC1;" at %s`, name)
	}
	if reading, ok := mailrecord.ReadDMARC(consents[0]); ok && !t.failures {
		for _, target := range (dmarcFacts{DMARCDiscovery: mailrecord.DMARCDiscovery{Reading: reading}}).reportTargets() {
			if target.host != t.host && !target.failures {
				return failed("%s sends the reports on to %s, which is not allowed", name, quoted(target.uri)).want("no rua=, or one at %s", t.host)
			}
		}
	}
	return passed("%s consents", t.host)
}

// takesReports looks whether a domain receives mail.
func (r *run) takesReports(_ dmarcFacts, t reportTarget) outcome {
	a := r.ask(t.host, miekg.TypeMX)
	switch {
	case a.err != nil:
		return couldNotLook(a.err)
	case len(a.records) > 0:
		if mx := a.records[0].(*miekg.MX); len(a.records) == 1 && mx.Mx == "." {
			return warned("%s takes no mail: it has a null MX", t.host)
		}
		return passed("%s has MX records", t.host)
	}
	h := r.host(t.host)
	switch {
	case len(h.addresses) > 0:
		return passed("%s has an address", t.host)
	case h.err != nil:
		return couldNotLook(h.err)
	}
	return warned("%s has neither an MX record nor an address, so %s gets nothing", t.host, fmt.Sprintf("%q", t.uri))
}
