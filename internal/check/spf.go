package check

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var spfGroup = group{name: "spf", look: lookAtSPF, entries: []Entry{
	{ID: "spf_present", Title: "SPF record", Severity: High, Rule: "The domain has an SPF record.",
		Why:    "Without SPF, anybody may use the domain as a sender, and large receivers refuse its mail.",
		Source: "RFC 7208 section 3"},
	{ID: "spf_single", Title: "Number of SPF records", Severity: Critical, Rule: "The domain has one SPF record.",
		Why:    "Receivers accept none of several SPF records.",
		Source: "RFC 7208 section 3.2"},
	{ID: "spf_syntax", Title: "Syntax of the SPF record", Severity: Critical, Rule: "The SPF record can be read.",
		Why:    "Receivers take a record that they cannot read for an error, not for a permission.",
		Source: "RFC 7208 section 4.6"},
	{ID: "spf_lookups", Title: "DNS lookups of SPF", Severity: High, Rule: "The SPF record takes at most ten DNS lookups, those of included records counted.",
		Why:    "Receivers give up after ten lookups, as if the record were wrong.",
		Source: "RFC 7208 section 4.6.4"},
	{ID: "spf_void", Title: "Void lookups of SPF", Severity: Medium, Rule: "At most two lookups of the SPF record find nothing.",
		Why:    "Receivers give up after two lookups that find nothing, as if the record were wrong.",
		Source: "RFC 7208 section 4.6.4"},
	{ID: "spf_mx_limit", Title: "Hosts of mx terms in SPF", Severity: Medium, Rule: "No mx term of the SPF record stands for more than ten hosts.",
		Why:    "Receivers take more than ten hosts for an error.",
		Source: "RFC 7208 section 4.6.4"},
	{ID: "spf_include", Title: "Includes and redirects of SPF", Severity: High, Rule: "Each include and redirect leads to an SPF record that can be read.",
		Why:    "A record that includes none makes the whole record an error.",
		Source: "RFC 7208 sections 5.2 and 6.1"},
	{ID: "spf_all", Title: "End of the SPF record", Severity: Critical, Rule: "The SPF record ends in -all or ~all, or in a redirect to one that does, and permits no large part of the Internet.",
		Why:    "The end says what receivers do with everybody else: +all permits all, as large networks before it do, and ?all and none say nothing.",
		Source: "RFC 7208 section 5.1"},
	{ID: "spf_dead_terms", Title: "SPF terms without effect", Severity: Low, Rule: "Nothing stands behind all in the SPF record.",
		Why:    "Receivers ignore what stands behind all, and a redirect beside it. Senders that the record names there are refused.",
		Source: "RFC 7208 section 5.1"},
	{ID: "spf_ptr", Title: "SPF mechanism ptr", Severity: Low, Rule: "The SPF record has no ptr.",
		Why:    "The ptr mechanism is slow and unreliable, and must not be used any more.",
		Source: "RFC 7208 section 5.5"},
	{ID: "spf_type99", Title: "Obsolete record type SPF", Severity: Low, Rule: "There is no record of the former type SPF.",
		Why:    "Receivers look at TXT only. A record of type 99 is a second place to keep up to date.",
		Source: "RFC 7208 section 3.1"},
	{ID: "spf_size", Title: "Length of the SPF record", Severity: Low, Rule: "The text of the SPF record has at most 450 bytes.",
		Why:    "Longer answers do not fit into all DNS packets.",
		Source: "RFC 7208 section 3.4"},
	{ID: "spf_sender", Title: "SPF for the sending addresses", Severity: High, Needs: []Need{NeedsInput}, Rule: "SPF passes for each sending address.",
		Why:    "Mail from an address that the record does not permit is refused or marked as spam.",
		Source: "RFC 7208 section 2.6"},
}}

const (
	maxSPFLookups = 10
	maxSPFVoids   = 2
	maxSPFMX      = 10
	maxSPFBytes   = 450
)

// spfFacts is what is known about the SPF record of the domain.
type spfFacts struct {
	err    error    // why nothing is known
	others []string // texts that are no SPF record
	found  []string // all SPF records
	text   string   // the only one
	record mailrecord.SPF
	syntax error // why it cannot be read
	tree   spfTree
}

// usable reports whether there is one record that can be read.
func (f spfFacts) usable() bool { return f.text != "" && f.syntax == nil }

