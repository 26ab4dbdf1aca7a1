package kit

import (
	"unicode"
	"unicode/utf8"
)

// StartOfSentence returns a text, such as a service's title, with its first letter in upper case.
func StartOfSentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
