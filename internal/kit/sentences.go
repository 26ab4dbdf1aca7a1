package kit

import (
	"strconv"
	"strings"
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

// List returns words as a list in a sentence: "a", "a or b", "a, b or c". The conjunction is "and"
// or "or".
func List(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// Quoted returns words in quotes, as a configuration has them.
func Quoted(words []string) []string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return quoted
}

// Code returns words as code in Markdown.
func Code(words []string) []string {
	code := make([]string, len(words))
	for i, word := range words {
		code[i] = "`" + word + "`"
	}
	return code
}
