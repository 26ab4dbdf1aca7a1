package kit

import (
	"unicode"
	"unicode/utf8"
)

// StartOfSentence is a text as a sentence begins with it: with a capital letter.
func StartOfSentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
