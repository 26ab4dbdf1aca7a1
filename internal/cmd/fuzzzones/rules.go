package main

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The rules of what can stand side by side. They are written here once more, from the
// documents and not from the editor, so that a fault of the editor is none of the oracle.

// isSPF is whether a record is an SPF record (RFC 7208 section 4.5).
func isSPF(r dns.Record) bool {
	return r.Type == "TXT" && (r.Value == "v=spf1" || strings.HasPrefix(r.Value, "v=spf1 "))
}

// isDMARC is whether a record is a DMARC policy (RFC 7489 section 6.6.3).
func isDMARC(r dns.Record) bool {
	return r.Type == "TXT" && strings.HasPrefix(r.Name, "_dmarc.") && strings.HasPrefix(r.Value, "v=DMARC1")
}

// isKey is whether a record is a DKIM key (RFC 6376 section 3.6.2.2).
func isKey(r dns.Record) bool { return r.Type == "TXT" && strings.Contains(r.Name, "._domainkey.") }

// contradict is whether two records cannot both be right. SPF records are merged, and MX
// records are judged together: see dividesMail.
func contradict(a, b dns.Record) bool {
	if a.Name != b.Name || a.Identity() == b.Identity() {
		return false
	}
	return a.Type == "CNAME" || b.Type == "CNAME" || isDMARC(a) && isDMARC(b) || isKey(a) && isKey(b)
}

// mailAt are the MX records among some records at a name.
func mailAt(all []dns.Record, name string) []dns.Identity {
	var found []dns.Identity
	for _, r := range all {
		if r.Type == "MX" && r.Name == name {
			found = append(found, r.Identity())
		}
	}
	return found
}

// dividesMail is whether two owners have each an MX record at a name that the other one does
// not have: then mail reaches either host.
func dividesMail(a, b []dns.Identity) bool { return lacks(a, b) && lacks(b, a) }

// lacks is whether a lacks an element of b.
func lacks[T comparable](a, b []T) bool {
	return slices.ContainsFunc(b, func(element T) bool { return !slices.Contains(a, element) })
}

// spfTerms are the terms of an SPF record without its "all".
func spfTerms(text string) []string {
	return slices.DeleteFunc(strings.Fields(text)[1:], func(term string) bool { return strings.TrimLeft(term, "+-~?") == "all" })
}

// withoutTerm takes one term out of a text, with the blank before it.
func withoutTerm(text, term string) (string, bool) {
	padded := text + " "
	i := strings.Index(padded, " "+term+" ")
	if i < 0 {
		return text, false
	}
	return strings.TrimSuffix(padded[:i]+padded[i+1+len(term):], " "), true
}
