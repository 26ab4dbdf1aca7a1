package dns

import (
	"fmt"
	"slices"
)

// rivalries are the errors of a publication whose records cannot stand beside what other
// owners are known to want. No permission covers them: two resources that overwrite each
// other would do so at every apply. Where only the TTLs differ, it is a warning.
func rivalries(zone HostedZone, limits Limits, p Publication, others []Other) []Problem {
	var problems []Problem
	refuse := func(w Wanted, other Other, why string) {
		problems = append(problems, Problem{Severity: Error, Key: w.Key, Summary: "Two resources want different records", Detail: fmt.Sprintf(
			"In the zone %s, %s wants %s, and %s wants %s. %s %sKeep one of them, or have both want the same: overwrite and replace_mx do not decide between resources of this provider.",
			zone.Apex, other.whose(), other.Record, p.whose(w), w.Record, why, p.otherSelector(w.Record))})
	}
	for _, w := range sortedByKey(p.Wanted) {
		for _, other := range others {
			merged := w.Record.isSPF() && other.Record.isSPF()
			if other.Planned && !merged && !Equivalent(w.Record, other.Record) &&
				w.Record.Name == other.Record.Name && excludesIn(zone, limits, w.Record, other.Record) {
				refuse(w, other, whyExcluded(w.Record, other.Record))
			}
		}
	}
	problems = append(problems, rivalTTLs(zone, limits, p, others)...)
	for _, w := range sortedByKey(p.Wanted) {
		if other, divided := dividesMail(p, w, others); divided {
			refuse(w, other, "MX records of one name that belong together are published by one resource; otherwise mail reaches either host.")
		}
	}
	return problems
}

// displacements are the errors of a publication that keeps a record which another owner's
// plan displaces: that owner had not heard in time that it is kept.
func displacements(zone HostedZone, p Publication, displaced []Other) []Problem {
	var problems []Problem
	for _, w := range sortedByKey(p.Wanted) {
		for _, other := range displaced {
			if other.Record.Identity() == w.Record.Identity() {
				whose := "another resource that is to be created"
				if other.Owner != "" {
					whose = "the resource with the id " + other.Owner
				}
				problems = append(problems, Problem{Severity: Error, Key: w.Key, Summary: "Two resources want different records", Detail: fmt.Sprintf(
					"In the zone %s, %s displaces %s by its plan, and %s keeps it. Plan again; if this comes back, keep one of the two.",
					zone.Apex, whose, other.Record, p.whose(w))})
			}
		}
	}
	return problems
}

// rivalTTLs are warnings about records that another owner wants with another TTL. The record
// set keeps the one that it has, if one of them wants it.
func rivalTTLs(zone HostedZone, limits Limits, p Publication, others []Other) []Problem {
	var problems []Problem
	for _, w := range sortedByKey(p.Wanted) {
		for _, other := range others {
			ours, theirs := limits.clamp(w.Record.TTL), limits.clamp(other.Record.TTL)
			if !other.Planned || w.Record.TTL == 0 || other.Record.TTL == 0 || ours == theirs || w.Record.isSPF() || !Equivalent(w.Record, other.Record) {
				continue
			}
			problems = append(problems, Problem{Severity: Warning, Key: w.Key, Summary: "Two resources want different TTLs", Detail: fmt.Sprintf(
				"In the zone %s, %s wants %s with a TTL of %d seconds, and %s wants it with %d. A record has one TTL, so that of one of them is not applied: the record keeps the one that it has, if either wants that. "+
					"Have both ask for the same ttl, or leave it out in one of them.",
				zone.Apex, other.whose(), other.Record, theirs, p.whose(w), ours)})
			break
		}
	}
	return problems
}

// dividesMail returns the MX record of another owner beside which a wanted one would
// divide the mail of its name. Owners may share MX records, and one may publish a part of
// what another does, but not take the rest away, whichever of them is planned first.
func dividesMail(p Publication, w Wanted, others []Other) (Other, bool) {
	if w.Record.Type != "MX" {
		return Other{}, false
	}
	ours := func(r Record) bool {
		return slices.ContainsFunc(p.Wanted, func(w Wanted) bool { return w.Record.Identity() == r.Identity() })
	}
	theirs := func(owner string, r Record) bool {
		return slices.ContainsFunc(others, func(o Other) bool { return o.Owner == owner && o.Record.Identity() == r.Identity() })
	}
	for _, other := range others {
		if !other.Planned || other.Record.Type != "MX" || other.Record.Name != w.Record.Name {
			continue
		}
		if other.ReplaceMX && !theirs(other.Owner, w.Record) {
			return other, true
		}
		if ours(other.Record) {
			continue
		}
		if !theirs(other.Owner, w.Record) || p.ReplaceMX {
			return other, true
		}
	}
	return Other{}, false
}

// whose names the resource of a publication and one of its records.
func (p Publication) whose(w Wanted) string {
	if p.Owner == "" {
		return fmt.Sprintf("this resource, which is to be created (record %q)", w.Key)
	}
	return fmt.Sprintf("this resource, with the id %s (record %q)", p.Owner, w.Key)
}

// whose names the resource that wants a record.
func (o Other) whose() string {
	if o.Owner == "" {
		return fmt.Sprintf("another resource that is to be created (record %q)", o.Key)
	}
	return fmt.Sprintf("the resource with the id %s (record %q)", o.Owner, o.Key)
}
