package mailrecord

import "slices"

// All returns how the record treats senders that it does not name: "-all", "~all", "?all" or
// "+all"; empty if it has no "all".
func (s SPF) All() string {
	i := s.all()
	if i < 0 {
		return ""
	}
	return string(s.Terms[i].Qualifier) + "all"
}

// WithAll returns the text of the record with another "all", such as "-all". If the record has no
// "all" or has a redirect, its text stays.
func (s SPF) WithAll(all string) string {
	i := s.all()
	if i < 0 || slices.ContainsFunc(s.Terms, SPFTerm.isRedirect) {
		return s.text
	}
	term := s.Terms[i]
	return s.text[:term.Offset] + all + s.text[term.Offset+len(term.Text):]
}

// Foreign returns the terms of the record that are in none of the texts: if all our texts are
// given, the terms of others. Texts that do not parse are ignored, and so is every "all".
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
