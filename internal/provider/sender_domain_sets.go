package provider

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// addressSpelling checks IP addresses and compares them as such: IPv6 has several
// spellings.
var addressSpelling = spelling{"an IP address", func(text string) (string, error) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return "", fmt.Errorf("%q is not an IP address, such as 192.0.2.1", text)
	}
	return address.String(), nil
}}

// textsOf are the elements of a set, sorted; none where it is null or unknown.
func textsOf(set types.Set) []string {
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// textSet is the set of some texts. A text that is there twice is in it once.
func textSet(texts []string) types.Set {
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.SetValueMust(types.StringType, elements)
}

// usersLackingIn are the user names that others have not; case does not count.
func usersLackingIn(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return hasUser(others, name) })
}

func hasUser(names []string, name string) bool {
	return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// addressesLackingIn are the addresses that others have not, in any spelling.
func addressesLackingIn(ips, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ips), func(ip string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return addressSpelling.same(types.StringValue(ip), types.StringValue(other)) || ip == other
		})
	})
}
