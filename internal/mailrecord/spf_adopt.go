package mailrecord

import "slices"

// AdoptSPF returns the addition of an owner who takes over, in the SPF record existing, what ours
// says: the terms of ours that it has and, if it has no other terms, the record itself. The result
// is empty if either record does not parse.
func AdoptSPF(existing, ours string) SPFAddition {
	record, errRecord := ParseSPF(existing)
	mine, errMine := ParseSPF(ours)
	if errRecord != nil || errMine != nil {
		return SPFAddition{}
	}
	var adopted SPFAddition
	for _, term := range mine.significant() {
		if there, found := record.find(term); found && there.Qualifier == term.Qualifier {
			adopted.Terms = append(adopted.Terms, there.Text)
		}
	}
	if text, _ := mine.create(); text == existing {
		adopted.Created = existing
	}
	return adopted
}

// Join returns an addition with the terms of both. What a says about the record itself takes
// precedence.
func (a SPFAddition) Join(b SPFAddition) SPFAddition {
	joined := SPFAddition{Terms: slices.Clone(a.Terms), Created: a.Created, Joint: a.Joint, Bare: a.Bare || b.Bare}
	for _, term := range b.Terms {
		if !slices.Contains(joined.Terms, term) {
			joined.Terms = append(joined.Terms, term)
		}
	}
	if joined.Created == "" {
		joined.Created, joined.Joint = b.Created, b.Joint
	}
	return joined
}

// Of returns the addition without the terms that ours lacks. Those stay in the record only because
// others want them, and belong to the others from now on.
func (a SPFAddition) Of(ours string) SPFAddition {
	mine, err := ParseSPF(ours)
	if err != nil {
		return a
	}
	a.Terms = slices.DeleteFunc(slices.Clone(a.Terms), func(term string) bool {
		parsed, err := ParseSPF(spfVersion + " " + term)
		return err == nil && len(parsed.Terms) == 1 && !mine.has(parsed.Terms[0])
	})
	if len(a.Terms) == 0 {
		a.Terms = nil
	}
	return a
}

// WithoutSPF returns an SPF record without some of its terms. A record that does not parse stays as
// it is.
func WithoutSPF(text string, terms []string) string {
	record, err := ParseSPF(text)
	for _, term := range terms {
		if err != nil {
			return text
		}
		i := slices.IndexFunc(record.Terms, func(t SPFTerm) bool { return t.Text == term })
		if i >= 0 {
			record, err = ParseSPF(record.cut(record.Terms[i]))
		}
	}
	if err != nil {
		return text
	}
	return record.text
}
