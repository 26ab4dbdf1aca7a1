package report

import (
	"fmt"
	"strings"
	"unicode"
)

// plain returns a text on one line, without anything that a terminal or a reader could take for
// something else: control characters, line breaks and characters that change the direction of
// writing become escapes such as \u{1b}.
func plain(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsPrint(r):
			shown.WriteRune(r)
		case r == '\n' || r == '\t' || r == '\r':
			shown.WriteByte(' ')
		default:
			fmt.Fprintf(&shown, `\u{%x}`, r)
		}
	}
	return shown.String()
}

// cut returns a text of at most so many characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// ascii returns a text in ASCII. A few characters of this program's own texts have a likeness there;
// all others become escapes.
func ascii(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		switch {
		case r <= unicode.MaxASCII:
			shown.WriteRune(r)
		case r == '…':
			shown.WriteString("...")
		default:
			fmt.Fprintf(&shown, `\u{%x}`, r)
		}
	}
	return shown.String()
}
