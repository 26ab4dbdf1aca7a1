package route53api

import (
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// maxValue is how long the value of a record may be, in characters, with all quotes and escapes.
const maxValue = 4000

// maxText is the longest text that fits into a value if no character needs an escape: each string of
// 255 bytes takes two quotes, and a blank before the next one.
const maxText = maxValue - (2*16 + 15)

// quote writes a text as Route 53 wants it: quoted strings of at most 255 bytes, with quotes and
// backslashes escaped, and everything outside printable ASCII in octal. Zone files have decimal
// numbers in that place.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
func quote(text string) string {
	var b strings.Builder
	for i, part := range mailrecord.SplitTXT(text) {
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
				fmt.Fprintf(&b, "\\%03o", c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
	}
	return b.String()
}

var errNoText = errors.New("the value is not made of quoted strings")

// unquote reads the value of a TXT record, and returns its strings joined. They may follow each other
// without a blank, as Route 53 keeps values as they were typed.
func unquote(value string) (string, error) {
	var text strings.Builder
	rest := strings.TrimLeft(value, " \t")
	if rest == "" {
		return "", errNoText
	}
	for rest != "" {
		if rest[0] != '"' {
			return "", errNoText
		}
		end := -1
		for i := 1; i < len(rest) && end < 0; i++ {
			switch rest[i] {
			case '"':
				end = i
			case '\\':
				c, width := unescape(rest[i:])
				text.WriteByte(c)
				i += width - 1
			default:
				text.WriteByte(rest[i])
			}
		}
		if end < 0 {
			return "", errNoText
		}
		rest = strings.TrimLeft(rest[end+1:], " \t")
	}
	return text.String(), nil
}

// unescape reads the escape at the beginning of a text: a backslash and three octal digits are a byte,
// and with any other character, that character. A backslash at the very end is one.
func unescape(text string) (c byte, width int) {
	if len(text) >= 4 && text[1] >= '0' && text[1] <= '3' && octal(text[2]) && octal(text[3]) {
		return (text[1]-'0')<<6 | (text[2]-'0')<<3 | (text[3] - '0'), 4
	}
	if len(text) == 1 {
		return '\\', 1
	}
	return text[1], 2
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

// plainName reads a name as Route 53 writes it, with all characters but letters, digits, "-", "_" and
// "." in octal: a wildcard begins with \052. What no name of a record has stays escaped, as in zone
// files.
func plainName(name string) string {
	if !strings.Contains(name, `\`) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '\\' {
			b.WriteByte(name[i])
			continue
		}
		c, width := unescape(name[i:])
		i += width - 1
		if c > ' ' && c < 0x7f && c != '.' && c != '\\' && c != '"' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "\\%03d", c)
		}
	}
	return b.String()
}
