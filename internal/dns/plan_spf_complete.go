package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// completion is what is known about an interrupted change of the SPF record at a name after it was
// completed.
type completion struct {
	// terms are the terms of the remaining record that another record at the name did not have.
	// Resources of this provider have added them.
	terms []string
	// bare says that one of the records named no sender, so that all senders were added.
	bare bool
}

// completeSPF completes a change of an SPF record that was interrupted at a host that may apply
// only a part of a change. At such a host, the new record is created before the old one is deleted.
// One write may add terms that some owners want and remove terms that others give up.
//
// The records at the name are the halves of one change if they differ only in terms that this owner
// or other known owners have added or want. One of them stays, with the terms of any of them that
// other owners want. The rest is removed. The terms that this owner wants or gives up are settled
// afterwards, as if that record had been the only one.
func (pl *planner) completeSPF(key, name, ours string, previous []Published) {
	existing := pl.spfAt(name)
	if len(existing) < 2 || pl.limits.Atomic || !pl.others.halvesOfOne(name, append(pl.othersSPF(name), ours), previous, existing) {
		return
	}
	stays := pl.bestHalf(name, ours, existing)
	text := stays.record.Value
	var done completion
	for _, e := range existing {
		if e == stays {
			continue
		}
		for _, term := range termsBeside(text, e.record.Value) {
			if !pl.wantedByOthers(name, term) {
				continue
			}
			joined, _, err := mailrecord.MergeSPF(text, "v=spf1 "+term)
			if err != nil {
				return // the two contradict each other, and a person has to decide
			}
			text = joined
		}
	}
	for _, e := range existing {
		done.terms = append(done.terms, termsBeside(e.record.Value, text)...)
		done.bare = done.bare || len(termsBeside("v=spf1", e.record.Value)) == 0
	}
	pl.finished[name] = done
	if text != stays.record.Value {
		pl.replace(stays, text, 0)
	}
	gone := slices.DeleteFunc(existing, func(e *entry) bool { return e == stays })
	for _, e := range gone {
		pl.remove(e)
	}
	pl.problem(Warning, key, "Interrupted SPF change completed",
		"%s has %d SPF records, and receivers accept none if there are several. They differ only in what resources of this provider have added, as after an interrupted change. Deleted: %s.",
		name, len(gone)+1, describe(gone))
}

// halvesOfOne reports whether SPF records differ only in terms that an owner and its neighbours
// have added or want, or, if one of these owners created the record, in their "all". wanted are the
// texts that all these owners want at the name. previous is what the owner has published.
func (n neighbours) halvesOfOne(name string, wanted []string, previous []Published, existing []*entry) bool {
	var added []string
	began := false
	for _, p := range slices.Concat(previous, n.has, n.left) {
		if p.Record.Name == name && p.Record.isSPF() {
			added = append(added, p.SPF.Terms...)
			began = began || p.SPF.Created != ""
		}
	}
	rest := func(e *entry) string {
		var own []string
		for _, term := range termsBeside("v=spf1", e.record.Value) {
			if slices.ContainsFunc(added, func(text string) bool { return saysSPF("v=spf1 "+text, term) }) ||
				slices.ContainsFunc(wanted, func(text string) bool { return saysSPF(text, term) }) {
				own = append(own, term)
			}
		}
		return mailrecord.WithoutSPF(e.record.Value, own)
	}
	if slices.ContainsFunc(existing, func(e *entry) bool { _, err := mailrecord.ParseSPF(e.record.Value); return err != nil }) {
		return false
	}
	first := existing[0]
	for _, e := range existing[1:] {
		alike := rest(e) == rest(first)
		ended := began && len(termsBeside("v=spf1", rest(e))) == 0 && len(termsBeside("v=spf1", rest(first))) == 0
		if !alike && !ended || e.record.Value == first.record.Value {
			return false
		}
	}
	return true
}

// bestHalf returns the half of a change that is nearest to what is wanted: it lacks the fewest
// wanted terms and has the fewest others.
func (pl *planner) bestHalf(name, ours string, existing []*entry) *entry {
	distance := func(e *entry) int {
		n := 0
		for _, other := range existing {
			for _, term := range termsBeside(e.record.Value, other.record.Value) {
				if saysSPF(ours, term) || pl.wantedByOthers(name, term) {
					n++
				}
			}
			for _, term := range termsBeside(other.record.Value, e.record.Value) {
				if !saysSPF(ours, term) && !pl.wantedByOthers(name, term) {
					n++
				}
			}
		}
		if all := allOf(ours); all != "" && allOf(e.record.Value) != all {
			n++
		}
		return n
	}
	return slices.MinFunc(existing, func(a, b *entry) int { return distance(a) - distance(b) })
}

// wantedByOthers reports whether another owner wants a term in the SPF record of a name.
func (pl *planner) wantedByOthers(name, term string) bool {
	return slices.ContainsFunc(pl.othersSPF(name), func(text string) bool { return saysSPF(text, term) })
}

// completedSPF returns what an owner has added to the SPF record of a name, including those of its
// wanted terms that an interrupted change had added already.
func (pl *planner) completedSPF(name, ours string, added mailrecord.SPFAddition) mailrecord.SPFAddition {
	done, now := pl.finished[name]
	if !now {
		done = pl.completed[name]
	}
	for _, term := range done.terms {
		if saysSPF(ours, term) && !slices.Contains(added.Terms, term) {
			added.Terms = append(slices.Clone(added.Terms), term)
			added.Bare = added.Bare || done.bare
		}
	}
	return added
}

// termsBeside returns the terms of the SPF record longer, except "all", that the record text does
// not have.
func termsBeside(text, longer string) []string {
	parsed, err := mailrecord.ParseSPF(longer)
	if err != nil {
		return nil
	}
	var beside []string
	for _, term := range parsed.Terms {
		if term.Name != "all" && !saysSPF(text, term.Text) {
			beside = append(beside, term.Text)
		}
	}
	return beside
}

// saysSPF reports whether an SPF record has a term.
func saysSPF(record, term string) bool {
	contained, err := mailrecord.ContainsSPF(record, "v=spf1 "+term)
	return err == nil && contained
}
