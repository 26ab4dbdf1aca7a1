package mailrecord

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of RFC 1035 section 2.3.4, the second one without the trailing dot and in presentation
// format.
const (
	maxLabelBytes = 63
	maxNameBytes  = 253
)

// normalName returns a domain name for comparisons: in lower case, without trailing dot.
func normalName(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// checkName says why a text is not an ASCII domain name. Underscores are accepted, because names
// that are no hosts may have them.
func checkName(name string) error {
	trimmed := strings.TrimSuffix(name, ".")
	if trimmed == "" {
		return errors.New("the name is empty")
	}
	if len(trimmed) > maxNameBytes {
		return fmt.Errorf("the name has %d bytes, %d is the limit", len(trimmed), maxNameBytes)
	}
	for label := range strings.SplitSeq(trimmed, ".") {
		if err := checkLabel(label); err != nil {
			return fmt.Errorf("%q is not a domain name: %w", name, err)
		}
	}
	return nil
}

// checkHostname is checkName for the complete name of a host on the Internet: its labels have no
// underscores (RFC 952, RFC 1123 section 2.1), there are at least two, and the last one is no
// number, so that a mistyped address is no host.
func checkHostname(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	trimmed := strings.TrimSuffix(name, ".")
	dot := strings.LastIndexByte(trimmed, '.')
	switch {
	case strings.Contains(trimmed, "_"):
		return fmt.Errorf("%q is not a host name: it contains an underscore", name)
	case dot < 0:
		return fmt.Errorf("%q is not a complete host name", name)
	case isNumber(trimmed[dot+1:]):
		return fmt.Errorf("%q is not a host name: it ends in a number", name)
	}
	return nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("it has an empty label")
	case len(label) > maxLabelBytes:
		return fmt.Errorf("its label %q has more than %d bytes", label, maxLabelBytes)
	case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
		return fmt.Errorf("its label %q begins or ends with a hyphen", label)
	}
	for i := range len(label) {
		switch c := label[i]; {
		case isAlphanumeric(c), c == '-', c == '_':
		case c >= 0x80:
			return errors.New("it has characters outside ASCII (write the punycode form, xn--…)")
		default:
			return fmt.Errorf("its label %q contains %q", label, c)
		}
	}
	return nil
}

func isLetter(c byte) bool       { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool        { return '0' <= c && c <= '9' }
func isNumber(s string) bool     { return strings.Trim(s, "0123456789") == "" }
func isAlphanumeric(c byte) bool { return isLetter(c) || isDigit(c) }
