package mailserversim

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// validHost tells whether the program takes the text for a host: an IP address, or a domain name of
// one or more labels. A label has two to 63 letters, digits, hyphens and underscores, the first of
// which is a letter or digit. So a label of one character, a trailing dot and letters outside ASCII
// are refused, and a hyphen at the end of a label passes.
func validHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	if len(strings.ReplaceAll(text, ".", "")) > 255 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if len(label) < 2 || len(label) > 63 || !isAlphanumeric(rune(label[0])) || !consistsOf(label, isHostCharacter) {
			return false
		}
	}
	return true
}

// validEmail tells whether the program takes the text for an email address: atoms with dots between
// them, or its own idea of a quoted local part, then a name of at least two labels, the last of
// which begins and ends with a letter. A dot may follow.
func validEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at >= 0 && (validAtoms(text[:at]) || validQuoted(text[:at])) && validEmailDomain(strings.TrimSuffix(text[at+1:], "."))
}

func validAtoms(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || !consistsOf(atom, isAtomCharacter) {
			return false
		}
	}
	return true
}

// validQuoted tells whether the local part is one or more characters with a quotation mark before
// each, and another mark at the end. That is what the program's pattern for quoted local parts
// comes to: it repeats the opening mark with them.
func validQuoted(local string) bool {
	for strings.TrimLeft(local, " \t") != `"` {
		quoted, isQuoted := strings.CutPrefix(local, `"`)
		quoted = strings.TrimLeft(quoted, " \t")
		r, size := utf8.DecodeRuneInString(quoted)
		if !isQuoted || size == 0 || !isQuotedCharacter(r) {
			return false
		}
		local = quoted[size:]
	}
	return true
}

// validEmailDomain looks for a dot that ends one name and begins another: the first begins and ends
// with a letter or digit, the second with a letter, and within them may be anything that a name may
// have, dots included.
func validEmailDomain(name string) bool {
	for i, r := range name {
		if r == '.' && enclosed(name[:i], isAlphanumericOrForeign) && enclosed(name[i+1:], isLetterOrForeign) {
			return true
		}
	}
	return false
}

// enclosed tells whether a text begins and ends with such a character, and has only those of names
// between.
func enclosed(text string, is func(r rune) bool) bool {
	all := []rune(text)
	return len(all) > 0 && is(all[0]) && is(all[len(all)-1]) && consistsOf(text, isEmailHostCharacter)
}

func consistsOf(text string, is func(r rune) bool) bool {
	for _, r := range text {
		if !is(r) {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isAlphanumeric(r rune) bool { return isLetter(r) || '0' <= r && r <= '9' }

// isForeign tells whether a character outside ASCII passes in an address: those of the first plane,
// without surrogates, private ones and the last ones.
func isForeign(r rune) bool {
	return 0xA0 <= r && r <= 0xD7FF || 0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r && r <= 0xFFEF
}

func isLetterOrForeign(r rune) bool { return isLetter(r) || isForeign(r) }

func isAlphanumericOrForeign(r rune) bool { return isAlphanumeric(r) || isForeign(r) }

func isHostCharacter(r rune) bool { return isAlphanumeric(r) || r == '-' || r == '_' }

func isEmailHostCharacter(r rune) bool {
	return isAlphanumericOrForeign(r) || strings.ContainsRune("-._~", r)
}

func isAtomCharacter(r rune) bool {
	return isAlphanumericOrForeign(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func isQuotedCharacter(r rune) bool {
	return r > 0 && r <= 0x7F && !strings.ContainsRune("\t\n\r \"\\", r) || isForeign(r)
}
