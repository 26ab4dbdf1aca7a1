package estate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// FindingGroup is the group of the findings that are about what the state holds, beside the groups of
// the checks.
const FindingGroup = "state"

// The IDs of the findings that no check makes. They never change. See also [FindingIDs].
const (
	FindingRecords     = "state_records"     // a published record is missing, or could not be looked for
	FindingVerified    = "state_verified"    // a service has not verified the domain
	FindingCertificate = "state_certificate" // a managed certificate has expired or soon does
	FindingName        = "state_name"        // the name of the domain cannot be looked up
)

// FindingIDs lists the IDs of the findings that no check makes and that can be failures, the most
// important first.
func FindingIDs() []string { return []string{FindingRecords, FindingVerified, FindingCertificate} }

// SoonDays is for how many days a certificate has to last. One that ends earlier is a warning.
const SoonDays = 14

// Finding is something to look at in an estate.
type Finding struct {
	// Block says what it is. Its ID is that of a check, or one of those above.
	check.Block
	// Domains are those that it was found at, sorted.
	Domains []string
}

// Findings returns what a reader has to look at in all domains, the most urgent first. What was found
// in the same words at several domains is one finding. So is all that could not be looked at for the
// same reason. Words are the same if they differ in the name of the domain only, which then stands
// there as [AnyDomain].
func (e *Estate) Findings() []Finding {
	type of struct {
		domain string
		check.Result
	}
	var each []of
	for _, d := range e.Domains {
		for _, r := range d.Findings() {
			each = append(each, of{d.Name, r})
		}
	}
	slices.SortStableFunc(each, func(a, b of) int { return compare(a.Result, b.Result) })
	type words struct {
		id              string
		status          check.Status
		severity        check.Severity
		found, expected string
	}
	var all []Finding
	known := map[words]int{}
	for _, one := range each {
		found, expected := withoutName(one.Found, one.domain), withoutName(one.Expected, one.domain)
		said := words{one.ID, one.Status, one.Severity, found, expected}
		if one.Status == check.Unknown {
			found = withoutName(cmp.Or(one.Cause, one.Found), one.domain)
			said = words{status: one.Status, found: found}
		}
		i, again := known[said]
		if !again {
			known[said] = len(all)
			all = append(all, Finding{Block: check.Block{Result: one.Result}, Domains: []string{one.domain}})
			continue
		}
		f := &all[i]
		if one.ID != f.ID && !slices.Contains(f.Also, one.ID) {
			f.Also = append(f.Also, one.ID)
			f.Expected = "" // each check has one of its own
			if f.Found = cmp.Or(f.Cause, f.Found); len(f.Domains) > 1 {
				f.Found = found
			}
		}
		if !slices.Contains(f.Domains, one.domain) {
			f.Found, f.Expected = found, withoutName(f.Expected, f.Domains[0])
			if one.ID == f.ID && expected != f.Expected {
				f.Expected = "" // each domain expects something of its own, such as its records
			}
			f.Domains = append(f.Domains, one.domain)
		}
	}
	for _, f := range all {
		slices.Sort(f.Domains)
	}
	return all
}

// AnyDomain stands for the name of each domain in a finding at several ones.
const AnyDomain = "DOMAIN"

// withoutName replaces the name of a domain in a text by [AnyDomain], at the end of longer names too.
func withoutName(text, name string) string {
	var replaced strings.Builder
	for name != "" {
		before, after, found := strings.Cut(text, name)
		if !found {
			break
		}
		replaced.WriteString(before)
		if continues(before, after) {
			replaced.WriteString(name)
		} else {
			replaced.WriteString(AnyDomain)
		}
		text = after
	}
	return replaced.String() + text
}

