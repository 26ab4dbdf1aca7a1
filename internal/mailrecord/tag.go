package mailrecord

import (
	"fmt"
	"regexp"
	"strings"
)

// tag is one "name=value" of a tag list, the syntax that DKIM key records and DMARC policies share
// (RFC 6376 section 3.2).
type tag struct {
	name  string
	value string // without the blanks around it
}

// tagBlanks is the folding white space of a tag list.
const tagBlanks = " \t\r\n"

// parseTags reads a tag list. A tag that occurs twice makes the whole list invalid, and so does a
// byte that is not printable ASCII. One semicolon may end the list.
func parseTags(text string) ([]tag, error) {
	specs := strings.Split(text, ";")
	if len(specs) > 1 && strings.Trim(specs[len(specs)-1], tagBlanks) == "" {
		specs = specs[:len(specs)-1]
	}
	tags := make([]tag, 0, len(specs))
	seen := make(map[string]bool, len(specs))
	for i, spec := range specs {
		name, value, found := strings.Cut(spec, "=")
		name = strings.Trim(name, tagBlanks)
		value = strings.Trim(value, tagBlanks)
		switch {
		case name == "" && !found:
			return nil, fmt.Errorf("tag number %d is empty", i+1)
		case !found:
			return nil, fmt.Errorf("tag number %d, %q, has no \"=\"", i+1, name)
		case !isTagName(name):
			return nil, fmt.Errorf("tag number %d: %q is not a tag name", i+1, name)
		case seen[name]:
			return nil, fmt.Errorf("tag %s=: it is there twice", name)
		}
		for j := range len(value) {
			if c := value[j]; (c < ' ' || c > '~') && strings.IndexByte(tagBlanks, c) < 0 {
				return nil, fmt.Errorf("tag %s=: the byte 0x%02X is not printable ASCII", name, c)
			}
		}
		seen[name] = true
		tags = append(tags, tag{name: name, value: value})
	}
	return tags, nil
}

// lower returns the tag with its name in lower case, for lists in which the case does not matter.
func (t tag) lower() tag { return tag{name: strings.ToLower(t.name), value: t.value} }

// nextTag finds the beginning of another tag inside a value.
var nextTag = regexp.MustCompile(`[ \t\r\n,]+[A-Za-z]+[ \t]*=`)

// checkEnd says where a semicolon is missing after the value of a tag, so that the next tag became
// part of it.
func (t tag) checkEnd() error {
	if next := nextTag.FindString(t.value); next != "" {
		return fmt.Errorf("tag %s=: a semicolon is missing in front of %q", t.name, strings.Trim(next, tagBlanks+","))
	}
	return nil
}

func isTagName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !isLetter(c) && (i == 0 || !isDigit(c) && c != '_') {
			return false
		}
	}
	return name != ""
}

// withoutBlanks removes the white space that lists and base64 may contain.
func withoutBlanks(value string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(tagBlanks, r) {
			return -1
		}
		return r
	}, value)
}