func (r *run) lookForSPF() spfFacts {
	all, a := r.askText(r.Domain)
	facts := spfFacts{err: a.err}
	for _, text := range all {
		if mailrecord.IsSPF(text) {
			facts.found = append(facts.found, text)
		} else {
			facts.others = append(facts.others, text)
		}
	}
	if len(facts.found) != 1 {
		return facts
	}
	facts.text = facts.found[0]
	facts.record, facts.syntax = mailrecord.ParseSPF(facts.text)
	if facts.syntax == nil {
		facts.tree = r.growSPF(r.Domain, facts.text, facts.record)
	} else {
		facts.tree.root = &SPFRecord{Domain: r.Domain, Text: shortened(facts.text, maxText), Problem: bounded(facts.syntax.Error())}
	}
	r.note(func(report *Report) { report.SPF = facts.tree.root })
	return facts
}

func lookAtSPF(r *run) {
	facts := r.spfFacts()
	ofRecord := []string{"spf_lookups", "spf_void", "spf_mx_limit", "spf_include", "spf_all", "spf_dead_terms", "spf_ptr", "spf_size"}
	r.set("spf_type99", r.formerSPF())
	r.set("spf_sender", r.spfSender(facts))
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), append(ofRecord, "spf_present", "spf_single", "spf_syntax")...)
		return
	case len(facts.found) == 0:
		misspelt := nearMisses(mailrecord.SPFText, r.Domain, facts.others)
		absent := r.absentSPF()
		if misspelt.status == Fail {
			absent = failed("a record at %s is meant to be an SPF record, and is none: see spf_syntax", r.Domain).want("this record, corrected")
		}
		r.set("spf_present", absent)
		r.setAll(skipped("there is no SPF record"), append(ofRecord, "spf_single")...)
		r.set("spf_syntax", misspelt)
		return
	}
	r.set("spf_present", passed("%s", quoted(facts.found[0])))
	if len(facts.found) > 1 {
		r.set("spf_single", failed("%d SPF records: %s", len(facts.found), listed(quotedAll(facts.found))))
		r.setAll(skipped("there are several SPF records"), append(ofRecord, "spf_syntax")...)
		return
	}
	r.set("spf_single", passed("one SPF record"))
	r.set("spf_size", spfSize(facts.text))
	if facts.syntax != nil {
		r.set("spf_syntax", failed("%v", facts.syntax))
		r.setAll(skipped("the record cannot be read"), ofRecord[:len(ofRecord)-1]...)
		return
	}
	r.set("spf_syntax", misread(r.Domain, facts.text))
	tree := facts.tree
	r.set("spf_lookups", tree.lookupsOutcome())
	r.set("spf_void", tree.voidOutcome())
	r.set("spf_mx_limit", tree.mxLimit.outcome(passed("no mx term has more than %d hosts", maxSPFMX)))
	r.set("spf_include", tree.includes.outcome(passed("each included record can be read")))
	r.set("spf_all", spfAll(tree))
	r.set("spf_dead_terms", tree.dead.outcome(passed("no term is ignored")))
	r.set("spf_ptr", tree.ptr.outcome(passed("there is no ptr")))
}

// nearMisses is about texts that are no record of the kind, although they are meant to be one.
func nearMisses(kind mailrecord.TextKind, name string, others []string) outcome {
	var t tally
	for _, text := range others {
		if mailrecord.MeantFor(name, text) != kind {
			continue
		}
		for _, fault := range mailrecord.CheckText(name, text) {
			if fault.Useless {
				t.add(failed("%s: %s", quoted(text), fault.Reason))
			}
		}
	}
	return t.outcome(skipped("there is no %s", kind))
}

// misread is about a record that receivers can read, but that does not say what is meant, such as an
// include with an equals sign, which they ignore.
func misread(name, text string) outcome {
	var t tally
	for _, fault := range mailrecord.CheckText(name, text) {
		if fault.Useless {
			t.add(failed("%s", fault.Reason).at(High))
		}
	}
	return t.outcome(passed("the record can be read"))
}

func quotedAll(texts []string) []string {
	var shown []string
	for _, text := range texts {
		shown = append(shown, quoted(text))
	}
	return shown
}

func spfSize(text string) outcome {
	if len(text) > maxSPFBytes {
		return warned("%d bytes", len(text))
	}
	return passed("%d bytes", len(text))
}

