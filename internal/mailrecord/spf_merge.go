package mailrecord

import (
	"fmt"
	"slices"
	"strings"
)

// defaultSPFAll ends the records that are created here: mail from other senders is suspicious, but
// not refused.
const defaultSPFAll = " ~all"

// SPFAddition is what a merge has added to an SPF record. The caller stores it until it is removed
// again. It holds no secrets and can be stored as JSON.
type SPFAddition struct {
	// Terms are the terms that were not there before.
	Terms []string `json:"terms,omitempty"`
	// Created is the text of the record if there was none before; otherwise it is empty.
	Created string `json:"created,omitempty"`
	// Joint says that another owner has created the record with this text. The last owner to
	// withdraw deletes it, but the other owner decides its TTL.
	Joint bool `json:"joint,omitempty"`
	// Bare says that before the merge, the record allowed no one to send mail, such as "v=spf1
	// -all".
	Bare bool `json:"bare,omitempty"`
}

// MergeSPF adds the mechanisms of ours to the SPF record existing ("" if the name has none). It
// returns the record's new text and what was really added.
//
// Mechanisms go before "all" and before "redirect", whichever comes first, because receivers ignore
// what comes after them. Everything else stays byte for byte, including the existing "all" or the
// lack of one: whoever wrote the record has decided that. A new record is ours as it is, with
// "~all" if it has neither "all" nor "redirect".
//
// It refuses a record that does not parse, a mechanism that is there with another qualifier, and a
// modifier of ours (such as redirect=) that is not there already, because it would speak for the
// whole record.
func MergeSPF(existing, ours string) (string, SPFAddition, error) {
	mine, err := ParseSPF(ours)
	if err != nil {
		return "", SPFAddition{}, fmt.Errorf("the SPF record to add: %w", err)
	}
	for _, term := range mine.significant() {
		if first, _ := mine.find(term); first.Qualifier != term.Qualifier {
			return "", SPFAddition{}, fmt.Errorf("the SPF record to add says both %q and %q", first.Text, term.Text)
		}
	}
	if existing == "" {
		text, addition := mine.create()
		return text, addition, nil
	}
	record, err := ParseSPF(existing)
	if err != nil {
		return "", SPFAddition{}, fmt.Errorf("the existing SPF record cannot be merged with: %w; repair it first: %q", err, existing)
	}
	addition := SPFAddition{Bare: record.allowsNobody()}
	for _, term := range mine.significant() {
		if record.has(term) {
			continue
		}
		switch there, found := record.find(term); {
		case found:
			return "", SPFAddition{}, fmt.Errorf("the existing SPF record has %q at byte %d, which contradicts %q; decide which is right and change the other: %q", there.Text, there.Offset, term.Text, existing)
		case term.Qualifier == 0:
			return "", SPFAddition{}, fmt.Errorf("the modifier %q cannot be merged into the existing SPF record, for which it would speak as a whole; use mechanisms (include:NAME instead of redirect=NAME): %q", term.Text, existing)
		}
		if record, err = ParseSPF(record.insert(term.Text)); err != nil {
			return "", SPFAddition{}, err
		}
		addition.Terms = append(addition.Terms, term.Text)
	}
	if len(addition.Terms) == 0 {
		addition = SPFAddition{}
	}
	return record.text, addition, nil
}

// ContainsSPF reports whether the record existing has all terms of ours. "all" of either record
// does not matter, nor does anything after it.
func ContainsSPF(existing, ours string) (bool, error) {
	record, err := ParseSPF(existing)
	if err != nil {
		return false, err
	}
	mine, err := ParseSPF(ours)
	if err != nil {
		return false, err
	}
	return record.contains(mine), nil
}

func (s SPF) contains(ours SPF) bool {
	return !slices.ContainsFunc(ours.significant(), func(term SPFTerm) bool { return !s.has(term) })
}

