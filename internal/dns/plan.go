package dns

import (
	"fmt"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// plan returns what a publication would do to a zone, and the zone as it would be after that. It
// makes no calls and depends only on its arguments, so the same zone always gives the same plan.
//
// If a wanted record or an equivalent one ([Equivalent]) is in the zone already, it is used, and
// nothing is written. So repeating an interrupted publication completes it. Published.Preexisting
// and Published.SPF say whose the record is, and whether a withdrawal removes it.
func plan(s *Snapshot, limits Limits, p Publication, others neighbours) (*draft, PlannedChange) {
	d := newDraft(s)
	part := d.publish(p, limits, others)
	part.Changes = d.changes()
	part.Merged = part.mergedSPF(part.spf)
	part.Changes.ReplaceMail = p.replacesMail() && !part.Changes.Empty()
	return d, part.PlannedChange
}

// replacesMail reports whether the publication may put MX records in the place of the host's own
// handling of mail.
func (p Publication) replacesMail() bool {
	return p.ReplaceMX && slices.ContainsFunc(p.Wanted, func(w Wanted) bool { return w.Record.Type == "MX" })
}

// composed is the part of a draft that belongs to one publication.
type composed struct {
	PlannedChange

	standing map[string]*entry     // by key: where a wanted record is in the draft
	gone     []Identity            // what it removed or turned into something else
	orphaned map[string]string     // what it adds to the draft's orphans
	finished map[string]completion // what it adds to the draft's completed
}

// planner plans one publication on a draft.
type planner struct {
	*draft
	limits Limits
	pub    Publication
	others neighbours
	wanted []Wanted // sorted by key

	own       []*entry          // by the index in Previous: its entry, the entry found in its place, or nil
	standing  map[string]*entry // by key: where the wanted record is
	fresh     []Wanted          // those that have to be written
	spf       map[string]mailrecord.SPFAddition
	spfs      []spfChange
	mx        []mxTarget
	reports   []reportTarget
	problems  []Problem
	displaced []Identity
	orphaned  map[string]string
	finished  map[string]completion

	unattributed bool // see PlannedChange
	addedBefore  int  // how many entries the draft had created before
}

// publish changes the draft to what the publication wants. If there is a problem with severity
// Error, the draft stays as it was.
func (d *draft) publish(p Publication, limits Limits, others neighbours) composed {
	for _, shared := range p.Shared {
		others.wants = append(slices.Clip(others.wants), Other{Wanted: shared})
	}
	start := d.mark()
	pl := &planner{
		draft: d, limits: limits, pub: p, others: others, wanted: sortedByKey(p.Wanted),
		own: make([]*entry, len(p.Previous)), standing: map[string]*entry{}, spf: map[string]mailrecord.SPFAddition{},
		orphaned: map[string]string{}, finished: map[string]completion{}, addedBefore: len(d.added),
	}
	pl.checkWanted()
	pl.problems = append(pl.problems, rivalries(d.base.Zone, limits, p, others.wants)...)
	pl.problems = append(pl.problems, displacements(d.base.Zone, p, others.displaced)...)
	if !pl.blocked() {
		pl.recognise()
		pl.finishDisplacing()
		pl.withdrawUnwanted()
		pl.settleMX()
		for _, w := range pl.fresh {
			pl.write(w)
		}
		pl.clearRivals()
		pl.settleSPF()
		pl.settleTTLs()
		pl.unproxyAliases()
		pl.checkContents()
		pl.warnOfRivals()
		pl.warnOfPreexisting()
		pl.checkTargets()
		pl.checkCount()
		pl.warnOfHiddenWildcards()
		pl.warnOfUnseen()
	}
	c := composed{PlannedChange: PlannedChange{Problems: pl.problems, Displaced: sortIdentities(pl.displaced), unattributed: pl.unattributed}}
	if pl.blocked() {
		d.rollback(start)
		return c
	}
	c.spf, c.mx, c.reports = pl.spfs, pl.mx, pl.reports
	c.standing, c.gone, c.orphaned, c.finished = pl.standing, d.goneSince(start), pl.orphaned, pl.finished
	for _, w := range pl.wanted {
		c.Published = append(c.Published, Published{
			Key: w.Key, Wanted: w.Record, Record: pl.standing[w.Key].record, SPF: pl.spf[w.Key], Preexisting: pl.preexisting(w, pl.standing[w.Key]), Timed: w.Record.TTL != 0,
		})
	}
	return c
}

func (pl *planner) problem(severity Severity, key, summary, format string, args ...any) {
	pl.problems = append(pl.problems, Problem{Severity: severity, Key: key, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (pl *planner) blocked() bool {
	return slices.ContainsFunc(pl.problems, func(p Problem) bool { return p.Severity == Error })
}

// recognise finds the entries of this publication: first the records that it published before, and
// then the records that are what it wants. The remaining wanted records either replace the record
// that was published before under the same key, or have to be written.
func (pl *planner) recognise() {
	taken := map[*entry]bool{}
	for i, before := range pl.pub.Previous {
		if e := pl.find(before, taken); e != nil {
			pl.own[i], taken[e] = e, true
		}
	}
	for _, w := range pl.wanted {
		if w.Record.isSPF() {
			continue
		}
		if e := pl.present(w.Record, pl.ownOf(w)); e != nil {
			pl.standing[w.Key] = e
		} else {
			pl.fresh = append(pl.fresh, w)
		}
	}
}

// find returns the entry of a record that was published before, or the entry that [Editor.Observe]
// found in its place and that a plan has shown since. Among twins, it is the one with the published
// ID. Records that were published twice share one entry if there is only one.
func (pl *planner) find(before Published, taken map[*entry]bool) *entry {
	candidates := []Record{before.Record}
	if before.Found != nil && !pl.others.concernedBy(*before.Found) {
		candidates = append(candidates, *before.Found)
		pl.unattributed = true
	}
	for _, candidate := range candidates {
		var found *entry
		for _, e := range pl.set(candidate.SetKey()) {
			switch {
			case !Equivalent(e.record, candidate):
			case candidate.ID != "" && e.record.ID == candidate.ID:
				return e
			case found == nil, taken[found] && !taken[e]:
				found = e
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// ownOf returns the entry that was published under the same key, if it can be changed into the
// wanted record: both have the same name and type, the entry belongs to this owner, and no other
// owner wants it next to the wanted record.
func (pl *planner) ownOf(w Wanted) *entry {
	var found *entry
	for i, e := range pl.own {
		switch {
		case e == nil || e.gone || pl.leaves(i) && !Equivalent(e.record, w.Record):
		case pl.pub.Previous[i].Key != w.Key || e.record.SetKey() != w.Record.SetKey() || e.record.isSPF():
		case Equivalent(e.record, w.Record):
			return e
		case wantedBy(pl.others.wants, e.record) && !pl.excludes(w.Record, e.record):
		case found == nil:
			found = e
		}
	}
	return found
}

// present returns the entry that says the same as the record. It prefers the owner's own entry.
func (pl *planner) present(r Record, own *entry) *entry {
	if own != nil && Equivalent(own.record, r) {
		return own
	}
	for _, e := range pl.set(r.SetKey()) {
		if Equivalent(e.record, r) {
			return e
		}
	}
	return nil
}

// stands reports whether a wanted record is at the entry.
func (pl *planner) stands(e *entry) bool {
	for _, at := range pl.standing {
		if at == e {
			return true
		}
	}
	return false
}

// mine reports whether the entry belongs to this publication: it is wanted, or was published before
// and is not somebody else's.
func (pl *planner) mine(e *entry) bool {
	for i, own := range pl.own {
		if own == e && !pl.leaves(i) {
			return true
		}
	}
	return pl.stands(e)
}

// leaves reports whether a record that was published before was in the zone before that, so that it
// stays.
//
// Adopt takes over only wanted records. A record that is given up in the same step was never taken
// over.
func (pl *planner) leaves(i int) bool {
	before := pl.pub.Previous[i]
	return before.Preexisting && !(pl.pub.Adopt && slices.ContainsFunc(pl.wanted, func(w Wanted) bool { return Equivalent(w.Record, before.Record) }))
}

// write creates a wanted record, or turns its owner's previous record into it, after it has removed
// what is in the way.
func (pl *planner) write(w Wanted) {
	// Two wanted records may be the same.
	if e := pl.present(w.Record, nil); e != nil {
		pl.standing[w.Key] = e
		return
	}
	before := pl.ownOf(w)
	if before != nil && pl.stands(before) {
		before = nil
	}
	into, clear := pl.clearWay(w, before)
	switch {
	case !clear:
		return
	case into != nil:
		if into != before && into.record.Comment == "" {
			pl.change(into, func() { into.record.Comment = CommentOf(pl.pub.Wanted) }) // it has no comment that this could replace
		}
		pl.replace(into, w.Record.Value, w.Record.Priority)
		pl.standing[w.Key] = into
	default:
		fresh := w.Record
		fresh.ID, fresh.Native, fresh.Comment = "", nil, CommentOf(pl.pub.Wanted)
		pl.standing[w.Key] = pl.create(fresh)
	}
}

// checkWanted refuses records that cannot be in the zone at all.
func (pl *planner) checkWanted() {
	zone := pl.base.Zone
	if zone.ReadOnly != "" && len(pl.wanted) > 0 {
		pl.problem(Error, "", "Zone cannot be edited", "%s: %s", zone.Apex, sentence(zone.ReadOnly))
		return
	}
	for _, w := range pl.wanted {
		if summary, detail := refusal(pl.base, pl.limits, w.Record); summary != "" {
			pl.problem(Error, w.Key, summary, "%s", detail)
		}
	}
}

// checkCount refuses records for which the zone has no room.
func (pl *planner) checkCount() {
	if pl.limits.Records == 0 || pl.base.Names != nil {
		return
	}
	if n := pl.count(); n > pl.limits.Records && n > len(pl.base.Records) {
		pl.problem(Error, "", "Zone is full", "%s would have %d records, and this DNS host takes at most %d. Delete what nobody needs any more.",
			pl.base.Zone.Apex, n, pl.limits.Records)
	}
}
