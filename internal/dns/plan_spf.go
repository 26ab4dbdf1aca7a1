package dns

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// spfChange is a change of the text of an SPF record. The DNS lookups of the new text have to be
// counted.
type spfChange struct {
	key, name, before, after string
}

// settleSPF merges the wanted SPF records into those of the zone, and removes terms that were added
// before and are no longer wanted.
func (pl *planner) settleSPF() {
	var names []string
	wanted, previous := map[string][]Wanted{}, map[string][]Published{}
	for _, w := range pl.wanted {
		if w.Record.isSPF() {
			wanted[w.Record.Name] = append(wanted[w.Record.Name], w)
			names = append(names, w.Record.Name)
		}
	}
	for _, before := range pl.pub.Previous {
		if before.Record.isSPF() {
			previous[before.Record.Name] = append(previous[before.Record.Name], before)
			names = append(names, before.Record.Name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if len(wanted[name]) > 0 {
			pl.mergeSPF(name, wanted[name], previous[name])
		} else {
			pl.withdrawSPF(name, previous[name])
		}
	}
}

// spfAt returns the entries of the SPF records at a name. A valid name has at most one.
func (d *draft) spfAt(name string) []*entry {
	return slices.DeleteFunc(d.at(name), func(e *entry) bool { return !e.record.isSPF() })
}

// othersSPF returns the SPF records that other owners want at a name.
func (pl *planner) othersSPF(name string) []string { return pl.others.spfTexts(name) }

// spfTexts returns the SPF records that these owners want at a name. It leaves invalid ones out;
// their owners' publications report them.
func (n neighbours) spfTexts(name string) []string {
	var texts []string
	for _, w := range n.wants {
		if w.Record.Name != name || !w.Record.isSPF() {
			continue
		}
		if _, err := mailrecord.ParseSPF(w.Record.Value); err == nil {
			texts = append(texts, w.Record.Value)
		}
	}
	return texts
}

// prior returns what an owner has added to the SPF record of one name. All wanted records of a name
// are merged together, so each Published has all additions. There may be several versions if it is
// not known whether an earlier attempt was written.
func prior(previous []Published, existing string) mailrecord.SPFAddition {
	var joined mailrecord.SPFAddition
	for _, before := range previous {
		for _, term := range before.SPF.Terms {
			if !slices.Contains(joined.Terms, term) {
				joined.Terms = append(joined.Terms, term)
			}
		}
		if joined.Created == "" || before.SPF.Created == existing {
			joined.Created, joined.Joint = before.SPF.Created, before.SPF.Joint
		}
		joined.Bare = joined.Bare || before.SPF.Bare
	}
	return joined
}

// mergeSPF merges the wanted SPF records of a name into the record of the zone, or creates that.
func (pl *planner) mergeSPF(name string, wanted []Wanted, previous []Published) {
	ours, err := joinSPF(wanted)
	if err != nil {
		pl.problem(Error, wanted[0].Key, "SPF records cannot be merged", "%s: %s.", name, err)
		return
	}
	pl.completeSPF(wanted[0].Key, name, ours, previous)
	existing := pl.spfAt(name)
	if len(existing) > 1 {
		pl.mergeIntoSeveralSPF(wanted, previous, existing)
		return
	}
	before := ""
	if len(existing) == 1 {
		before = existing[0].record.Value
	}
	added := pl.completedSPF(name, ours, prior(previous, before))
	if pl.pub.Adopt && before != "" {
		added = added.Join(mailrecord.AdoptSPF(before, ours))
	}
	after, added, err := mailrecord.ReplaceSPF(before, added, ours, pl.othersSPF(name)...)
	if err != nil {
		pl.problem(Error, wanted[0].Key, "SPF records cannot be merged", "%s: %s.", name, err)
		return
	}
	after = pl.settleAll(wanted[0].Key, name, ours, after, added, previous)
	var e *entry
	switch {
	case len(existing) == 1:
		e = existing[0]
		if after != before {
			pl.replace(e, after, 0)
		}
	default:
		if _, clear := pl.clearWay(wanted[0], nil); !clear {
			return
		}
		e = pl.create(Record{Name: name, Type: "TXT", Value: after, TTL: wanted[0].Record.TTL})
	}
	if added.Created == "" {
		added.Created = pl.orphans[name]
	}
	added = added.Of(ours).Join(pl.jointSPF(name, ours, before))
	for _, w := range wanted {
		pl.standing[w.Key], pl.spf[w.Key] = e, added
	}
	if after == before {
		return
	}
	pl.warnOfSPF(wanted[0].Key, name, before, after)
	pl.spfs = append(pl.spfs, spfChange{key: wanted[0].Key, name: name, before: before, after: after})
}

// jointSPF returns what this owner has in the SPF record of a name together with other owners: the
// terms that they added and this owner wants too, and the record itself if one of them created it.
// The last owner that wants these removes them.
func (pl *planner) jointSPF(name, ours, existing string) mailrecord.SPFAddition {
	if existing == "" {
		return mailrecord.SPFAddition{}
	}
	return pl.others.jointSPF(name, ours)
}

// jointSPF is [planner.jointSPF] for a name with an SPF record.
func (n neighbours) jointSPF(name, ours string) mailrecord.SPFAddition {
	var joint mailrecord.SPFAddition
	for _, p := range slices.Concat(n.has, n.left) {
		if p.Record.Name != name || !p.Record.isSPF() {
			continue
		}
		shared := mailrecord.SPFAddition{Created: p.SPF.Created, Joint: true}
		for _, term := range p.SPF.Terms {
			if contained, err := mailrecord.ContainsSPF(ours, "v=spf1 "+term); err == nil && contained {
				shared.Terms = append(shared.Terms, term)
			}
		}
		if shared.Created == "" {
			shared.Joint = false
		}
		joint = joint.Join(shared)
	}
	return joint
}

// mergedSPF returns those changes whose result is not the wanted text. Their text includes what
// other publications of the same write have added.
func (c composed) mergedSPF(changes []spfChange) []MergedSPF {
	var merged []MergedSPF
	for _, change := range changes {
		m := MergedSPF{Key: change.key, Name: change.name, Before: change.before, Text: c.standing[change.key].record.Value}
		differs := func(p Published) bool {
			return p.Wanted.Name == m.Name && p.Wanted.isSPF() && p.Wanted.Value != m.Text
		}
		if slices.ContainsFunc(c.Published, differs) && !slices.Contains(merged, m) {
			merged = append(merged, m)
		}
	}
	return merged
}

// mergeIntoSeveralSPF handles a name with several SPF records. Receivers accept none of them. Terms
// that were merged before somebody added the second record stay where they are. Nothing new is
// merged.
func (pl *planner) mergeIntoSeveralSPF(wanted []Wanted, previous []Published, existing []*entry) {
	severity, name := Warning, wanted[0].Record.Name
	for _, w := range wanted {
		i := slices.IndexFunc(existing, func(e *entry) bool {
			contained, err := mailrecord.ContainsSPF(e.record.Value, w.Record.Value)
			return err == nil && contained
		})
		j := slices.IndexFunc(previous, func(before Published) bool { return before.Wanted.Identity() == w.Record.Identity() })
		if i < 0 || j < 0 {
			severity = Error
			pl.unattributed = true // the owner that began the change may become known
			break
		}
		pl.standing[w.Key], pl.spf[w.Key] = existing[i], previous[j].SPF
	}
	pl.problem(severity, wanted[0].Key, "Several SPF records",
		"%s has %d SPF records, and receivers accept none if there are several (RFC 7208 section 4.5). Join them into one or delete the wrong ones, then apply again: %s.",
		name, len(existing), describe(existing))
}

// warnOfSPF adds warnings about an SPF record that did not apply to its text before.
func (pl *planner) warnOfSPF(key, name, before, after string) {
	var known []string
	if parsed, err := mailrecord.ParseSPF(before); err == nil {
		known = parsed.Warnings()
	}
	parsed, err := mailrecord.ParseSPF(after)
	if err != nil {
		return // cannot happen: it was merged from valid records
	}
	for _, warning := range parsed.Warnings() {
		if !slices.Contains(known, warning) {
			pl.problem(Warning, key, "Questionable SPF record", "%s: %s.", name, warning)
		}
	}
}

// joinSPF merges the SPF records that a publication wants at one name.
func joinSPF(wanted []Wanted) (text string, err error) {
	for _, w := range wanted {
		if text == "" {
			text = w.Record.Value
			continue
		}
		if text, _, err = mailrecord.MergeSPF(text, w.Record.Value); err != nil {
			return "", err
		}
	}
	return text, nil
}

// withdrawSPF removes from the SPF record of a name what was added to it.
func (pl *planner) withdrawSPF(name string, previous []Published) {
	pl.completeSPF(previous[0].Key, name, "", previous)
	existing := pl.spfAt(name)
	if len(existing) == 0 {
		if pl.base.objectionAnew(previous[0].Record) != "" {
			pl.superseded(previous[0])
		}
		return
	}
	e := existing[0]
	before := prior(previous, e.record.Value)
	if before.Created == "" {
		before.Created = pl.orphans[name]
	}
	if len(before.Terms) == 0 && before.Created == "" {
		return
	}
	if len(existing) > 1 {
		if e = ownSPF(existing, previous, before); e == nil {
			pl.problem(Warning, previous[0].Key, "SPF record left in place",
				"%s has %d SPF records, and none of them has what was added here (%s). Receivers accept none if there are several; delete the wrong ones: %s.",
				name, len(existing), strings.Join(before.Terms, " "), describe(existing))
			return
		}
	}
	if pl.held(previous[0], e) {
		return
	}
	text := e.record.Value
	removal, err := mailrecord.RemoveSPF(text, before, pl.othersSPF(name)...)
	switch {
	case err != nil:
		pl.problem(Warning, previous[0].Key, "SPF record left in place",
			"%s: %s. What was added here, and may be removed by hand, is: %s.", name, err, strings.Join(before.Terms, " "))
	case removal.Delete:
		pl.remove(e)
	case len(removal.Kept) > 0:
		pl.problem(Warning, previous[0].Key, "SPF record left in place",
			"%s: without %s, which was added here, the record would forbid all mail of the domain, and its other author did not write that. Decide what the record should be: %q.",
			name, strings.Join(removal.Kept, " "), e.record.Value)
	case removal.Text != text && slices.ContainsFunc(existing, func(other *entry) bool { return other.record.Value == removal.Text }):
		// An earlier attempt has created the new record, but not deleted this one.
		pl.remove(e)
	case removal.Text != text:
		pl.replace(e, removal.Text, 0)
	}
	if removal.Deserted {
		pl.problem(Warning, previous[0].Key, "SPF record without senders",
			"%s: without what was added here the record is %q and names no sender any more. Somebody else created it, so it stays; delete it by hand if nobody needs it.",
			name, removal.Text)
	}
	if err == nil && before.Created != "" && !e.gone && (removal.Text != text || text == before.Created) {
		pl.orphaned[name] = before.Created
	}
}

// ownSPF returns, of several SPF records, the one that this owner published, or one that has a term
// that it added. It returns nil if there is none.
func ownSPF(existing []*entry, previous []Published, before mailrecord.SPFAddition) *entry {
	for _, e := range existing {
		if slices.ContainsFunc(previous, func(p Published) bool { return p.Record.Value == e.record.Value }) {
			return e
		}
	}
	for _, e := range existing {
		for _, term := range before.Terms {
			if contained, err := mailrecord.ContainsSPF(e.record.Value, "v=spf1 "+term); err == nil && contained {
				return e
			}
		}
	}
	return nil
}
