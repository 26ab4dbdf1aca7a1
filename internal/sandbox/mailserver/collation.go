package mailserver

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// sameText tells whether the database takes two texts for one. Its collation, utf8_general_ci,
// compares without regard to case, to accents and to spaces at the end. A letter that has no accent
// of its own in Unicode, such as ø, is one by itself; ß is an s.
func sameText(a, b string) bool { return collationKey(a) == collationKey(b) }

func collationKey(text string) string {
	withoutAccents := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)))
	plain, _, err := transform.String(withoutAccents, strings.TrimRight(text, " "))
	if err != nil { // no such text comes from a form in UTF-8
		plain = text
	}
	return strings.ToUpper(strings.ReplaceAll(plain, "ß", "s"))
}

// fits tells whether a text column of that many characters stores the text. The database's utf8 has
// no characters beyond the first plane of Unicode, and its strict mode refuses what does not fit.
func fits(text string, characters int) bool {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			return false
		}
	}
	return n <= characters
}
