package mailserversim

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// sameText is whether the database treats two texts as equal. Its collation, utf8_general_ci,
// ignores case, accents and spaces at the end. A letter without a decomposition in Unicode, such as
// ø, differs from all others; ß equals s.
func sameText(a, b string) bool { return collationKey(a) == collationKey(b) }

func collationKey(text string) string {
	withoutAccents := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)))
	plain, _, err := transform.String(withoutAccents, strings.TrimRight(text, " "))
	if err != nil { // no such text comes from a form in UTF-8
		plain = text
	}
	return strings.ToUpper(strings.ReplaceAll(plain, "ß", "s"))
}

// fits is whether a text column of that many characters can store the text. The database's utf8 has
// only the first plane of Unicode, and its strict mode refuses a text that does not fit.
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