// ReplaceSPF is MergeSPF for an owner whose earlier addition may still be in the record. It removes
// earlier terms that are no longer in ours, unless the texts in wanted (SPF records of others at
// the same name) contain them, and adds missing terms. The returned addition replaces the earlier
// one. With an empty earlier addition, ReplaceSPF does the same as MergeSPF.
func ReplaceSPF(existing string, earlier SPFAddition, ours string, wanted ...string) (string, SPFAddition, error) {
	if existing == "" || earlier.wholly(existing) && len(wanted) == 0 {
		return MergeSPF("", ours)
	}
	cut, err := takeOut(existing, earlier, append([]string{ours}, wanted...))
	if err != nil {
		return "", SPFAddition{}, err
	}
	text, addition, err := MergeSPF(cut.rest.text, ours)
	if err != nil {
		return "", SPFAddition{}, err
	}
	if len(cut.kept) == 0 && len(cut.removed) == 0 {
		// Nothing of the earlier addition is left, so this is another record than the one of that
		// addition.
		return text, addition, nil
	}
	// What the merge tells about the record before it does not count, because that record was ours
	// in part.
	return text, SPFAddition{Terms: append(cut.kept, addition.Terms...), Created: earlier.Created, Joint: earlier.Joint, Bare: earlier.Bare}, nil
}

// SPFRemoval is the result of removing an addition from an SPF record.
type SPFRemoval struct {
	// Text is the new text of the record. It is the existing text if nothing of the addition is
	// left in it.
	Text string
	// Delete says that the record should be deleted, because it would have no terms of anyone. Text
	// is empty then.
	Delete bool
	// Kept are terms of the addition that stay in Text, because without them someone else's record
	// would forbid all mail of the domain. A person has to decide about the record.
	Kept []string
	// Deserted says that Text, which is someone else's record, now names no sender, although it did
	// before the merge. Its author has to decide whether it is still needed.
	Deserted bool
}

// RemoveSPF removes what MergeSPF or ReplaceSPF added from the SPF record existing. Terms that the
// texts in wanted contain stay, as with ReplaceSPF. Terms that were changed by hand in the meantime
// no longer belong to us and stay too. If nothing else has changed, the record is byte for byte as
// it was before the merge.
//
// A record that the merge created is deleted if only "all" is left. Any other record is never
// deleted, and never left to say only that nobody may send ("-all"), unless it said so before.
func RemoveSPF(existing string, added SPFAddition, wanted ...string) (SPFRemoval, error) {
	if existing == "" {
		return SPFRemoval{Delete: true}, nil
	}
	cut, err := takeOut(existing, added, wanted)
	if err != nil {
		return SPFRemoval{}, err
	}
	switch {
	case added.wholly(existing) && len(wanted) == 0:
		return SPFRemoval{Delete: true}, nil
	case len(cut.removed) == 0, !cut.rest.allowsNobody():
		return SPFRemoval{Text: cut.rest.text}, nil
	case added.Created != "" && len(wanted) == 0 && cut.rest.saysOnlyAll():
		return SPFRemoval{Delete: true}, nil
	case added.Bare:
		return SPFRemoval{Text: cut.rest.text}, nil
	case cut.rest.forbidsAll():
		return SPFRemoval{Text: existing, Kept: cut.removed}, nil
	}
	return SPFRemoval{Text: cut.rest.text, Deserted: true}, nil
}

// wholly reports whether a record is exactly what its owner has created. A joint record may have
// been created with the text of another owner.
func (a SPFAddition) wholly(existing string) bool { return existing == a.Created && !a.Joint }

// spfCut is a record without an addition.
type spfCut struct {
	rest    SPF
	removed []string // terms of the addition that are no longer in rest
	kept    []string // terms of the addition that are in rest, because others want them
}

