package mailserver

import (
	"net/netip"
	"strings"
)

// validHost tells whether the program takes the text for a host: a domain name of any number of labels, or an IP address.
// Underscores pass, a hyphen at the end of a label and a trailing dot too; letters outside ASCII don't.
func validHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	name := strings.TrimSuffix(text, ".")
	if len(strings.ReplaceAll(name, ".", "")) > 255 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || !consistsOf(label, isHostByte) {
			return false
		}
	}
	return true
}

// validEmail tells whether the program takes the text for an email address: atoms with dots between them before the last @,
// and behind it a name of at least two labels. Letters outside ASCII pass on both sides.
func validEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return false
	}
	for atom := range strings.SplitSeq(text[:at], ".") {
		if atom == "" || !consistsOf(atom, isAtomByte) {
			return false
		}
	}
	labels := strings.Split(text[at+1:], ".")
	for _, label := range labels {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || !consistsOf(label, isEmailHostByte) {
			return false
		}
	}
	return len(labels) > 1
}

func consistsOf(text string, is func(b byte) bool) bool {
	for i := range len(text) {
		if !is(text[i]) {
			return false
		}
	}
	return true
}

func isAlphanumeric(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

func isHostByte(b byte) bool { return isAlphanumeric(b) || b == '-' || b == '_' }

func isEmailHostByte(b byte) bool { return isHostByte(b) || b >= 0x80 }

func isAtomByte(b byte) bool {
	return isAlphanumeric(b) || b >= 0x80 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", b) >= 0
}
