package mailrecord

import (
	"fmt"
	"slices"
	"strings"
)

// defaultSPFAll ends the records that are created here: mail from elsewhere is suspicious, but not refused.
const defaultSPFAll = " ~all"

// SPFAddition is what a merge brought into an SPF record, to be remembered until it is taken away again. It holds nothing
// secret and is made to be stored as JSON.
type SPFAddition struct {
	// Terms are the terms that were not there before.
	Terms []string `json:"terms,omitempty"`
	// Created is the text of the record if there was none before; else empty.
	Created string `json:"created,omitempty"`
	// Bare says that the record allowed no one to send mail, such as "v=spf1 -all", before the merge.
	Bare bool `json:"bare,omitempty"`
}

// And joins what an earlier and a later merge of the same owner brought into the same record. A merge that finds
// everything in place adds nothing, so the earlier addition must not be forgotten for it.
func (a SPFAddition) And(later SPFAddition) SPFAddition {
	joined := SPFAddition{Terms: slices.Clone(a.Terms), Created: a.Created, Bare: a.Bare || later.Bare}
	if later.Created != "" {
		joined.Created = later.Created
	}
	for _, term := range later.Terms {
		if !slices.Contains(joined.Terms, term) {
			joined.Terms = append(joined.Terms, term)
		}
	}
	return joined
}

// MergeSPF adds the mechanisms of ours to the SPF record existing, "" if the name has none, and returns the record's new
// text and what was really added.
//
// Mechanisms go before "all" and before "redirect", whichever comes first, for nothing counts behind them; everything
// else stays byte for byte, the existing "all" or the lack of it included, since that is the decision of whoever wrote the
// record. A new record is ours as it is, with "~all" if it has neither "all" nor "redirect".
//
// Refused are: a record that does not parse; a mechanism that is there with another qualifier; a modifier of ours (such as
// redirect=) that is not there already, because it would speak for the whole record.
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
		switch there, found := record.find(term); {
		case found && there.Qualifier == term.Qualifier:
			continue
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

// ContainsSPF reports whether everything that ours says is in the record existing. How either treats everyone else ("all")
// does not matter, nor does what stands behind an "all".
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
	for _, term := range ours.significant() {
		if there, found := s.find(term); !found || there.Qualifier != term.Qualifier {
			return false
		}
	}
	return true
}

// SPFRemoval is what taking an addition out of an SPF record leads to.
type SPFRemoval struct {
	// Text is what the record shall be; the existing text when nothing of the addition is in it any more.
	Text string
	// Delete says that nothing of anyone's would remain: the record is to be deleted, and Text is empty.
	Delete bool
	// Kept are terms of the addition that stay in Text, because without them someone else's record would forbid all mail
	// of the domain. A person has to decide what the record shall say.
	Kept []string
}

// RemoveSPF takes what MergeSPF added out of the SPF record existing. Terms that the texts in wanted (SPF records of
// others who publish at the same name) contain stay. What was changed by hand in the meantime is not ours any more and
// stays too. If nothing has happened in between, the record is byte for byte what it was before the merge.
//
// A record that was created by the merge is deleted once nothing but "all" is left. So is one that then is just as this
// package begins a new one ("v=spf1 ~all"): whoever created it is gone already. Any other is never left to say only that
// nobody may send, unless that is what it said before.
func RemoveSPF(existing string, added SPFAddition, wanted ...string) (SPFRemoval, error) {
	record, err := ParseSPF(existing)
	if err != nil {
		return SPFRemoval{}, fmt.Errorf("nothing can be taken out of the existing SPF record: %w; repair it first: %q", err, existing)
	}
	var others []SPF
	for _, text := range wanted {
		other, err := ParseSPF(text)
		if err != nil {
			return SPFRemoval{}, fmt.Errorf("an SPF record that others publish at the same name: %w", err)
		}
		others = append(others, other)
	}
	if existing == added.Created && len(others) == 0 {
		return SPFRemoval{Delete: true}, nil
	}
	var removed []string
	for _, text := range added.Terms {
		mine, err := ParseSPF(spfVersion + " " + text)
		if err != nil {
			return SPFRemoval{}, fmt.Errorf("a remembered addition to an SPF record: %w", err)
		}
		there, found := record.find(mine.Terms[0])
		if !found || there.Qualifier != mine.Terms[0].Qualifier || anyContains(others, mine) {
			continue
		}
		if record, err = ParseSPF(record.cut(there)); err != nil {
			return SPFRemoval{}, err
		}
		removed = append(removed, text)
	}
	abandoned := added.Created != "" || !added.Bare && record.text == spfVersion+defaultSPFAll
	switch {
	case len(removed) == 0, !record.allowsNobody():
		return SPFRemoval{Text: record.text}, nil
	case abandoned && len(others) == 0 && record.saysOnlyAll():
		return SPFRemoval{Delete: true}, nil
	case added.Bare:
		return SPFRemoval{Text: record.text}, nil
	}
	return SPFRemoval{Text: existing, Kept: removed}, nil
}

func anyContains(records []SPF, ours SPF) bool {
	return slices.ContainsFunc(records, func(record SPF) bool { return record.contains(ours) })
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

// significant returns the terms that say something about senders: the mechanisms up to "all" without it, and all modifiers.
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

// find returns the first significant term about the same thing, with whatever qualifier: the first match decides.
func (s SPF) find(wanted SPFTerm) (SPFTerm, bool) {
	key := wanted.key()
	for _, term := range s.significant() {
		if term.key() == key {
			return term, true
		}
	}
	return SPFTerm{}, false
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

// cut is the reverse of insert. A term takes the blank behind it along or, at the end of the record, the one before.
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

// allowsNobody reports whether the record names no sender: it has no mechanism but "all", nor a redirect that counts.
func (s SPF) allowsNobody() bool {
	hasAll := s.all() >= 0
	return !slices.ContainsFunc(s.significant(), func(t SPFTerm) bool { return t.Qualifier != 0 || t.isRedirect() && !hasAll })
}

func (s SPF) saysOnlyAll() bool {
	return !slices.ContainsFunc(s.Terms, func(t SPFTerm) bool { return !t.isAll() })
}

func (t SPFTerm) isAll() bool      { return t.Qualifier != 0 && t.Name == "all" }
func (t SPFTerm) isRedirect() bool { return t.Qualifier == 0 && t.Name == "redirect" }
