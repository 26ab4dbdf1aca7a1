package mailrecord

import (
	"fmt"
	"slices"
	"strings"
)

// defaultSPFAll ends the records that we create: mail from other senders is suspicious, but not
// refused.
const defaultSPFAll = " ~all"

// SPFAddition is what a merge added to an SPF record. The caller keeps it until it is removed
// again. It holds no secret and can be stored as JSON.
type SPFAddition struct {
	// Terms are the terms that the record did not have before.
	Terms []string `json:"terms,omitempty"`
	// Created is the text of the record if there was none before; else empty.
	Created string `json:"created,omitempty"`
	// Joint says that another owner has created the record with this text. The last owner to leave
	// deletes it, but the other one decides its TTL.
	Joint bool `json:"joint,omitempty"`
	// Bare says that before the merge the record allowed nobody to send mail, such as "v=spf1
	// -all".
	Bare bool `json:"bare,omitempty"`
}

// MergeSPF adds the mechanisms of ours to the SPF record existing, "" if the name has none. It
// returns the record's new text and what was really added.
//
// Mechanisms go before "all" and before "redirect", whichever comes first, because nothing counts
// after them. Everything else stays byte for byte. That includes the existing "all" or the lack of
// it, which is the decision of the record's author. A new record is ours as it is, with "~all" if
// it has neither "all" nor "redirect".
//
// It refuses a record that does not parse; a mechanism that the record has with another qualifier;
// and a modifier of ours (such as redirect=) that the record lacks, because it would apply to the
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

// ContainsSPF reports whether the record existing says everything that ours says. It ignores every
// "all" and what follows it.
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
// what ours no longer says, unless the texts in wanted (SPF records of others at the same name)
// contain it, and adds what is missing. The returned addition replaces the earlier one. If the
// earlier addition is empty, it does the same as MergeSPF.
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
		// The record has nothing of the earlier addition, so it is another record, whoever created
		// that one.
		return text, addition, nil
	}
	// What the merge reports about the state before it describes a record that was partly ours.
	return text, SPFAddition{Terms: append(cut.kept, addition.Terms...), Created: earlier.Created, Joint: earlier.Joint, Bare: earlier.Bare}, nil
}

// SPFRemoval is the result of removing an addition from an SPF record.
type SPFRemoval struct {
	// Text is the new text of the record; the existing text if it has nothing of the addition any
	// more.
	Text string
	// Delete says that the name is to have no SPF record, because nothing of anybody would remain;
	// Text is empty.
	Delete bool
	// Kept are terms of the addition that stay in Text, because without them somebody else's record
	// would forbid all mail of the domain. A person has to decide what the record should say.
	Kept []string
	// Deserted says that Text, which is somebody else's record, names no sender any more, although
	// it did before the merge. Its author has to decide whether it is still useful.
	Deserted bool
}

// RemoveSPF removes from the SPF record existing what MergeSPF or ReplaceSPF added. Terms that the
// texts in wanted contain stay, as with ReplaceSPF. Terms that somebody has changed by hand are not
// ours any more and stay too. If nothing has happened in between, the record is byte for byte what
// it was before the merge.
//
// A record that the merge created is deleted when only "all" is left. Other records are never
// deleted, and never left to say only that nobody may send ("-all"), unless that is what they said
// before.
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

// wholly is whether a record is only what its owner has created. The text with which a joint record
// was created may be that of another owner. Terms of the text that the owner does not have any more
// belong to others since.
func (a SPFAddition) wholly(existing string) bool {
	if existing != a.Created || a.Joint {
		return false
	}
	record, errRecord := ParseSPF(existing)
	mine, errMine := ParseSPF(spfVersion + " " + strings.Join(a.Terms, " "))
	return errRecord == nil && errMine == nil && !slices.ContainsFunc(record.Terms, func(t SPFTerm) bool { return !t.isAll() && !mine.has(t) })
}

// spfCut is a record without an addition.
type spfCut struct {
	rest    SPF
	removed []string // terms of the addition that are no longer in rest
	kept    []string // terms of the addition that stay because others want them
}

// takeOut removes the terms of an addition from the existing record, except those in a text of
// wanted.
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

// create returns the text of a new record that says what s does.
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

// significant returns the terms that say something about senders: the mechanisms up to "all"
// without it, and all modifiers.
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

// find returns the first significant term with the same subject and any qualifier: the first match
// decides.
func (s SPF) find(wanted SPFTerm) (SPFTerm, bool) {
	key := wanted.key()
	for _, term := range s.significant() {
		if term.key() == key {
			return term, true
		}
	}
	return SPFTerm{}, false
}

// has reports whether s has the same term with the same qualifier.
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

// cut is the reverse of insert. It removes the blank after a term or, at the end of the record, the
// one before it.
func (s SPF) cut(term SPFTerm) string {
	start, end := term.Offset, term.Offset+len(term.Text)
	if end < len(s.text) {
		end++
	} else {
		start--
	}
	return s.text[:start] + s.text[end:]
}

// end returns where the last term ends; blanks may follow.
func (s SPF) end() int {
	return len(strings.TrimRight(s.text, " "))
}

// allowsNobody reports whether the record names no sender: it has no mechanism but "all", and no
// redirect that counts.
func (s SPF) allowsNobody() bool {
	hasAll := s.all() >= 0
	return !slices.ContainsFunc(s.significant(), func(t SPFTerm) bool { return t.Qualifier != 0 || t.isRedirect() && !hasAll })
}

// forbidsAll reports whether a record that names no sender makes receivers refuse all mail.
func (s SPF) forbidsAll() bool {
	all := s.all()
	return all >= 0 && s.Terms[all].Qualifier == '-'
}

func (s SPF) saysOnlyAll() bool {
	return !slices.ContainsFunc(s.Terms, func(t SPFTerm) bool { return !t.isAll() })
}

func (t SPFTerm) isAll() bool      { return t.Qualifier != 0 && t.Name == "all" }
func (t SPFTerm) isRedirect() bool { return t.Qualifier == 0 && t.Name == "redirect" }