// takeOut removes the terms of an addition from the existing record, unless a text in wanted
// contains them.
func takeOut(existing string, added SPFAddition, wanted []string) (spfCut, error) {
	rest, err := ParseSPF(existing)
	if err != nil {
		return spfCut{}, fmt.Errorf("nothing can be taken out of the existing SPF record: %w; repair it first: %q", err, existing)
	}
	mine, err := ParseSPF(spfVersion + " " + strings.Join(added.Terms, " "))
	if err != nil {
		return spfCut{}, fmt.Errorf("the remembered addition %q to the SPF record: %w", added.Terms, err)
	}
	var others []SPF
	for _, text := range wanted {
		other, err := ParseSPF(text)
		if err != nil {
			return spfCut{}, fmt.Errorf("an SPF record to be published at the same name: %w", err)
		}
		others = append(others, other)
	}
	cut := spfCut{rest: rest}
	for _, term := range mine.Terms {
		switch {
		case !cut.rest.has(term):
		case slices.ContainsFunc(others, func(other SPF) bool { return other.has(term) }):
			cut.kept = append(cut.kept, term.Text)
		default:
			there, _ := cut.rest.find(term)
			if cut.rest, err = ParseSPF(cut.rest.cut(there)); err != nil {
				return spfCut{}, err
			}
			cut.removed = append(cut.removed, term.Text)
		}
	}
	return cut, nil
}

// create returns the text of a new record with the terms of s.
func (s SPF) create() (string, SPFAddition) {
	var addition SPFAddition
	ended := false
	for _, term := range s.Terms {
		if term.isAll() {
			ended = true
			continue
		}
		ended = ended || term.isRedirect()
		addition.Terms = append(addition.Terms, term.Text)
	}
	addition.Created = s.text
	if !ended {
		end := s.end()
		addition.Created = s.text[:end] + defaultSPFAll + s.text[end:]
	}
	return addition.Created, addition
}

// significant returns the terms that say something about senders: the mechanisms before "all", and
// all modifiers.
func (s SPF) significant() []SPFTerm {
	all := s.all()
	var terms []SPFTerm
	for i, term := range s.Terms {
		if term.Qualifier == 0 || !term.isAll() && (all < 0 || i < all) {
			terms = append(terms, term)
		}
	}
	return terms
}

// find returns the first significant term about the same subject, with any qualifier, because the
// first match decides.
func (s SPF) find(wanted SPFTerm) (SPFTerm, bool) {
	key := wanted.key()
	for _, term := range s.significant() {
		if term.key() == key {
			return term, true
		}
	}
	return SPFTerm{}, false
}

// has reports whether s says the same about the subject of a term.
func (s SPF) has(term SPFTerm) bool {
	there, found := s.find(term)
	return found && there.Qualifier == term.Qualifier
}

// insert returns the record's text with one more mechanism.
func (s SPF) insert(mechanism string) string {
	for _, term := range s.Terms {
		if term.isAll() || term.isRedirect() {
			return s.text[:term.Offset] + mechanism + " " + s.text[term.Offset:]
		}
	}
	end := s.end()
	return s.text[:end] + " " + mechanism + s.text[end:]
}

// cut is the reverse of insert. It removes a term with the space after it or, at the end of the
// record, the space before it.
func (s SPF) cut(term SPFTerm) string {
	start, end := term.Offset, term.Offset+len(term.Text)
	if end < len(s.text) {
		end++
	} else {
		start--
	}
	return s.text[:start] + s.text[end:]
}

// end returns where the last term ends. Spaces may follow.
func (s SPF) end() int {
	return len(strings.TrimRight(s.text, " "))
}

// allowsNobody reports whether the record names no sender: it has no mechanism except "all", and no
// redirect that takes effect.
func (s SPF) allowsNobody() bool {
	hasAll := s.all() >= 0
	return !slices.ContainsFunc(s.significant(), func(t SPFTerm) bool { return t.Qualifier != 0 || t.isRedirect() && !hasAll })
}

// forbidsAll reports whether the record, which names no sender, tells receivers to refuse all mail.
func (s SPF) forbidsAll() bool {
	all := s.all()
	return all >= 0 && s.Terms[all].Qualifier == '-'
}

func (s SPF) saysOnlyAll() bool {
	return !slices.ContainsFunc(s.Terms, func(t SPFTerm) bool { return !t.isAll() })
}

func (t SPFTerm) isAll() bool      { return t.Qualifier != 0 && t.Name == "all" }
func (t SPFTerm) isRedirect() bool { return t.Qualifier == 0 && t.Name == "redirect" }
