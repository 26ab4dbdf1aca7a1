package dns

import (
	"slices"
	"strings"
)

// zoneIndex finds the records of a snapshot by name.
type zoneIndex struct {
	at map[string][]int
	// exists holds the names with records and all names above them: a name without records exists
	// if there are names below it (RFC 8020).
	exists map[string]bool
}

// indexed returns the snapshot's index. The first call makes it, so a snapshot must not change
// after it was planned with.
func (s *Snapshot) indexed() *zoneIndex {
	if known := s.index.Load(); known != nil {
		return known
	}
	made := &zoneIndex{at: map[string][]int{}, exists: map[string]bool{}}
	for i, r := range s.Records {
		made.at[r.Name] = append(made.at[r.Name], i)
		for name := r.Name; name != "" && !made.exists[name]; name = nameAbove(name) {
			made.exists[name] = true
		}
	}
	s.index.Store(made)
	return made
}

// tells reports whether the snapshot knows which records a name has.
func (s *Snapshot) tells(name string) bool {
	return s.Names == nil || slices.Contains(s.Names, name)
}

// tellsAll reports whether the snapshot knows this for all of the names.
func (s *Snapshot) tellsAll(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !s.tells(name) })
}

// objection says why the zone has no room for a record, or "".
func (s *Snapshot) objection(r Record) string {
	if s.Objection == nil {
		return ""
	}
	return s.Objection(r)
}

// objectionAnew is objection to a record that is not in the zone, whatever it was when it was there.
func (s *Snapshot) objectionAnew(r Record) string {
	r.ID, r.Native = "", nil
	return s.objection(r)
}

// draft is a working copy of a zone. Publications are planned on it one after another, and each
// sees the changes of those before it. Only names that are looked at are copied.
type draft struct {
	base  *Snapshot
	names map[string][]*entry
	added []*entry // in the order in which they were created
	steps []step
	// orphans are SPF records that stay for others although the owner that created them has
	// withdrawn: by name, with the text at their creation. The last owner that withdraws deletes
	// them.
	orphans map[string]string
	// completed are, by name, the interrupted changes of SPF records that were completed in this
	// draft. Each owner then has added those of the terms that it wants.
	completed map[string]completion
	// ghosts are the positions of records that this process has removed, while the plan treats them
	// as if they still existed. They may be removed.
	ghosts map[int]bool
}

// step is one change of a draft, and how to undo it.
type step struct {
	entry *entry
	undo  func()
}

// entry is one record of a draft.
type entry struct {
	position int    // in the snapshot; -1 for a new record
	record   Record // as it should be after the change
	gone     bool   // removed
}

func newDraft(base *Snapshot) *draft {
	return &draft{base: base, names: map[string][]*entry{}, orphans: map[string]string{}, completed: map[string]completion{}}
}

// load returns all entries at a name, including removed ones.
func (d *draft) load(name string) []*entry {
	entries, loaded := d.names[name]
	if !loaded {
		for _, i := range d.base.indexed().at[name] {
			entries = append(entries, &entry{position: i, record: d.base.Records[i]})
		}
		d.names[name] = entries
	}
	return entries
}

// at returns the entries at a name, in the order of the zone.
func (d *draft) at(name string) []*entry {
	var live []*entry
	for _, e := range d.load(name) {
		if !e.gone {
			live = append(live, e)
		}
	}
	return live
}

// set returns the entries of a record set.
func (d *draft) set(key SetKey) []*entry {
	return slices.DeleteFunc(d.at(key.Name), func(e *entry) bool { return e.record.Type != key.Type })
}

// has reports whether a name has records of one of the types.
func (d *draft) has(name string, types ...string) bool {
	return slices.ContainsFunc(d.at(name), func(e *entry) bool { return slices.Contains(types, e.record.Type) })
}

// create adds a record. If the same record was removed before, it is restored instead, so that the
// zone sees no change.
func (d *draft) create(r Record) *entry {
	for _, e := range d.load(r.Name) {
		if e.gone && e.position >= 0 && d.base.Records[e.position].Identity() == r.Identity() {
			d.change(e, func() {
				e.gone = false
				e.record = d.base.Records[e.position]
				if r.TTL != 0 {
					e.record.TTL = r.TTL
				}
			})
			return e
		}
	}
	e := &entry{position: -1, record: r}
	entries, added := d.load(r.Name), d.added
	d.names[r.Name] = append(slices.Clip(entries), e)
	d.added = append(slices.Clip(added), e)
	d.steps = append(d.steps, step{e, func() { d.names[r.Name], d.added = entries, added }})
	return e
}