// continues reports whether what stands between two texts is only a part of a label, or the beginning
// of a longer name.
func continues(before, after string) bool {
	inName := func(c byte) bool {
		return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return before != "" && inName(before[len(before)-1]) || after != "" && inName(after[0]) || len(after) > 1 && after[0] == '.' && inName(after[1])
}

// compare orders findings by urgency, and those that are as urgent by their ID.
func compare(a, b check.Result) int {
	return cmp.Or(check.CompareUrgency(a, b), place(a.ID)-place(b.ID))
}

// place is the place of an ID among those that are as urgent: first what the state holds, and then the
// checks in the order of the catalogue.
func place(id string) int { return places()[id] }

var places = sync.OnceValue(func() map[string]int {
	all := map[string]int{}
	for i, id := range FindingIDs() {
		all[id] = i - len(FindingIDs())
	}
	for i, e := range check.Catalogue() {
		all[e.ID] = i
	}
	return all
})

// Findings returns what a reader has to look at in the domain, the most urgent first.
func (d *Domain) Findings() []check.Result {
	all := slices.Concat(d.recordFindings(), d.verificationFindings(), d.certificateFindings())
	if d.CheckProblem != "" {
		all = append(all, finding(FindingName, check.Unknown, check.High, d.CheckProblem, ""))
	}
	if d.Check != nil {
		all = append(all, d.Check.Urgent()...)
	}
	slices.SortStableFunc(all, compare)
	return all
}

func (d *Domain) recordFindings() []check.Result {
	var all []check.Result
	var reasons []string
	unseen := map[string][]string{} // by the reason
	for _, r := range d.Records {
		switch r.Presence {
		case Missing:
			all = append(all, finding(FindingRecords, check.Fail, check.High, r.Problem, fmt.Sprintf("%s %s %s", r.Name, r.Type, r.Data())))
		case Unknown:
			reason := cmp.Or(check.Cause(r.Problem, d.Name), r.Problem)
			if unseen[reason] == nil {
				reasons = append(reasons, reason)
			}
			unseen[reason] = append(unseen[reason], r.Name+" "+r.Type)
		}
	}
	for _, reason := range reasons {
		all = append(all, finding(FindingRecords, check.Unknown, check.High, reason, Listed(unseen[reason])))
	}
	return all
}

func (d *Domain) verificationFindings() []check.Result {
	var all []check.Result
	for _, v := range d.Verifications {
		if !v.Valid {
			all = append(all, finding(FindingVerified, check.Fail, check.High,
				v.Service+" has not verified the domain, as of the last refresh", "a domain that it has verified; terraform apply has it look again"))
		}
	}
	return all
}

func (d *Domain) certificateFindings() []check.Result {
	var all []check.Result
	for _, c := range d.Certificates {
		ends := c.NotAfter.UTC().Format(time.DateOnly)
		expected := fmt.Sprintf("a certificate that lasts for %d days or more; an apply renews it", SoonDays)
		switch {
		case c.DaysLeft < 0:
			all = append(all, finding(FindingCertificate, check.Fail, check.High, fmt.Sprintf("that of %s has expired on %s, as of the last refresh", c.Host, ends), expected))
		case c.DaysLeft < SoonDays:
			all = append(all, finding(FindingCertificate, check.Warn, check.Medium, fmt.Sprintf("that of %s has %d days left, until %s, as of the last refresh", c.Host, c.DaysLeft, ends), expected))
		}
	}
	return all
}

// about has the title of each of [FindingIDs], and why it matters.
var about = map[string]struct{ title, why string }{
	FindingRecords:     {"Published records", "Receivers and services see what the name servers have, and not what was published."},
	FindingVerified:    {"Verification by the service", "Services do not work, or not as they should, for a domain that they have not verified."},
	FindingCertificate: {"Managed certificate", "Mail programs and careful senders refuse a host whose certificate has expired."},
	FindingName:        {"Name of the domain", "What is no name cannot be looked up."},
}

func finding(id string, status check.Status, severity check.Severity, found, expected string) check.Result {
	return check.Result{ID: id, Title: about[id].title, Group: FindingGroup, Status: status, Severity: severity, Found: found, Expected: expected, Why: about[id].why}
}

// mostListed is how many names stand in a list for people.
const mostListed = 8

// Listed joins names for people, and ends after a few.
func Listed(names []string) string {
	if len(names) > mostListed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), len(names)-mostListed)
	}
	return strings.Join(names, ", ")
}

// ByUrgency returns the domains, those first whose findings are the most urgent, and by name if they are
// as urgent.
func (e *Estate) ByUrgency() []*Domain {
	first := map[*Domain]check.Result{}
	for _, d := range e.Domains {
		if all := d.Findings(); len(all) > 0 {
			first[d] = all[0]
		}
	}
	sorted := slices.Clone(e.Domains)
	slices.SortStableFunc(sorted, func(a, b *Domain) int { return check.CompareUrgency(first[a], first[b]) })
	return sorted
}
