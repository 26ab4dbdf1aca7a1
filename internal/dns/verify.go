package dns

import (
	"fmt"
	"slices"
	"strings"
)

// separate divides the parts into those that are completely in the zone as it was read back, and
// the others.
func separate(parts []part, d *draft, after *Snapshot, unsure bool) (done, pending []part) {
	for _, p := range parts {
		if p.arrived(d, after, unsure) {
			done = append(done, p)
		} else {
			pending = append(pending, p)
		}
	}
	return done, pending
}

// arrived reports whether everything that the part wants is in the zone, and what it removes is
// not, except for twins. A TTL that differs from the written one may be the host's own rule, unless
// it is not known whether the host has written at all.
func (p part) arrived(d *draft, after *Snapshot, unsure bool) bool {
	for _, e := range p.standing {
		if after.copies(e.record.Identity()) == 0 {
			return false
		}
		there := after.actual(e.record)
		if there.Proxied && !e.record.Proxied || unsure && d.retimed(e) && there.TTL != e.record.TTL {
			return false
		}
	}
	for _, id := range p.gone {
		if id.record().isSPF() && !sameSPF(d.spfAt(id.Name), newDraft(after).spfAt(id.Name)) {
			// Somebody else has changed the record too, possibly without our part. Planning again
			// shows whether our part is there.
			return false
		}
		before, shall := d.base.copies(id), d.copies(id)
		if shall < before && after.copies(id) > shall {
			return false
		}
	}
	return true
}

func sameSPF(a, b []*entry) bool {
	return slices.EqualFunc(a, b, func(a, b *entry) bool { return a.record.Value == b.record.Value })
}

// copies returns how many records of one identity there are. Twins are counted.
func (s *Snapshot) copies(id Identity) int {
	n := 0
	for _, i := range s.indexed().at[id.Name] {
		if s.Records[i].Identity() == id {
			n++
		}
	}
	return n
}

// copies returns how many records of one identity the draft has.
func (d *draft) copies(id Identity) int {
	n := 0
	for _, e := range d.at(id.Name) {
		if e.record.Identity() == id {
			n++
		}
	}
	return n
}

// actual returns a record as it is in the snapshot, with its TTL and ID. Among twins, it is the one
// with the same ID.
func (s *Snapshot) actual(r Record) Record {
	found := r
	for _, i := range s.indexed().at[r.Name] {
		if there := s.Records[i]; there.Identity() == r.Identity() {
			found = there
			if there.ID == r.ID {
				break
			}
		}
	}
	found.Native = nil
	return found
}

// remember prepares a request for another plan, after a write that may have arrived in part. The
// records that it wanted may be there and then belong to it. The records that it removed and that
// are gone are not looked for again, so that a twin is not taken for them. What it added to an SPF
// record is looked for by its terms each time. Its warnings are kept, because if the change has
// arrived, the next plan finds nothing to do.
//
// The list of records that it displaces is carried over too: the records that it wanted are its own
// by then, and would not displace anything.
func (p part) remember(d *draft, after *Snapshot) {
	removed := func(before Published) bool {
		id := before.Record.Identity()
		if before.Found != nil && d.base.copies(id) == 0 {
			id = before.Found.Identity()
		}
		return !before.Record.isSPF() && slices.Contains(p.gone, id) && after.copies(id) <= d.copies(id)
	}
	p.progress.note(p, after, removed)
	p.publication.Previous = slices.Concat(p.Published, slices.DeleteFunc(slices.Clone(p.publication.Previous), removed))
	p.publication.displacing = sortIdentities(slices.Concat(p.publication.displacing, p.Displaced))
	p.planned = append(p.planned, p.Warnings()...)
	p.merges = append(p.merges, p.spf...)
}