// deadTerms is about the terms of the record of a domain that receivers ignore. A mechanism behind
// all that should permit senders is worse than a harmless one: receivers refuse the mail that the
// owner believes is permitted.
func deadTerms(domain string, record mailrecord.SPF) outcome {
	var harmless, refused, private []string
	alive := map[string]bool{}
	end := ""
	for _, term := range record.Terms {
		value := strings.ToLower(strings.TrimPrefix(term.Text, "+"))
		switch {
		case term.Name == "redirect" && term.Qualifier == 0 && record.All() != "":
			harmless = append(harmless, term.Text)
		case term.Qualifier == 0:
		case end == "" && term.Name == "all":
			end = record.All()
		case end == "":
			alive[value] = true
			if addr := term.Network().Addr(); term.Qualifier == '+' && addr.IsValid() && (addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast()) {
				private = append(private, term.Text)
			}
		case term.Qualifier == '+' && term.Name != "all" && end != "+all" && !alive[value]:
			refused = append(refused, term.Text)
		default:
			harmless = append(harmless, term.Text)
		}
	}
	switch {
	case len(refused) > 0:
		return failed("in the record of %s, %s ends before %s: receivers do not permit these senders", domain, end, listed(quotedAll(refused))).
			want("%s at the end of the record, behind the senders it should permit", end).at(High)
	case len(harmless) > 0:
		return warned("ignored because of %s: %s", record.All(), listed(quotedAll(harmless)))
	}
	if len(private) > 0 {
		return informed("the record of %s permits private addresses, from which no mail comes through the Internet: %s", domain, listed(quotedAll(private)))
	}
	return passed("no term is ignored")
}

// formerSPF looks for a record of type 99.
func (r *run) formerSPF() outcome {
	if !r.wantsAny("spf_type99") {
		return outcome{}
	}
	a := r.ask(r.Domain, miekg.TypeSPF)
	switch {
	case a.err != nil:
		return couldNotLook(a.err)
	case len(a.records) > 0:
		return informed("a record of type SPF (99): %s", quoted(strings.TrimSpace(strings.TrimPrefix(a.records[0].String(), a.records[0].Header().String()))))
	}
	return passed("no record of type SPF (99)")
}

// spfAll is about what the record says of everybody else.
func spfAll(tree spfTree) outcome {
	if o, open := tree.openness(); open {
		return o
	}
	end := tree.end
	switch {
	case tree.unseen != nil:
		return couldNotLook(tree.unseen)
	case end.varies:
		return informed("the redirect of %s depends on the sender, so how the record ends cannot be looked at", end.domain)
	case end.unsure != nil:
		return couldNotLook(end.unsure)
	case end.all == "":
		return warned("%s", end.why).at(Medium).want("-all or ~all at the end")
	case end.all == "?all":
		return warned("?all at %s: receivers treat everybody like a domain without SPF", end.domain).at(Medium).want("-all or ~all at the end")
	}
	if end.domain != tree.root.Domain {
		return passed("%s at %s", end.all, end.domain)
	}
	return passed("%s", end.all)
}

func (t spfTree) lookupsOutcome() outcome {
	count := fmt.Sprint(t.root.Lookups)
	if t.root.AtLeast {
		count = "at least " + count
	}
	switch {
	case len(t.loops) > 0:
		return failed("records include each other without end: %s", listed(t.loops))
	case t.root.Lookups > maxSPFLookups:
		return failed("%s lookups", count).want("at most %d: replace includes by ip4 and ip6, or send from a subdomain with a record of its own", maxSPFLookups)
	case len(t.unsure) > 0:
		return unknown("%s lookups, and could not look at all: %s", count, listed(t.unsure))
	case len(t.varyingRecords) > 0 && t.root.Lookups < maxSPFLookups-1:
		return informed("%s of %d lookups: %s depends on the sender", count, maxSPFLookups, listed(t.varyingRecords))
	case t.root.Lookups >= maxSPFLookups-1:
		return warned("%s of %d lookups: one more service may be too much", count, maxSPFLookups)
	}
	return passed("%s of %d lookups", count, maxSPFLookups)
}

func (t spfTree) voidOutcome() outcome {
	switch {
	case len(t.voids) > maxSPFVoids:
		return failed("%d lookups find nothing: %s", len(t.voids), listed(t.voids))
	case len(t.unsure) > 0:
		return unknown("could not look at all: %s", listed(t.unsure))
	case len(t.varying) > 0:
		return informed("what %s finds depends on the sender", listed(t.varying))
	case len(t.voids) > 0:
		return passed("%d of the %d lookups that may find nothing: %s", len(t.voids), maxSPFVoids, listed(t.voids))
	}
	return passed("each lookup finds something")
}

// absentSPF is about a domain without an SPF record. What it should say depends on the domain's MX
// hosts: without any, the mechanism mx permits nobody.
func (r *run) absentSPF() outcome {
	absent := failed("%s has no SPF record%s", r.Domain, r.elsewhere(mailrecord.SPFText, r.Domain))
	if mx := r.mxFacts(); mx.null || mx.err == nil && len(mx.records) == 0 {
		return absent.want(`a TXT record at %s with the mechanisms of all that send for it, or "v=spf1 -all" if nobody does`, r.Domain)
	}
	return absent.want(`a TXT record at %s such as "v=spf1 mx -all"`, r.Domain)
}
