package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// completeSPF finishes a merge that was interrupted at a host that may apply a part of
// a change, creating the new record before it deletes the old one: where one of two
// records is just what the merge makes of the other, that other one goes. It returns
// what the merge has added.
func (pl *planner) completeSPF(key, name, ours string, previous []Published, existing []*entry) (added mailrecord.SPFAddition, completed bool) {
	if len(existing) != 2 || pl.limits.Atomic {
		return added, false
	}
	for i, first := range existing {
		text := first.record.Value
		merged, added, err := mailrecord.ReplaceSPF(text, prior(previous, text), ours, pl.othersSPF(name)...)
		if other := existing[1-i]; err == nil && merged != text && merged == other.record.Value {
			pl.remove(first)
			pl.problem(Warning, key, "Interrupted SPF change completed",
				"%s has two SPF records, of which receivers accept none. One is the other with what is wanted here in it, as an interrupted change leaves them; the other goes: %q.",
				name, text)
			return added, true
		}
	}
	for i, first := range existing {
		if extra, all := pl.wantedBeside(name, ours, first.record.Value, existing[1-i].record.Value); all {
			added := prior(previous, first.record.Value)
			added.Terms = append(slices.Clone(added.Terms), extra...)
			pl.completed[name] = termsBeside(first.record.Value, existing[1-i].record.Value)
			pl.remove(first)
			pl.problem(Warning, key, "Interrupted SPF change completed",
				"%s has two SPF records, of which receivers accept none. One is the other with what several resources want in it, as an interrupted change leaves them; the other goes: %q.",
				name, first.record.Value)
			return added, true
		}
		if longer := existing[1-i]; pl.givenUpBeside(name, ours, previous, first.record.Value, longer.record.Value) {
			pl.remove(longer)
			pl.problem(Warning, key, "Interrupted SPF change completed",
				"%s has two SPF records, of which receivers accept none. One is the other without what is not wanted any more, as an interrupted change leaves them; the other goes: %q.",
				name, longer.record.Value)
			return prior(previous, first.record.Value), true
		}
	}
	return mailrecord.SPFAddition{}, false
}

// givenUpBeside is whether an SPF record says what another one does and besides nothing but
// what this owner or others known here have added to it and do not want any more.
func (pl *planner) givenUpBeside(name, ours string, previous []Published, text, longer string) bool {
	if contained, err := mailrecord.ContainsSPF(longer, text); err != nil || !contained {
		return false
	}
	var added []string
	for _, p := range slices.Concat(previous, pl.others.has) {
		if p.Record.Name == name && p.Record.isSPF() {
			added = append(added, p.SPF.Terms...)
		}
	}
	beside := termsBeside(text, longer)
	return len(beside) > 0 && !slices.ContainsFunc(beside, func(term string) bool {
		return !slices.Contains(added, term) || saysSPF(ours, term) ||
			slices.ContainsFunc(pl.othersSPF(name), func(other string) bool { return saysSPF(other, term) })
	})
}

// wantedBeside is whether an SPF record says what another one does and besides nothing but
// what this owner and those known here want; extra is what this owner wants of that. One
// write joins what several owners want.
func (pl *planner) wantedBeside(name, ours, text, longer string) (extra []string, all bool) {
	if contained, err := mailrecord.ContainsSPF(longer, text); err != nil || !contained {
		return nil, false
	}
	beside := termsBeside(text, longer)
	for _, term := range beside {
		switch {
		case saysSPF(ours, term):
			extra = append(extra, term)
		case !slices.ContainsFunc(pl.othersSPF(name), func(other string) bool { return saysSPF(other, term) }):
			return nil, false
		}
	}
	return extra, len(beside) > 0
}

// termsBeside are the terms of an SPF record, without its "all", that another one does not
// have.
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

// saysSPF is whether an SPF record has a term.
func saysSPF(record, term string) bool {
	contained, err := mailrecord.ContainsSPF(record, "v=spf1 "+term)
	return err == nil && contained
}
