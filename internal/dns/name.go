package dns

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 1035 section 2.3.4, for a name without its trailing dot.
const (
	maxLabelLength = 63
	maxNameLength  = 253
)

// nameProfile maps Unicode as a lookup does (UTS #46), but leaves the check of ASCII characters to
// checkLabel. The stock profiles refuse "_dmarc" and "*", and hyphens in the third and fourth
// position, which names in use do have.
var nameProfile = idna.New(
	idna.MapForLookup(),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
)

// labelSeparators turns the other dots of UTS #46 section 4 into ASCII dots.
var labelSeparators = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// apexAdvice is for users who write the apex as zone files and web interfaces do.
const apexAdvice = `; the apex of a zone is written as the name of the zone, such as "example.com"`

// Canonical returns the one spelling in which a domain name is compared, stored and sent:
// lower-case ASCII, Unicode labels in punycode, no trailing dot.
//
// It accepts names of records: labels may begin with an underscore, and the first label may be "*"
// (RFC 4592). The name may be relative; it is not checked against any list of top-level domains.
// Anything that no mail record has in its name (spaces, "@", slashes, escapes, leading or trailing
// hyphens) is refused with an error that quotes the label and says what is wrong in it.
func Canonical(name string) (string, error) {
	dotted := strings.TrimSuffix(labelSeparators.Replace(name), ".")
	switch dotted {
	case "":
		return "", fmt.Errorf("%q is not a domain name: it is empty%s", name, apexAdvice)
	case "@":
		return "", fmt.Errorf("%q is not a domain name%s", name, apexAdvice)
	}
	labels := strings.Split(dotted, ".")
	for i, label := range labels {
		canonical, err := canonicalLabel(label, i == 0)
		if err != nil {
			return "", fmt.Errorf("%q is not a domain name: label %d, %q, %w", name, i+1, label, err)
		}
		labels[i] = canonical
	}
	canonical := strings.Join(labels, ".")
	if len(canonical) > maxNameLength {
		return "", fmt.Errorf("%q is not a domain name: it takes %d bytes in its ASCII form, and at most %d are allowed",
			name, len(canonical), maxNameLength)
	}
	return canonical, nil
}

// sameName reports whether two names are the same to [FoldName]: case, trailing dot and encoding
// make no difference.
func sameName(a, b string) bool {
	return FoldName(a) == FoldName(b)
}

// FoldName is [Canonical] for names that hosts and servers show, which may be names that Canonical
// refuses. It changes only their ASCII letters to lower case and removes their trailing dot.
func FoldName(name string) string {
	if canonical, err := Canonical(name); err == nil {
		return canonical
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// canonicalLabel converts one label. Its errors continue a sentence that begins with the label.
func canonicalLabel(label string, first bool) (string, error) {
	switch {
	case label == "":
		return "", errors.New("is empty: there are two dots in a row, or one at the beginning")
	case label == "*" && first:
		return label, nil
	case label == "@":
		return "", errors.New(`is how zone files write the apex: leave it out, the name is whole without it`)
	case !utf8.ValidString(label):
		return "", errors.New("is not valid UTF-8")
	}
	ascii, err := nameProfile.ToASCII(label)
	if err != nil {
		return "", fmt.Errorf("has no ASCII form: %s", strings.TrimPrefix(err.Error(), "idna: "))
	}
	// An ignorable character alone, such as a soft hyphen, maps to nothing.
	if ascii == "" {
		return "", errors.New("consists of invisible characters only")
	}
	if len(ascii) > maxLabelLength {
		return "", fmt.Errorf("takes %d bytes in its ASCII form, and a label has at most %d", len(ascii), maxLabelLength)
	}
	if err := checkLabel(ascii); err != nil {
		return "", err
	}
	return ascii, nil
}

// checkLabel refuses the characters that nameProfile lets through. Punycode keeps the ASCII
// characters of a Unicode label, so checking the encoded form finds them too.
func checkLabel(ascii string) error {
	for i := range len(ascii) {
		switch c := ascii[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '*':
			return errors.New(`has a "*" in it: a wildcard is a "*" alone, as the first label`)
		default:
			return fmt.Errorf("has the character %q in it: letters, digits, hyphens and underscores are allowed", c)
		}
	}
	decoded, err := nameProfile.ToUnicode(ascii)
	if err != nil {
		return fmt.Errorf("is not valid punycode: %s", strings.TrimPrefix(err.Error(), "idna: "))
	}
	if strings.HasPrefix(decoded, "-") || strings.HasSuffix(decoded, "-") {
		return errors.New("begins or ends with a hyphen")
	}
	return nil
}
