package provider

import (
	"fmt"
	"net/netip"
	"slices"

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

// lackingIn are the texts that others have not.
func lackingIn(texts, others []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return slices.Contains(others, text) })
}

// addressesLackingIn are the addresses that others have not, in any spelling.
func addressesLackingIn(ips, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ips), func(ip string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return addressSpelling.same(types.StringValue(ip), types.StringValue(other)) || ip == other
		})
	})
}
