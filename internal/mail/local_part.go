package mail

import (
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// localPartSpelling compares local parts of addresses.
var localPartSpelling = kit.Spelling{What: "a local part", Canonical: canonicalLocalPart}

// longestLocalPart is the maximum length of a local part in bytes: RFC 5321, section 4.5.3.1.1.
const longestLocalPart = 64

// localPartPunctuation is what a local part may contain besides letters and digits. RFC 5321 allows
// more. But a service may create a folder with this name, and a slash or a quote in it could reach
// other people's mail.
const localPartPunctuation = "._-+=~"

// canonicalLocalPart checks a local part and returns it in lower case, because the services ignore
// case.
func canonicalLocalPart(local string) (string, error) {
	switch {
	case local == "":
		return "", errors.New("is empty; it is what stands before the @ of an address")
	case len(local) > longestLocalPart:
		return "", fmt.Errorf("has %d characters; an address allows %d before the @ (RFC 5321)", len(local), longestLocalPart)
	case strings.Contains(local, "@"):
		return "", errors.New("is a whole address; give only what stands before the @")
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return "", errors.New("must not begin or end with a dot, nor have two in a row")
	case strings.HasPrefix(local, "-"):
		return "", errors.New("must not begin with a hyphen, which programs on the server would take for an option")
	}
	for _, r := range local {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(localPartPunctuation, r) {
			return "", fmt.Errorf("holds %q; allowed are ASCII letters, digits and %s", r, strings.Join(strings.Split(localPartPunctuation, ""), " "))
		}
	}
	return strings.ToLower(local), nil
}
