package mailrecord

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxStringBytes is the size limit of one character-string of a TXT record (RFC 1035 section 3.3:
// its length is one byte).
const maxStringBytes = 255

// SplitTXT splits a text into the character-strings of one TXT record, each of at most 255 bytes.
// It does not cut through a UTF-8 character, because some DNS hosts show and store the strings one
// by one. An empty text is one empty string, because a TXT record has at least one (RFC 1035
// section 3.3.14).
func SplitTXT(text string) []string {
	parts := make([]string, 0, len(text)/maxStringBytes+1)
	for len(text) > maxStringBytes {
		cut := maxStringBytes
		// Back to the first byte of a character. In text that is not UTF-8 there may be none within
		// reach.
		for cut > maxStringBytes-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		parts = append(parts, text[:cut])
		text = text[cut:]
	}
	return append(parts, text)
}

// JoinTXT is the reverse of SplitTXT: it joins the strings with nothing in between, as SPF (RFC
// 7208 section 3.3) and DKIM (RFC 6376 section 3.6.2.2) require. Two TXT records are the same if
// their joined texts are.
func JoinTXT(parts []string) string {
	return strings.Join(parts, "")
}

// QuoteTXT writes a text in presentation format (RFC 1035 section 5.1). It splits the text by
// SplitTXT, puts each string in quotes, escapes quotes and backslashes, and writes every byte
// outside printable ASCII as \DDD, so that all DNS software reads the same.
func QuoteTXT(text string) string {
	var b strings.Builder
	for i, part := range SplitTXT(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('"')
		for j := range len(part) {
			switch c := part[j]; {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c < ' ' || c > '~':
				fmt.Fprintf(&b, "\\%03d", c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
	}
	return b.String()
}

// UnquoteTXT reads one or more quoted strings in presentation format and returns their joined text.
// Bytes outside ASCII may be written as they are or as \DDD. Strings of more than 255 bytes are
// accepted, because some APIs return long texts in one. Text without quotes is an error: joining
// its words would lose the blanks, and an API that omits the quotes does not use presentation
// format.
func UnquoteTXT(presentation string) (string, error) {
	rest := strings.TrimLeft(presentation, zoneBlanks)
	if rest == "" {
		return "", errors.New("TXT value: there is no string")
	}
	var joined strings.Builder
	for rest != "" {
		if rest[0] != '"' {
			return "", fmt.Errorf("TXT value: no opening quote at byte %d", len(presentation)-len(rest))
		}
		part, length, err := unquoteString(rest)
		if err != nil {
			return "", fmt.Errorf("TXT value: the string at byte %d: %w", len(presentation)-len(rest), err)
		}
		joined.WriteString(part)
		rest = strings.TrimLeft(rest[length:], zoneBlanks)
	}
	return joined.String(), nil
}

// zoneBlanks separate the strings of one record.
const zoneBlanks = " \t\r\n"

// unquoteString reads the quoted string at the beginning of text and returns its contents and its
// length in text, including the quotes.
func unquoteString(text string) (contents string, length int, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), i + 1, nil
		case '\\':
			c, width, err := unescape(text[i:])
			if err != nil {
				return "", 0, err
			}
			b.WriteByte(c)
			i += width - 1
		default:
			b.WriteByte(text[i])
		}
	}
	return "", 0, errors.New("the closing quote is missing")
}

// unescape reads the escape at the beginning of text: \DDD is a byte in decimal, \X any other
// character as it is.
func unescape(text string) (c byte, width int, err error) {
	if len(text) < 2 {
		return 0, 0, errors.New("a backslash escapes nothing")
	}
	if !isDigit(text[1]) {
		return text[1], 2, nil
	}
	if len(text) < 4 || !isDigit(text[2]) || !isDigit(text[3]) {
		return 0, 0, errors.New("a backslash is followed by fewer than three digits")
	}
	value := int(text[1]-'0')*100 + int(text[2]-'0')*10 + int(text[3]-'0')
	if value > 255 {
		return 0, 0, fmt.Errorf("the escape \\%s is more than one byte", text[1:4])
	}
	return byte(value), 4, nil
}
