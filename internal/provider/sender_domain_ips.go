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

// addresses are those of a set, sorted; none where it is null or unknown.
func addresses(set types.Set) []string {
	var ips []string
	for _, element := range set.Elements() {
		if ip, ok := element.(types.String); ok {
			ips = append(ips, ip.ValueString())
		}
	}
	slices.Sort(ips)
	return ips
}

func addressSet(ips []string) types.Set {
	elements := make([]attr.Value, len(ips))
	for i, ip := range ips {
		elements[i] = types.StringValue(ip)
	}
	return types.SetValueMust(types.StringType, elements)
}

// lackingIn are the addresses that others have not, in any spelling.
func lackingIn(ips, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ips), func(ip string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return addressSpelling.same(types.StringValue(ip), types.StringValue(other)) || ip == other
		})
	})
}
