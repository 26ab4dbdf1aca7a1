package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// report says why the domain is not verified.
func (w Wait) report(now attempt) string {
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
		case w.refers:
			b.WriteString("\nThey are not the records that dns_records refers to, or somebody has changed them since: check the zone at its DNS host.")
		default:
			b.WriteString("\nPublish them with postmaster_dns_records, and set dns_records to its attribute published, so that the verification waits for them.")
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
		b.WriteString("\nUsually its resolvers have cached that a record was missing. The cache expires after the zone's negative TTL.")
	}
	if now.last != nil {
		fmt.Fprintf(&b, " Its last answer was: %s.", now.last)
	}
	return b.String()
}

// quote adds the service's own texts about the records that fail.
func (w Wait) quote(b *strings.Builder, reasons map[string]string) {
	if len(reasons) == 0 {
		return
	}
	records := w.Domain.Records()
	fmt.Fprintf(b, " %s says:\n", w.Domain.Title())
	for _, key := range kit.SortedKeys(reasons) {
		r, known := records[key]
		if !known { // a finding that is not about one of the records
			fmt.Fprintf(b, "\n    %s: %s\n", key, reasons[key])
			continue
		}
		writeFailure(b, r, reasons[key], w.Domain.Title())
	}
}

// writeFailure adds a record that fails, with what was expected and what was found.
func writeFailure(b *strings.Builder, r dns.Record, found, asked string) {
	fmt.Fprintf(b, "\n    %s %s\n      expected: %s\n      found:    %s\n      asked:    %s\n", r.Type, r.Name, dataOf(r), found, asked)
}

// dataOf returns a record's data, for comparison by a person.
func dataOf(r dns.Record) string {
	return strings.TrimPrefix(r.String(), r.Name+" "+r.Type+" ")
}

// finding is what some name servers of a zone have instead of a record.
type finding struct {
	found   string
	servers []string
}

// findingsOf groups the name servers that have the same. Usually all of them do.
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

// foundOf says what a name server has instead of a record.
func foundOf(l dns.Lack) string {
	switch {
	case l.Alias != "":
		return "a CNAME to " + l.Alias
	case len(l.Found) == 0:
		return "nothing"
	}
	return strings.Join(slices.Sorted(slices.Values(l.Found)), ", ") // name servers rotate the order
}
