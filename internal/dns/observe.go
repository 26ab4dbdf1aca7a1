package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Presence is what has become of a published record.
type Presence string

// Values of Presence. Changed includes a changed TTL, a CNAME that is proxied or
// flattened, and an SPF record that lacks something of what was wanted; what others add to that is
// no change.
const (
	Present Presence = "present"
	Missing Presence = "missing"
	Changed Presence = "changed"
)

// Observation is what a look at a zone found of one published record.
type Observation struct {
	// Published is what to remember from now on: Found is up to date.
	Published Published
	// Presence is what has become of it.
	Presence Presence
	// Record is what is in its place now; zero when it is missing.
	Record Record
	// MissingSPF are the terms of the wanted SPF record that the zone's lacks.
	MissingSPF []string
}

// Observe finds out what has become of the published records. It changes nothing
// in the arguments.
//
// A record that is gone while another one has come up in its record set counts as
// changed where there can be but one, where the host gave both the same ID, and
// for an MX with the same host; elsewhere the other one is somebody else's.
func Observe(s *Snapshot, previous []Published) []Observation {
	return observe(s, Limits{Atomic: true}, previous, neighbours{})
}

// Observe is the function [Observe] for what an owner has published. What another owner
// has published or wants is that one's: a record that the two shared, and that the other
// one has changed into it, is missing. An SPF record of which a change was cut off between
// its halves lacks what one of them does not say. Where a record seems to be changed, it
// waits a moment for owners that are about to be heard of. It calls nobody.
func (e *Editor) Observe(s *Snapshot, owner string, previous []Published) []Observation {
	owners := e.registry(s.Zone.Apex)
	limits, heard := e.host.Limits(), owners.count()
	observations := observe(s, limits, previous, owners.neighbours(owner))
	d := newDraft(s)
	if slices.ContainsFunc(observations, func(o Observation) bool {
		return o.Published.Found != nil || o.Presence == Changed && o.MissingSPF == nil || !limits.Atomic && o.Published.Wanted.isSPF() && len(d.spfAt(o.Published.Wanted.Name)) > 1
	}) && owners.settle(heard) {
		observations = observe(s, limits, previous, owners.neighbours(owner))
	}
	return observations
}

func observe(s *Snapshot, limits Limits, previous []Published, others neighbours) []Observation {
	d := newDraft(s)
	observations := make([]Observation, len(previous))
	for i, before := range previous {
		before.Found = nil
		if half := d.observeHalves(limits, before, previous, others); half != nil {
			observations[i] = *half
			continue
		}
		observations[i] = d.observe(limits, before, previous, others)
	}
	return observations
}

func (d *draft) observe(limits Limits, before Published, all []Published, others neighbours) Observation {
	if before.Wanted.isSPF() {
		return d.observeSPF(before)
	}
	var same, changed *entry
	for _, e := range d.set(before.Record.SetKey()) {
		switch {
		case Equivalent(before.Record, e.record):
			if same == nil || before.Record.ID != "" && e.record.ID == before.Record.ID {
				same = e
			}
		case changed == nil && before.Record.turnedInto(e.record) && !publishedAs(all, e.record) && !others.concernedBy(e.record):
			changed = e
		}
	}
	switch {
	case same != nil && (d.keepsTTL(before, same, all) || slices.Contains(others.ttlsOf(same.record, limits), same.record.TTL)) && !same.record.aliasHidden():
		return Observation{Published: before, Presence: Present, Record: same.record}
	case same != nil:
		return Observation{Published: before, Presence: Changed, Record: same.record}
	case changed != nil:
		before.Found = new(Record)
		*before.Found = changed.record
		return Observation{Published: before, Presence: Changed, Record: changed.record}
	}
	return Observation{Published: before, Presence: Missing}
}

func publishedAs(all []Published, r Record) bool {
	return slices.ContainsFunc(all, func(p Published) bool { return Equivalent(p.Record, r) })
}

// keepsTTL is whether a record has the TTL that it was published with, or one
// about which somebody else decides.
func (d *draft) keepsTTL(before Published, e *entry, all []Published) bool {
	return before.Wanted.TTL == 0 || before.Record.TTL == 0 || before.Record.TTL == e.record.TTL ||
		slices.ContainsFunc(d.set(e.record.SetKey()), func(member *entry) bool { return !publishedAs(all, member.record) })
}

// observeHalves is what a change of an SPF record that was cut off between its halves has
// left of a published one; nil where there is none, or it concerns others only.
func (d *draft) observeHalves(limits Limits, before Published, all []Published, others neighbours) *Observation {
	existing := d.spfAt(before.Wanted.Name)
	if !before.Wanted.isSPF() || len(existing) < 2 || limits.Atomic {
		return nil
	}
	name := before.Wanted.Name
	var here []Published
	texts := others.spfTexts(name)
	for _, p := range all {
		if p.Record.isSPF() && p.Record.Name == name {
			here, texts = append(here, p), append(texts, p.Wanted.Value)
		}
	}
	if !others.halvesOfOne(name, texts, here, existing) {
		return nil
	}
	for _, e := range existing {
		if missing := missingSPF(e.record.Value, before.Wanted.Value); len(missing) > 0 {
			return &Observation{Published: before, Presence: Changed, Record: e.record, MissingSPF: missing}
		}
	}
	return nil
}

func (d *draft) observeSPF(before Published) Observation {
	existing := d.spfAt(before.Wanted.Name)
	if len(existing) == 0 {
		return Observation{Published: before, Presence: Missing}
	}
	best := Observation{Published: before, Presence: Changed}
	for i, e := range existing {
		if contained, err := mailrecord.ContainsSPF(e.record.Value, before.Wanted.Value); err == nil && contained {
			return Observation{Published: before, Presence: Present, Record: e.record}
		}
		if i == 0 {
			best.Record, best.MissingSPF = e.record, missingSPF(e.record.Value, before.Wanted.Value)
		}
	}
	return best
}

// missingSPF returns the terms of an SPF record, without its "all", that the
// existing one does not say; none when that cannot be read at all.
func missingSPF(existing, wanted string) []string {
	parsed, err := mailrecord.ParseSPF(wanted)
	if err != nil {
		return nil
	}
	var missing []string
	for _, term := range parsed.Terms {
		if term.Name == "all" {
			continue
		}
		if contained, err := mailrecord.ContainsSPF(existing, "v=spf1 "+term.Text); err == nil && !contained {
			missing = append(missing, term.Text)
		}
	}
	return missing
}

// Says is whether the zone has a record, in these or in other words. An SPF record is
// there where the zone's contains it. Instead are the records that are in its place, where
// it is not: those that cannot stand beside it, and MX records of its name.
func (s *Snapshot) Says(r Record) (there bool, instead []Record) {
	for _, i := range s.indexed().at[r.Name] {
		other := s.Records[i]
		switch {
		case Equivalent(other, r):
			return true, nil
		case r.isSPF() && other.isSPF():
			if contained, err := mailrecord.ContainsSPF(other.Value, r.Value); err == nil && contained {
				return true, nil
			}
			instead = append(instead, other)
		case excludes(r, other), r.Type == "MX" && other.Type == "MX", (r.Type == "CNAME") != (other.Type == "CNAME"):
			instead = append(instead, other)
		}
	}
	return false, instead
}
