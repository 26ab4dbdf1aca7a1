package check

import (
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var stsGroup = group{name: "sts", look: lookAtSTS, entries: []Entry{
	{ID: "sts_record", Title: "MTA-STS record", Severity: Medium, Rule: "There is one MTA-STS record at _mta-sts, with an id.",
		Why:    "Without MTA-STS or DANE, whoever is on the way can read mail to the domain; with several records, or without an id, senders take it for none.",
		Source: "RFC 8461 section 3.1"},
	{ID: "sts_fetch", Title: "Download of the MTA-STS policy", Severity: High, Needs: []Need{NeedsHTTPS}, Rule: "The host mta-sts serves the policy by HTTPS, with a valid certificate and without a redirect.",
		Why:    "Senders that cannot fetch the policy deliver without protection.",
		Source: "RFC 8461 section 3.3"},
	{ID: "sts_type", Title: "Media type of the MTA-STS policy", Severity: Low, Needs: []Need{NeedsHTTPS}, Rule: "The policy is served as text/plain.",
		Why:    "Senders should refuse another media type, so that nobody can plant a policy in other content.",
		Source: "RFC 8461 section 3.2"},
	{ID: "sts_policy", Title: "Syntax of the MTA-STS policy", Severity: High, Needs: []Need{NeedsHTTPS}, Rule: "The policy has a version, a mode, a max_age of at most a year, and mx unless its mode is none.",
		Why:    "Senders take a policy that they cannot read for none.",
		Source: "RFC 8461 section 3.2"},
	{ID: "sts_mode", Title: "Mode of the MTA-STS policy", Severity: Medium, Needs: []Need{NeedsHTTPS}, Rule: "The mode of the policy is enforce.",
		Why:    "In the mode testing, senders report problems and deliver all the same.",
		Source: "RFC 8461 section 5"},
	{ID: "sts_age", Title: "Lifetime of the MTA-STS policy", Severity: Low, Needs: []Need{NeedsHTTPS}, Rule: "Senders keep the policy for at least a day.",
		Why:    "A policy that is forgotten between two mails does not protect.",
		Source: "RFC 8461 section 3.2"},
	{ID: "sts_mx", Title: "MX hosts in the MTA-STS policy", Severity: Critical, Needs: []Need{NeedsHTTPS}, Rule: "The policy names each MX host.",
		Why:    "Senders do not deliver to a host that the policy does not name.",
		Source: "RFC 8461 section 4.1"},
	{ID: "sts_certs", Title: "Certificates for MTA-STS", Severity: Critical, Needs: []Need{NeedsHTTPS, NeedsSMTP}, Rule: "Each MX host has a valid certificate for its name.",
		Why:    "Senders do not deliver to a host whose certificate is not valid.",
		Source: "RFC 8461 section 4.2"},
}}

const minSTSAge = 86400 // seconds

// stsFacts is what is known about MTA-STS.
type stsFacts struct {
	err    error // of the record
	texts  []string
	others []string
	alias  string // says that the name is an alias that leads to no record; "" if it is not
	// file is the policy's; policy and problem are what it says.
	fetched bool
	file    fetched
	policy  mailrecord.MTASTSPolicy
	problem error
}

// announced reports whether there is one record.
func (f stsFacts) announced() bool { return f.err == nil && len(f.texts) == 1 }

func (r *run) lookForSTS() stsFacts {
	var facts stsFacts
	all, a := r.askText("_mta-sts." + r.Domain)
	facts.err, facts.alias = a.err, r.dangling("_mta-sts."+r.Domain, a)
	for _, text := range all {
		if mailrecord.MTASTSText.Is(text) {
			facts.texts = append(facts.texts, text)
		} else {
			facts.others = append(facts.others, text)
		}
	}
	if !facts.announced() {
		return facts
	}
	if r.DNSOnly || !r.wantsAny("sts_fetch", "sts_type", "sts_policy", "sts_mode", "sts_age", "sts_mx", "sts_certs", "caa_allows") {
		return facts
	}
	facts.fetched = true
	facts.file = r.fetch("https://mta-sts." + r.Domain + "/.well-known/mta-sts.txt")
	shown := &STSPolicy{ID: shortened(stsID(facts.texts[0]), maxQuoted)}
	if facts.file.ok() {
		facts.policy, facts.problem = mailrecord.ParseMTASTSPolicy(string(facts.file.body))
		shown.Mode, shown.MaxAge = facts.policy.Mode, facts.policy.MaxAge
		for _, pattern := range facts.policy.MX[:min(len(facts.policy.MX), maxHosts)] {
			shown.MX = append(shown.MX, shortened(pattern, maxQuoted))
		}
		if facts.problem != nil {
			*shown = STSPolicy{ID: shown.ID}
		}
	}
	r.note(func(report *Report) { report.STS = shown })
	return facts
}

// stsID returns the id of a record.
func stsID(text string) string {
	for tag := range strings.SplitSeq(text, ";") {
		if name, value, _ := strings.Cut(tag, "="); strings.TrimSpace(name) == "id" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func lookAtSTS(r *run) {
	ofPolicy := []string{"sts_type", "sts_policy", "sts_mode", "sts_age", "sts_mx", "sts_certs"}
	all := append(ofPolicy, "sts_fetch")
	if r.mxFacts().null {
		r.setAll(takesNoMail, append(all, "sts_record")...)
		return
	}
	facts := r.stsFacts()
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), append(all, "sts_record")...)
		return
	case len(facts.texts) == 0:
		r.setAll(skipped("there is no MTA-STS record"), all...)
		absent := warned("there is no MTA-STS record at _mta-sts.%s%s", r.Domain, r.elsewhere(mailrecord.MTASTSText, "_mta-sts."+r.Domain))
		if facts.alias != "" {
			absent = warned("%s", facts.alias).want("an MTA-STS record at the end of the alias, or in its place")
		}
		r.set("sts_record", tally{nearMisses(mailrecord.MTASTSText, "_mta-sts."+r.Domain, facts.others), absent}.outcome(absent))
		return
	case len(facts.texts) > 1:
		r.setAll(skipped("there are several MTA-STS records"), all...)
		r.set("sts_record", failed("%d MTA-STS records: %s", len(facts.texts), listed(quotedAll(facts.texts))))
		return
	}
	if problems := mailrecord.PolicyWarnings(mailrecord.MTASTSText, facts.texts[0]); len(problems) > 0 {
		r.set("sts_record", failed("%s", strings.Join(problems, "; ")))
	} else {
		r.set("sts_record", passed("%s", quoted(facts.texts[0])))
	}
	switch {
	case !facts.fetched:
		r.setAll(noConnections, all...)
		return
	case !facts.file.ok():
		r.set("sts_fetch", facts.file.outcome())
		r.setAll(afterFailure(facts.file.err, "the policy could not be fetched"), ofPolicy...)
		return
	}
	r.set("sts_fetch", passed("%d bytes", len(facts.file.body)))
	if facts.file.contentType == "text/plain" {
		r.set("sts_type", passed("text/plain"))
	} else {
		r.set("sts_type", warned("%s", quoted(facts.file.contentType)))
	}
	if facts.problem != nil {
		r.set("sts_policy", failed("%v", facts.problem))
		r.setAll(skipped("the policy cannot be read"), ofPolicy[2:]...)
		return
	}
	r.set("sts_policy", passed("mode %s, mx %s, max_age %d", facts.policy.Mode, listed(facts.policy.MX), facts.policy.MaxAge))
	if facts.policy.Mode == "none" {
		r.setAll(skipped("the policy has the mode none"), "sts_age", "sts_mx", "sts_certs")
		r.set("sts_mode", warned("the mode is none: senders deliver without protection"))
		return
	}
	r.set("sts_mode", stsMode(facts.policy.Mode))
	r.set("sts_age", stsAge(facts.policy.MaxAge))
	r.set("sts_mx", stsMX(facts.policy, r.mxFacts()))
	if r.wantsAny("sts_certs") {
		r.set("sts_certs", r.stsCertificates(facts.policy))
	}
}

