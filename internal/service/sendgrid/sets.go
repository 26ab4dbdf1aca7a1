package sendgrid

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// addressSpelling checks IP addresses and compares them by value, because an IPv6 address has
// several spellings.
var addressSpelling = kit.Spelling{What: "an IP address", Canonical: func(text string) (string, error) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return "", fmt.Errorf("%q is not an IP address, such as 192.0.2.1", text)
	}
	return address.String(), nil
}}

// usersLackingIn returns the user names that are not among the others. Case does not count.
func usersLackingIn(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return hasUser(others, name) })
}

func hasUser(names []string, name string) bool {
	return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// addressesLackingIn returns the addresses that are not among the others, in any spelling.
func addressesLackingIn(ips, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ips), func(ip string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return addressSpelling.Same(types.StringValue(ip), types.StringValue(other)) || ip == other
		})
	})
}
