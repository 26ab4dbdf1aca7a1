package mailrecord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// DMARCReading is a DMARC policy record as receivers understand it. They ignore what is wrong in a
// record, while ParseDMARC refuses it.
type DMARCReading struct {
	// Record is what receivers act on. It lacks the tags that are wrong. If p=, sp= or np= is wrong
	// or p= is missing, and there is a valid rua=, its policy is "none" for all names.
	Record DMARC
	// Unknown say which tags receivers ignore because no tag has such a name.
	Unknown []string
	// Faults say which tags receivers ignore, and why, in the order of the record.
	Faults []string
	// Applies is false if receivers treat the domain as one without DMARC: its policy is wrong or
	// missing, and there is no valid rua= (RFC 9989 section 4.10.1).
	Applies bool
}

// ReadDMARC reads the text of a DMARC record as receivers do: syntax errors behind the version are
// ignored (RFC 9989 section 4.8). Of a tag that occurs twice, the first one counts, although some
// receivers ignore such a record (RFC 6376 section 3.2). ok is false
// if the text is no DMARC record.
func ReadDMARC(text string) (reading DMARCReading, ok bool) {
	if !IsDMARC(text) {
		return DMARCReading{}, false
	}
	var record DMARC
	wrong := func(format string, args ...any) {
		reading.Faults = append(reading.Faults, "DMARC record: "+fmt.Sprintf(format, args...))
	}
	seen := map[string]bool{"v": true}
	validPolicy := true
	for _, spec := range strings.Split(text, ";")[1:] {
		if strings.Trim(spec, tagBlanks) == "" {
			continue
		}
		tags, err := parseTags(spec)
		if name, _, found := strings.Cut(spec, "="); found && !isTagName(strings.Trim(name, tagBlanks)) && !nearTag(name) {
			reading.Unknown = append(reading.Unknown, fmt.Sprintf("DMARC record: %q is ignored: no tag has such a name", strings.Trim(spec, tagBlanks)))
			continue
		}
		if err != nil {
			reason := "it is not of the form name=value"
			if strings.Contains(spec, "=") {
				reason = err.Error()
			}
			wrong("%q is ignored: %s", strings.Trim(spec, tagBlanks), reason)
			continue
		}
		t := tags[0].lower()
		if seen[t.name] {
			wrong("tag %s=: it is there twice; some receivers take the first one, and others ignore the whole record", t.name)
			continue
		}
		seen[t.name] = true
		if err := record.read(t); err != nil {
			wrong("tag %s=: %s", t.name, err)
			validPolicy = validPolicy && !slices.Contains(policyTags, t.name)
		}
	}
	reading.Applies = validPolicy && record.Policy != ""
	if !reading.Applies && len(record.AggregateReports) > 0 {
		record.Policy, record.SubdomainPolicy, record.NonexistentPolicy = "none", "", ""
		reading.Applies = true
	}
	reading.Record = record
	return reading, true
}

// dmarcTags are all tags that receivers do not ignore.
var dmarcTags = []string{"p", "sp", "np", "adkim", "aspf", "fo", "psd", "rua", "ruf", "t"}

// nearTag reports whether a name that no tag has may be meant for one that receivers know: they differ
// in characters that are no letters.
func nearTag(name string) bool {
	letters := strings.Map(func(c rune) rune {
		if c < 128 && isLetter(byte(c)) {
			return c
		}
		return -1
	}, strings.ToLower(name))
	return slices.Contains(dmarcTags, letters)
}

// policyTags are the tags whose value is a policy.
var policyTags = []string{"p", "sp", "np"}

// read sets what a tag says, as far as receivers understand it. Of a list of report URIs, the valid
// ones count.
func (d *DMARC) read(t tag) error {
	if t.value == "" {
		if !slices.Contains(dmarcTags, t.name) {
			return nil
		}
		return errors.New("it has no value")
	}
	if t.name != "rua" && t.name != "ruf" {
		return d.set(t)
	}
	var valid []string
	var first error
	for uri := range strings.SplitSeq(t.value, ",") {
		uris, err := parseReportURIs(uri)
		if err != nil && first == nil {
			first = err
		}
		valid = append(valid, uris...)
	}
	if t.name == "rua" {
		d.AggregateReports = valid
	} else {
		d.FailureReports = valid
	}
	return first
}
