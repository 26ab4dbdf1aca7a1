package kit

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// CanonicalMailDomain gives a mail domain's spelling for APIs and IDs: lower-case
// punycode without trailing dot. Wildcards, underscores and names of one label
// are no mail domains.
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

// CanonicalHostname is canonicalMailDomain for the name of a host.
func CanonicalHostname(name string) (string, error) { return CanonicalMailDomain(name) }
