package mailrecord

import (
	"errors"
	"fmt"
	"strings"
)

// qualifierStrength orders the qualifiers by how much they restrict, from the least.
const qualifierStrength = "+?~-"

// SPFOfRules builds the SPF record of a domain from rules that several services ask for. Each text
// is a list of mechanisms with blanks in between, without the version and without "all". If two
// have the same mechanism with different qualifiers, the one that restricts less counts. The record
// ends in "~all". The error names the mechanism that is wrong.
func SPFOfRules(rules ...string) (string, error) {
	var terms []SPFTerm
	at := map[string]int{}
	for _, text := range rules {
		if IsSPF(text) {
			return "", fmt.Errorf("%s has the version and perhaps \"all\"; write the mechanisms alone, such as \"include:spf.example.com\"", shortened(text))
		}
		for word := range strings.FieldsSeq(text) {
			term, err := parseSPFTerm(word)
			switch {
			case err != nil:
				return "", fmt.Errorf("%q: %w", word, err)
			case term.Qualifier == 0:
				return "", fmt.Errorf("%q is a modifier, which would speak for the whole SPF record of the domain", word)
			case term.isAll():
				return "", fmt.Errorf("%q ends the record; leave it out, because what the domain says of all other senders is not for one service to decide", word)
			case term.allowsEveryone():
				return "", fmt.Errorf("%q allows every address to send mail as this domain", word)
			}
			i, found := at[term.key()]
			if !found {
				at[term.key()] = len(terms)
				terms = append(terms, term)
			} else if strings.IndexByte(qualifierStrength, term.Qualifier) < strings.IndexByte(qualifierStrength, terms[i].Qualifier) {
				terms[i] = term
			}
		}
	}
	if len(terms) == 0 {
		return "", errors.New("there is no mechanism")
	}
	text := spfVersion
	for _, term := range terms {
		text += " " + term.Text
	}
	return text + defaultSPFAll, nil
}