// noConnections is the outcome of checks that connect to hosts if the options say that none does.
var noConnections = skipped("no host is connected to, as the options say")

// afterFailure is the outcome of checks that need what a failed check was about. They are unknown
// only if that is unknown too.
func afterFailure(err error, text string) outcome {
	if err != nil {
		return couldNotLook(err)
	}
	return skipped("%s", text)
}

func stsMode(mode string) outcome {
	if mode == "testing" {
		return warned("the mode is testing")
	}
	return passed("the mode is %s", mode)
}

func stsAge(age int64) outcome {
	if age < minSTSAge {
		return warned("%d seconds", age).want("at least %d seconds, better some weeks", minSTSAge)
	}
	return passed("%d seconds", age)
}

// enforced makes a failure a warning unless the policy is enforced.
func enforced(policy mailrecord.MTASTSPolicy, o outcome) outcome {
	if o.status == Fail && policy.Mode != "enforce" {
		o.status, o.severity = Warn, Medium
	}
	return o
}

func stsMX(policy mailrecord.MTASTSPolicy, mx mxFacts) outcome {
	if mx.err != nil {
		return couldNotLook(mx.err)
	}
	var left []string
	for _, h := range mx.receivers() {
		if !policy.Matches(h.name) {
			left = append(left, h.name)
		}
	}
	switch {
	case len(mx.receivers()) == 0:
		return skipped("the domain has no MX host")
	case len(left) > 0:
		return enforced(policy, failed("the policy does not name %s", listed(left)).want("mx lines for all MX hosts; a wildcard stands for one label"))
	}
	return passed("the policy names each MX host")
}

func (r *run) stsCertificates(policy mailrecord.MTASTSPolicy) outcome {
	mx := r.mxFacts()
	if mx.err != nil {
		return couldNotLook(mx.err)
	}
	var t tally
	for _, h := range r.smtpFacts().hosts {
		switch {
		case h.talk.Served.Leaf != nil && h.talk.Served.Problem != nil:
			t.add(enforced(policy, failed("%s: %v", h.name, h.talk.Served.Problem)))
		case h.talk.Served.Leaf != nil:
			t.add(passed("%s has a valid certificate", h.name))
		case h.talk.NoTLS != nil:
			t.add(enforced(policy, failed("%s: %v", h.name, noTLS(h.talk.NoTLS))))
		default:
			t.add(h.unseen())
		}
	}
	return t.outcome(skipped("the domain has no MX host"))
}
