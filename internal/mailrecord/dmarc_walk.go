package mailrecord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// walkLabels is how many labels of a longer name receivers keep when they look for DMARC records
// above it, so that a walk takes no more than eight lookups (RFC 9989 section 4.10).
const walkLabels = 7

// DMARCWalk returns the domains at which receivers look for the DMARC policy of a domain, in this
// order: the domain, and those above it down to one label. Each record is at _dmarc.DOMAIN. There
// are at most eight (RFC 9989 section 4.10).
func DMARCWalk(domain string) []string {
	domain = normalName(domain)
	walk := []string{domain}
	labels := strings.Split(domain, ".")
	for keep := min(len(labels)-1, walkLabels); keep > 0; keep-- {
		walk = append(walk, strings.Join(labels[len(labels)-keep:], "."))
	}
	return walk
}

// DMARCSource says whose record gives a domain its policy.
type DMARCSource int

// The sources of a policy, from the highest preference to the lowest.
const (
	NoDMARC           DMARCSource = iota // no record was found
	OwnDMARC                             // the record of the domain itself
	OrganizationDMARC                    // the record of its organizational domain
	SuffixDMARC                          // the record of the public suffix above its organizational domain
)

// DMARCStep is what one lookup of a walk found.
type DMARCStep struct {
	// Domain is the one whose record was looked for, at _dmarc.DOMAIN.
	Domain string
	// Texts are the DMARC records found. Receivers discard them if there are several.
	Texts []string
	// Err is the error of the lookup; nil if it is known what is there.
	Err error
}

// DMARCDiscovery is the DMARC policy of a domain and how it was found.
type DMARCDiscovery struct {
	// Domain is the one that was asked about.
	Domain string
	// Organization is its organizational domain: with relaxed alignment, names below the same one
	// belong together. It is the domain itself if no record was found, and "" if a lookup failed
	// without which it is not known.
	Organization string
	// Source says whose record applies, and PolicyDomain is the domain of that record; "" for none.
	Source       DMARCSource
	PolicyDomain string
	// Text is the record that applies, and Reading how receivers understand it. If Reading.Applies
	// is false, the domain is without DMARC in spite of it.
	Text    string
	Reading DMARCReading
	// Steps are the lookups up to where receivers stop, in their order.
	Steps []DMARCStep
	// Err is the error of the first of these lookups that failed. The policy is then known only if
	// Source is OwnDMARC.
	Err error
}

// DiscoverDMARC finds the DMARC policy and the organizational domain of a domain as receivers do, by
// a walk up the DNS (RFC 9989 section 4.10). It asks for all names of the walk at the same time:
// lookup has to be safe for concurrent use. It is called with the type "TXT" and returns the joined
// texts of the records at a name; no texts and no error mean that there are none. A lookup that
// fails is in the result. The error is that of a context that has ended.
func DiscoverDMARC(ctx context.Context, domain string, lookup func(ctx context.Context, name, recordType string) ([]string, error)) (DMARCDiscovery, error) {
	domains := DMARCWalk(domain)
	steps := make([]DMARCStep, len(domains))
	var asked sync.WaitGroup
	for i, d := range domains {
		asked.Go(func() {
			texts, err := lookup(ctx, "_dmarc."+d, "TXT")
			steps[i] = DMARCStep{Domain: d, Texts: slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !IsDMARC(text) }), Err: err}
		})
	}
	asked.Wait()
	if err := ctx.Err(); err != nil {
		return DMARCDiscovery{}, err
	}
	return discover(steps), nil
}

// discover draws the conclusions from a whole walk.
func discover(steps []DMARCStep) DMARCDiscovery {
	found := DMARCDiscovery{Domain: steps[0].Domain}
	var records []DMARCStep
	for _, step := range steps {
		found.Steps = append(found.Steps, step)
		if step.Err != nil && found.Err == nil {
			found.Err = fmt.Errorf("_dmarc.%s TXT: %w", step.Domain, step.Err)
		}
		if len(step.Texts) != 1 {
			continue
		}
		records = append(records, step)
		if suffix := step.reading().Record.PublicSuffix; suffix == "y" || suffix == "n" {
			break
		}
	}
	if own := steps[0]; len(own.Texts) == 1 {
		found.apply(OwnDMARC, own)
	}
	if found.Err != nil {
		return found
	}
	found.Organization = organization(found.Domain, records)
	if found.Source == OwnDMARC || len(records) == 0 {
		return found
	}
	i := slices.IndexFunc(records, func(step DMARCStep) bool { return step.Domain == found.Organization })
	if i >= 0 {
		found.apply(OrganizationDMARC, records[i])
	} else {
		found.apply(SuffixDMARC, records[len(records)-1])
	}
	return found
}

// organization returns the organizational domain of a domain from the records of its walk (RFC 9989
// section 4.10.2). The last record is the one at which the walk stopped, or the shortest.
func organization(domain string, records []DMARCStep) string {
	if len(records) == 0 {
		return domain
	}
	last := records[len(records)-1]
	if last.reading().Record.PublicSuffix != "y" || last.Domain == domain {
		return last.Domain
	}
	above := strings.Count(last.Domain, ".") + 1
	labels := strings.Split(domain, ".")
	return strings.Join(labels[len(labels)-above-1:], ".")
}

// reading reads the only record of a step.
func (s DMARCStep) reading() DMARCReading {
	reading, _ := ReadDMARC(s.Texts[0])
	return reading
}

func (d *DMARCDiscovery) apply(source DMARCSource, step DMARCStep) {
	d.Source, d.PolicyDomain, d.Text, d.Reading = source, step.Domain, step.Texts[0], step.reading()
}

// Requested returns the policy that the record asks receivers to apply to mail of the domain that
// fails: "none", "quarantine" or "reject", and "" if the domain is without DMARC. exists says
// whether the domain exists in the DNS, with any type; it matters to domains without a record of
// their own only.
func (d DMARCDiscovery) Requested(exists bool) string {
	record := d.Reading.Record
	switch {
	case !d.Reading.Applies:
		return ""
	case d.Source == OwnDMARC:
	case !exists && record.NonexistentPolicy != "":
		return record.NonexistentPolicy
	case record.SubdomainPolicy != "":
		return record.SubdomainPolicy
	}
	return record.Policy
}

// Applied is [DMARCDiscovery.Requested] with t=y taken into account: receivers then apply a policy
// that is one step weaker (RFC 9989 section 4.7).
func (d DMARCDiscovery) Applied(exists bool) string {
	requested := d.Requested(exists)
	switch {
	case !d.Reading.Record.Testing:
	case requested == "reject":
		return "quarantine"
	case requested == "quarantine":
		return "none"
	}
	return requested
}
