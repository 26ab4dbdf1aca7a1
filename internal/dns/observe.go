package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Presence says whether a published record is still in the zone.
type Presence string

// Values of Presence. Changed includes a changed TTL, a CNAME that is proxied or flattened, and an
// SPF record that lacks a wanted term. Terms that others add to an SPF record are no change.
const (
	Present Presence = "present"
	Missing Presence = "missing"
	Changed Presence = "changed"
)

// Observation is the result of looking for one published record in a zone.
type Observation struct {
	// Published is what to remember from now on. Its fields Found and SPF are up to date.
	Published Published
	// Presence says whether the record is still there.
	Presence Presence
	// Record is the record that is in its place now; zero if it is missing.
	Record Record
	// MissingSPF are the terms of the wanted SPF record that the zone's record lacks.
	MissingSPF []string
	// Halves are the SPF records at the name if an interrupted change has left several, and one of
	// them lacks MissingSPF. Publishing again completes the change.
	Halves []Record
}

// Observe looks for the published records of an owner in a snapshot of their zone. It does not
// change its arguments, and makes no calls.
//
// If a record is gone and another one has appeared in its record set, it counts as changed in three
// cases: only one such record can exist, the host gave both the same ID, or both are MX records
// with the same host. Otherwise the other record belongs to somebody else.
//
// A record that another owner has published or wants belongs to that owner. So if two owners shared
// a record and the other owner has changed it, it is missing for this one.
//
// A change of an SPF record may have been interrupted between its two halves, so that the zone has
// both records. The terms that either of them lacks are then missing.
//
// If a record seems to be changed, Observe waits a moment for owners that are about to become
// known.
//
// An owner that has merged its SPF record into an existing one learns here if another owner has
// created that one: an apply hands over only the owners that change, so it may not have known. Once
// the other one has left, nobody else could tell.
func (e *Editor) Observe(s *Snapshot, owner string, previous []Published) []Observation {
	owners := e.registry(s.Zone)
	if slices.ContainsFunc(previous, func(p Published) bool { return p.Wanted.isSPF() && p.SPF.Created == "" }) {
		owners.arrivals.begin()
	}
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

// observe is [Editor.Observe] with the other owners as arguments.
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
		if before.Wanted.isSPF() && observations[i].Presence == Present {
			learned := &observations[i].Published
			learned.SPF = learned.SPF.Join(others.jointSPF(before.Wanted.Name, before.Wanted.Value))
		}
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

// keepsTTL reports whether a record has the TTL that it was published with, or a TTL that somebody
// else decides.
func (d *draft) keepsTTL(before Published, e *entry, all []Published) bool {
	return before.Wanted.TTL == 0 || before.Record.TTL == 0 || before.Record.TTL == e.record.TTL ||
		slices.ContainsFunc(d.set(e.record.SetKey()), func(member *entry) bool { return !publishedAs(all, member.record) })
}

// observeHalves observes a published SPF record if an interrupted change has left two records at
// its name, the halves of the change. It returns nil if there are none, or if they concern only
// other owners.
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
	var halves []Record
	for _, e := range existing {
		halves = append(halves, e.record)
	}
	for _, half := range halves {
		if missing := missingSPF(half.Value, before.Wanted.Value); len(missing) > 0 {
			return &Observation{Published: before, Presence: Changed, Record: half, MissingSPF: missing, Halves: halves}
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

// missingSPF returns the terms of a wanted SPF record, except "all", that the existing one lacks.
// It returns none if the existing one is invalid.
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

// Says reports whether the zone has a record or an equivalent one. A wanted SPF record is there if
// the zone's SPF record contains it. If the record is not there, instead has the records in its
// place: those that cannot exist next to it, and MX records of its name.
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
