package mailrecord

import "slices"

// All returns the record's rule for senders that it does not name: "-all", "~all", "?all" or
// "+all"; empty if it has no "all".
func (s SPF) All() string {
	i := s.all()
	if i < 0 {
		return ""
	}
	return string(s.Terms[i].Qualifier) + "all"
}

// WithAll returns the text of the record with another "all", such as "-all". A record without
// "all", or with a redirect, keeps its text.
func (s SPF) WithAll(all string) string {
	i := s.all()
	if i < 0 || slices.ContainsFunc(s.Terms, SPFTerm.isRedirect) {
		return s.text
	}
	term := s.Terms[i]
	return s.text[:term.Offset] + all + s.text[term.Offset+len(term.Text):]
}

// Foreign returns the terms of the record that are in none of the texts. If the texts are all of
// ours, these terms belong to others. Texts that do not parse count as empty. "all" is left out.
func (s SPF) Foreign(texts ...string) []string {
	var ours []SPF
	for _, text := range texts {
		if parsed, err := ParseSPF(text); err == nil {
			ours = append(ours, parsed)
		}
	}
	var foreign []string
	for _, term := range s.significant() {
		if !slices.ContainsFunc(ours, func(own SPF) bool { return own.has(term) }) {
			foreign = append(foreign, term.Text)
		}
	}
	return foreign
}
