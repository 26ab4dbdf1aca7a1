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
	// Joint says that another owner has created the record with this text. Whoever withdraws last deletes it, but it is the
	// other one who decides its TTL.
	Joint bool `json:"joint,omitempty"`
	// Bare says that the record allowed no one to send mail, such as "v=spf1 -all", before the merge.
	Bare bool `json:"bare,omitempty"`
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
	return !slices.ContainsFunc(ours.significant(), func(term SPFTerm) bool { return !s.has(term) })
}

// ReplaceSPF is MergeSPF for an owner whose earlier addition may still be in the record: what ours no longer says goes,
// unless the texts in wanted (SPF records of others who publish at the same name) contain it, and what is missing comes.
// The addition that it returns takes the place of the earlier one. With an earlier addition that is empty it does the
// same as MergeSPF.
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
		// Nothing of the earlier addition was there, so this is another record than the one it was made to, whoever
		// began that.
		return text, addition, nil
	}
	// What the merge says about the record before it is about one that had been ours in part.
	return text, SPFAddition{Terms: append(cut.kept, addition.Terms...), Created: earlier.Created, Joint: earlier.Joint, Bare: earlier.Bare}, nil
}

// SPFRemoval is what taking an addition out of an SPF record leads to.
type SPFRemoval struct {
	// Text is what the record shall be; the existing text when nothing of the addition is in it any more.
	Text string
	// Delete says that the name shall have no SPF record any more, since nothing of anyone's would remain; Text is empty.
	Delete bool
	// Kept are terms of the addition that stay in Text, because without them someone else's record would forbid all mail
	// of the domain. A person has to decide what the record shall say.
	Kept []string
	// Deserted says that Text, which is someone else's record, names no sender any more, and did before the merge.
	// Whether it is still of use is for its author to say.
	Deserted bool
}

// RemoveSPF takes what MergeSPF or ReplaceSPF added out of the SPF record existing. Terms that the texts in wanted contain
// stay, as with ReplaceSPF. What was changed by hand in the meantime is not ours any more and stays too. If nothing has
// happened in between, the record is byte for byte what it was before the merge.
//
// A record that was created by the merge is deleted once nothing but "all" is left. Any other is never deleted, and never
// left to say only that nobody may send ("-all"), unless that is what it said before.
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

// wholly is whether a record is what its owner has created, and nothing else. The text that a joint record was created
// with may be what another owner says.
func (a SPFAddition) wholly(existing string) bool { return existing == a.Created && !a.Joint }

// spfCut is a record less an addition.
type spfCut struct {
	rest    SPF
	removed []string // terms of the addition that are no longer in rest
	kept    []string // terms of the addition that are, because others want them
}

// takeOut takes the terms of an addition that no text in wanted contains out of the existing record.
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

// has reports whether s says the same about what a term is about.
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

// forbidsAll reports whether the record, which names no sender, has receivers refuse all mail.
func (s SPF) forbidsAll() bool {
	all := s.all()
	return all >= 0 && s.Terms[all].Qualifier == '-'
}

func (s SPF) saysOnlyAll() bool {
	return !slices.ContainsFunc(s.Terms, func(t SPFTerm) bool { return !t.isAll() })
}

func (t SPFTerm) isAll() bool      { return t.Qualifier != 0 && t.Name == "all" }
func (t SPFTerm) isRedirect() bool { return t.Qualifier == 0 && t.Name == "redirect" }
