package mailrecord

import (
	"fmt"
	"strings"
)

// DMARCParts are the tags of a DMARC record that is to be built. Nil means that the record does not
// have the tag.
type DMARCParts struct {
	P, SP, NP   *string
	ADKIM, ASPF *string
	T, PSD      *string
	FO          []string
	RUA, RUF    []string
}

// FormerDMARCTags are the tags of RFC 7489 that RFC 9989 does not have any more, each with the
// advice what to do instead.
var FormerDMARCTags = map[string]string{
	"pct": "RFC 9989 has no such tag any more, and receivers ignore it; to try a policy out, set t = \"y\"",
	"rf":  "RFC 9989 has no such tag any more, because there is only one format of reports; leave it out",
	"ri":  "RFC 9989 has no such tag any more, because reports come once a day; leave it out",
}

// Text builds the record. Its error names each tag that is wrong, also those that receivers would
// only ignore.
func (p DMARCParts) Text() (string, error) {
	var wrong faults
	var record DMARC
	if p.P == nil {
		wrong.add("p", `it is required: "none", "quarantine" or "reject"`)
	}
	for _, t := range []struct {
		name  string
		value *string
	}{{"p", p.P}, {"sp", p.SP}, {"np", p.NP}, {"adkim", p.ADKIM}, {"aspf", p.ASPF}, {"t", p.T}, {"psd", p.PSD}} {
		if t.value != nil {
			wrong.wrap(t.name, record.set(tag{name: t.name, value: *t.value}))
		}
	}
	if len(p.FO) > 0 {
		wrong.wrap("fo", record.set(tag{name: "fo", value: strings.Join(p.FO, ":")}))
		if len(p.RUF) == 0 {
			wrong.add("fo", "it is ignored without ruf")
		}
	}
	record.AggregateReports = buildReportURIs("rua", p.RUA, &wrong, "mailto")
	record.FailureReports = buildReportURIs("ruf", p.RUF, &wrong, "mailto")
	if err := wrong.err(); err != nil {
		return "", err
	}
	return record.String(), nil
}

// DMARCAuthorization returns the record by which a host agrees to get DMARC reports about another
// domain (RFC 9990 section 4). The host is in the form of [ASCIIHost], and the domain in that of
// [ASCIIDomain], or "*" for all domains.
func DMARCAuthorization(domain, host string) (Record, error) {
	name := domain + "._report._dmarc." + host
	if len(name) > maxNameBytes {
		return Record{}, fmt.Errorf("the record would have the name %s, which is longer than %d bytes", name, maxNameBytes)
	}
	return Record{Name: name, Type: "TXT", Value: "v=" + dmarcVersion + ";"}, nil
}
