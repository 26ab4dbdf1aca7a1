package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Report says what keeps the domain from being verified.
func (w Wait) Report(now attempt) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s has not verified %s within %s.", w.Domain.Title(), w.Domain.Domain(), kit.Describe(w.Timeout))
	if missing := missingOf(now.arrivals); len(missing) > 0 {
		b.WriteString(" These records are not published, or not at all name servers:\n")
		for _, a := range missing {
			for _, f := range findingsOf(a.Lacking) {
				writeFailure(&b, a.Record, f.found, strings.Join(f.servers, ", "))
			}
		}
		switch {
		case w.Advice != "":
			b.WriteString("\n" + w.Advice)
		case w.Refers:
			b.WriteString("\nThey are others than dns_records refers to, or somebody has changed them since: look at the zone at its DNS host.")
		default:
			b.WriteString("\nPublish them with postmaster_dns_records, and refer to its published in dns_records, so that the verification waits for them.")
		}
		w.quote(&b, now.reasons)
		return b.String()
	}
	if now.blind != nil {
		fmt.Fprintf(&b, " Whether the records are published could not be looked up from here: %s.", now.blind)
	} else {
		b.WriteString(" The records are published at the zone's name servers.")
	}
	w.quote(&b, now.reasons)
	if len(now.reasons) > 0 && now.blind == nil {
		b.WriteString("\nMostly its resolvers still remember that a record was not there, which passes with the zone's negative TTL.")
	}
	if now.last != nil {
		fmt.Fprintf(&b, " Its last answer was: %s.", now.last)
	}
	return b.String()
}

// quote gives the service's own words on the records that fail.
func (w Wait) quote(b *strings.Builder, reasons map[string]string) {
	if len(reasons) == 0 {
		return
	}
	records := w.Domain.Records()
	fmt.Fprintf(b, " %s says:\n", w.Domain.Title())
	for _, key := range kit.SortedKeys(reasons) {
		r, known := records[key]
		if !known { // a finding of the service's own
			fmt.Fprintf(b, "\n    %s: %s\n", key, reasons[key])
			continue
		}
		writeFailure(b, r, reasons[key], w.Domain.Title())
	}
}

// writeFailure names a record that fails.
func writeFailure(b *strings.Builder, r dns.Record, found, asked string) {
	fmt.Fprintf(b, "\n    %s %s\n      expected: %s\n      found:    %s\n      asked:    %s\n", r.Type, r.Name, dataOf(r), found, asked)
}

// dataOf is a record's data as a person compares it.
func dataOf(r dns.Record) string {
	return strings.TrimPrefix(r.String(), r.Name+" "+r.Type+" ")
}

// finding is what some of a zone's name servers have in the place of a record.
type finding struct {
	found   string
	servers []string
}

// findingsOf puts name servers together that have the same: mostly all of them do.
func findingsOf(lacking []dns.Lack) []finding {
	var all []finding
	for _, lack := range lacking {
		found := foundOf(lack)
		i := slices.IndexFunc(all, func(f finding) bool { return f.found == found })
		if i < 0 {
			i, all = len(all), append(all, finding{found: found})
		}
		all[i].servers = append(all[i].servers, lack.Server)
	}
	return all
}

// foundOf is what a name server has in the place of a record, as a person reads it.
func foundOf(l dns.Lack) string {
	switch {
	case l.Alias != "":
		return "a CNAME to " + l.Alias
	case len(l.Found) == 0:
		return "nothing"
	}
	return strings.Join(slices.Sorted(slices.Values(l.Found)), ", ") // servers rotate what they have
}
