package kit

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// CanonicalMailDomain returns the spelling of a mail domain for APIs and IDs: punycode, lower case,
// no trailing dot. It is an error if the name has a wildcard, an underscore or only one label, or
// if it is an IP address.
func CanonicalMailDomain(name string) (string, error) {
	ascii, err := dns.Canonical(name)
	if err != nil {
		return "", err
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return "", fmt.Errorf("%q has one label only; a full name, such as example.com, is needed", name)
	}
	for _, label := range labels {
		if strings.ContainsAny(label, "_*") {
			return "", fmt.Errorf("%q: the label %q is not allowed here, only letters, digits and hyphens are", name, label)
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", fmt.Errorf("%q is an address, not a name", name)
	}
	return ascii, nil
}

// CanonicalHostname returns the canonical spelling of a host name. The rules are those of
// [CanonicalMailDomain].
func CanonicalHostname(name string) (string, error) { return CanonicalMailDomain(name) }