// disagreement returns the error for a host that reported success although the zone is not as it
// should be.
func disagreement(pending []part, d *draft, after *Snapshot) error {
	var missing []string
	for _, p := range pending {
		for _, published := range p.Published {
			if r := published.Record; after.copies(r.Identity()) == 0 {
				missing = append(missing, fmt.Sprintf("%q is not there (the name has: %s)", r.String(), after.describe(r.Name)))
			}
		}
		for _, id := range p.gone {
			switch {
			case after.copies(id) > d.copies(id):
				missing = append(missing, fmt.Sprintf("%q is still there", id.record().String()))
			case id.record().isSPF():
				missing = append(missing, fmt.Sprintf("%s has: %s", id.Name, after.describe(id.Name)))
			}
		}
	}
	return fmt.Errorf("the host reported success, but the zone read back disagrees, because the host ignores the change without saying so, or because somebody else wrote the zone at the same time: %s",
		strings.Join(missing, "; "))
}

func (id Identity) record() Record {
	return Record{Name: id.Name, Type: id.Type, Value: id.Value, Priority: id.Priority}
}

// describe lists the records at a name.
func (s *Snapshot) describe(name string) string {
	var texts []string
	for _, i := range s.indexed().at[name] {
		texts = append(texts, fmt.Sprintf("%q", s.Records[i].String()))
	}
	if texts == nil {
		return "no records"
	}
	return strings.Join(texts, ", ")
}

// noteUndone notes, for all parts of a write, which records are gone or have another TTL since the
// zone was read, although this write did not touch them. This happens at hosts where each write
// replaces the whole zone: another process has written an older state of the zone, or somebody
// edited it at this moment. The two cannot be distinguished, so the records are reported and not
// restored.
func noteUndone(parts []part, base, after *Snapshot, changes ChangeSet) {
	told := map[Identity]bool{}
	for _, r := range changes.Delete {
		told[r.Identity()] = true
	}
	for _, replacement := range changes.Replace {
		told[replacement.Old.Identity()] = true
	}
	var undone []string
	for _, r := range base.Records {
		id := r.Identity()
		if told[id] {
			continue
		}
		switch {
		case after.copies(id) < base.copies(id):
			undone = append(undone, fmt.Sprintf("%q is gone", r.String()))
		case after.timed(id, r.TTL) < base.timed(id, r.TTL):
			undone = append(undone, fmt.Sprintf("%q no longer has its TTL of %d seconds", r.String(), r.TTL))
		default:
			continue
		}
		told[id] = true
	}
	if undone != nil {
		note(parts, "Records of others changed during the write",
			"While the zone %s was written, records changed that this write did not concern: %s. Somebody edited them at this moment, or another program, which replaced the whole zone with an older state of it, undid them. Check whether they have to be restored.",
			base.Zone.Apex, strings.Join(undone, "; "))
	}
}

// timed returns how many of the records of one identity have a TTL.
func (s *Snapshot) timed(id Identity, ttl uint32) int {
	n := 0
	for _, i := range s.indexed().at[id.Name] {
		if s.Records[i].Identity() == id && s.Records[i].TTL == ttl {
			n++
		}
	}
	return n
}

// noteCollision notes that this write and another one have collided.
func noteCollision(parts []part, how string) {
	note(parts, "Zone written by two at the same time",
		"%s Let only one program write this zone at a time: what others publish in it may be lost likewise.", sentence(how))
}

// noteTTL notes that a record has another TTL than was written.
func (r *request) noteTTL(key string, there Record, written uint32) {
	r.notes = append(r.notes, Problem{Severity: Warning, Key: key, Summary: "TTL is not as written", Detail: fmt.Sprintf(
		"%s has a TTL of %d seconds, although %d were written: the DNS host has rules of its own, or somebody else wrote the zone at the same time.",
		there, there.TTL, written)})
}

func note(parts []part, summary, format string, args ...any) {
	for _, p := range parts {
		p.notes = append(p.notes, Problem{Severity: Warning, Summary: summary, Detail: fmt.Sprintf(format, args...)})
	}
}
