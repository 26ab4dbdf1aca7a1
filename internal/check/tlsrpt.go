package check

import (
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var tlsrptGroup = group{name: "tlsrpt", look: lookAtTLSRPT, entries: []Entry{
	{ID: "tlsrpt_record", Title: "TLS reporting record", Severity: Low, Rule: "There is one TLS-RPT record at _smtp._tls.",
		Why:    "By TLS reports, senders tell the domain where mail to it could not be protected; with several records, they send none.",
		Source: "RFC 8460 section 3"},
	{ID: "tlsrpt_rua", Title: "Addresses for TLS reports", Severity: Medium, Rule: "TLS reports go to mailto: or https: addresses.",
		Why:    "Senders cannot deliver reports to anything else.",
		Source: "RFC 8460 section 3"},
}}

func lookAtTLSRPT(r *run) {
	both := []string{"tlsrpt_record", "tlsrpt_rua"}
	if r.mxFacts().null {
		r.setAll(takesNoMail, both...)
		return
	}
	name := "_smtp._tls." + r.Domain
	all, a := r.askText(name)
	if a.err != nil {
		r.setAll(couldNotLook(a.err), both...)
		return
	}
	var records, others []string
	for _, text := range all {
		if mailrecord.TLSRPTText.Is(text) {
			records = append(records, text)
		} else {
			others = append(others, text)
		}
	}
	switch len(records) {
	case 0:
		absent := warned("there is no TLS-RPT record at %s%s", name, r.elsewhere(mailrecord.TLSRPTText, name))
		r.set("tlsrpt_record", tally{nearMisses(mailrecord.TLSRPTText, name, others), absent}.outcome(absent))
		r.set("tlsrpt_rua", skipped("there is no TLS-RPT record"))
	case 1:
		r.set("tlsrpt_record", passed("%s", quoted(records[0])))
		if problems := mailrecord.PolicyWarnings(mailrecord.TLSRPTText, records[0]); len(problems) > 0 {
			r.set("tlsrpt_rua", failed("%s", strings.Join(problems, "; ")))
		} else {
			r.set("tlsrpt_rua", passed("each address can be used"))
		}
	default:
		r.set("tlsrpt_record", failed("%d TLS-RPT records: %s", len(records), listed(quotedAll(records))))
		r.set("tlsrpt_rua", skipped("there are several TLS-RPT records"))
	}
}