// remove removes one record.
func (d *draft) remove(e *entry) { d.change(e, func() { e.gone = true }) }

// replace changes the data of one record. Its name and type stay.
func (d *draft) replace(e *entry, value string, priority uint16) {
	d.change(e, func() { e.record.Value, e.record.Priority = value, priority })
}

// retime changes the TTL of one record.
func (d *draft) retime(e *entry, ttl uint32) {
	d.change(e, func() { e.record.TTL = ttl })
}

// unproxy makes the host answer with the record itself, instead of through its proxy or with the
// addresses of a CNAME's target.
func (d *draft) unproxy(e *entry) {
	d.change(e, func() { e.record.Proxied, e.record.Flattened = false, false })
}

func (d *draft) change(e *entry, how func()) {
	before := *e
	d.steps = append(d.steps, step{e, func() { *e = before }})
	how()
}

// mark returns a state of the draft that rollback can restore.
func (d *draft) mark() int { return len(d.steps) }

func (d *draft) rollback(mark int) {
	for _, step := range slices.Backward(d.steps[mark:]) {
		step.undo()
	}
	d.steps = d.steps[:mark]
}

// goneSince returns the identities of which the zone has fewer records because of the changes since
// a mark.
func (d *draft) goneSince(mark int) []Identity {
	var gone []Identity
	seen := map[*entry]bool{}
	for _, step := range d.steps[mark:] {
		e := step.entry
		if !seen[e] && e.position >= 0 && (e.gone || d.written(e)) {
			gone = append(gone, d.base.Records[e.position].Identity())
		}
		seen[e] = true
	}
	return gone
}

// written reports whether the draft changes the data of the entry.
func (d *draft) written(e *entry) bool {
	return e.position < 0 || d.base.Records[e.position].Identity() != e.record.Identity()
}

// retimed reports whether the draft changes the TTL of a record that is in the zone.
func (d *draft) retimed(e *entry) bool {
	return e.position >= 0 && e.record.TTL != 0 && d.base.Records[e.position].TTL != e.record.TTL
}

// changes returns the changes that turn the snapshot into the draft, in the order of the zone.
func (d *draft) changes() ChangeSet {
	var touched []*entry
	for _, entries := range d.names {
		for _, e := range entries {
			if e.position >= 0 {
				touched = append(touched, e)
			}
		}
	}
	slices.SortFunc(touched, func(a, b *entry) int { return a.position - b.position })
	var changes ChangeSet
	for _, e := range touched {
		old := d.base.Records[e.position]
		switch {
		case e.gone:
			changes.Delete = append(changes.Delete, old)
		case old.Identity() != e.record.Identity() || old.TTL != e.record.TTL ||
			old.Proxied != e.record.Proxied || old.Flattened != e.record.Flattened:
			changed := e.record
			changed.ID, changed.Native = "", nil
			changes.Replace = append(changes.Replace, Replacement{Old: old, New: changed})
		}
	}
	for _, e := range d.added {
		if !e.gone {
			changes.Create = append(changes.Create, e.record)
		}
	}
	return changes
}

// count returns how many records the draft has.
func (d *draft) count() int {
	changes := d.changes()
	return len(d.base.Records) + len(changes.Create) - len(changes.Delete)
}

// encloser returns the nearest name above that exists (RFC 4592 section 3.3.1), and the names
// between, including the given one, which do not exist. It looks at the zone before the draft.
func (d *draft) encloser(name string) (above string, missing []string) {
	exists := d.base.indexed().exists
	for name != d.base.Zone.Apex && name != "" && !exists[name] {
		missing = append(missing, name)
		name = nameAbove(name)
	}
	return name, missing
}

// cut returns the record that hands the name over to another zone or another name: NS below the
// apex, also at the name itself, or DNAME above it.
func (d *draft) cut(name string) (Record, bool) {
	apex := d.base.Zone.Apex
	for at := name; at != "" && strings.HasSuffix(at, apex); at = nameAbove(at) {
		for _, e := range d.at(at) {
			if e.record.Type == "NS" && at != apex || e.record.Type == "DNAME" && at != name {
				return e.record, true
			}
		}
		if at == apex {
			break
		}
	}
	return Record{}, false
}
