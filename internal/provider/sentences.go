package provider

import (
	"unicode"
	"unicode/utf8"
)

// startOfSentence is a text as a sentence begins with it: with a capital letter.
func startOfSentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
