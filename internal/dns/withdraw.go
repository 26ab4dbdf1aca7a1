package dns

import (
	"fmt"
	"slices"
)

// withdrawUnwanted removes what was published before and is neither wanted nor to
// become a wanted record. It comes first, since what goes is in nobody's way.
func (pl *planner) withdrawUnwanted() {
	becomes := map[*entry]bool{}
	for _, w := range pl.fresh {
		if e := pl.ownOf(w); e != nil && !pl.stands(e) {
			becomes[e] = true
		}
	}
	for i, before := range pl.pub.Previous {
		e := pl.own[i]
		switch {
		case before.Record.isSPF(): // with the other SPF records, in settleSPF
		case e == nil && pl.wantsInPlaceOf(before):
		case e != nil && pl.leaves(i):
			if !pl.stands(e) {
				pl.leave(before, e)
			}
		case e == nil || !e.gone && !becomes[e] && !pl.stands(e):
			pl.withdraw(before, e)
		}
	}
}

// wantsInPlaceOf is whether a record is wanted where one that is not there was
// published under the same key.
func (pl *planner) wantsInPlaceOf(before Published) bool {
	return slices.ContainsFunc(pl.wanted, func(w Wanted) bool {
		return w.Key == before.Key && w.Record.SetKey() == before.Record.SetKey()
	})
}

// withdraw removes one record that was published before if it is still as it was
// left; e is where it was found, or nil.
func (pl *planner) withdraw(before Published, e *entry) {
	switch {
	case e == nil && pl.base.objectionAnew(before.Record) != "":
		pl.superseded(before)
	case e == nil || !Equivalent(e.record, before.Record):
		if e == nil {
			e = pl.inPlaceOf(before)
		}
		if e != nil {
			pl.problem(Warning, before.Key, "DNS record left in place",
				"%s was published here, but somebody has changed it to %s since, so it is not removed. Delete it by hand if nobody needs it.",
				before.Record, e.record)
		}
	case wantedBy(pl.others.wants, e.record):
		pl.leaveTTL(e)
	case pl.held(before, e):
	default:
		pl.remove(e)
	}
}

// held reports whether a record that was published here stays, because the host keeps its set for a
// purpose of its own. It says so then.
func (pl *planner) held(before Published, e *entry) bool {
	reason := pl.base.objection(e.record)
	if reason != "" {
		pl.problem(Warning, before.Key, "DNS record left in place", "%s was published here, and is not removed: %s", e.record, sentence(aboutLeaving(reason)))
	}
	return reason != ""
}

// superseded says that a record is gone that was published here, and that a set for which the host
// answers in a way of its own has taken its place.
func (pl *planner) superseded(before Published) {
	pl.problem(Warning, before.Key, "DNS record is not there any more",
		"%s was published here, and is not there any more, so nothing is removed: %s", before.Record, sentence(aboutLeaving(pl.base.objectionAnew(before.Record))))
}

// leaveTTL gives a record that stays for other owners the TTL that they want. They may not be
// written in this run, and nobody wants the present one any more. A record set with records that no
// known owner has published keeps its TTL, also if an owner has found them there and uses them.
func (pl *planner) leaveTTL(e *entry) {
	ttls := pl.others.ttlsOf(e.record, pl.limits)
	members := pl.set(e.record.SetKey())
	if len(ttls) == 0 || pl.base.objection(e.record) != "" || slices.Contains(ttls, e.record.TTL) || slices.ContainsFunc(members, func(m *entry) bool { return m != e && !pl.others.owns(m.record) }) {
		return
	}
	for _, m := range members {
		pl.retime(m, slices.Min(ttls))
	}
}

// inPlaceOf returns the entry of nobody here into which a published record was
// changed, as far as can be told.
func (pl *planner) inPlaceOf(before Published) *entry {
	for _, e := range pl.set(before.Record.SetKey()) {
		if before.Record.turnedInto(e.record) && !pl.mine(e) && !wantedBy(pl.others.wants, e.record) {
			return e
		}
	}
	return nil
}

// leave says of a record that it stays, as it was there before it was published.
func (pl *planner) leave(before Published, e *entry) {
	if wantedBy(pl.others.wants, e.record) {
		return
	}
	pl.problem(Warning, before.Key, fmt.Sprintf("%s %s is left in place", e.record.Name, e.record.Type),
		"%s was in the zone before it was published here, so it is not removed. Delete it by hand if nobody needs it.", e.record)
}
