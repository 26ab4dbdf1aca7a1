package check

import (
	"net/netip"
	"slices"
)

// special are the networks that are not part of the public Internet, or through which an address of
// such a network can be reached (the IANA registries of special-purpose addresses, RFC 6890).
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	// All but 2000::/3 is reserved, private or not of one host.
	"::/3", "4000::/2", "8000::/1",
	// Within 2000::/3: Teredo and other protocols, documentation, 6to4, and the service AS112.
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

// SandboxNetworks are the networks that examples use. In the sandbox, they are the Internet; private
// addresses are as private there as anywhere.
func SandboxNetworks() []netip.Prefix {
	return prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
}

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// public reports whether an address is one of the public Internet, or of a network that the options
// allow.
func (r *run) public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	within := func(p netip.Prefix) bool { return p.Contains(addr) }
	return slices.ContainsFunc(r.Allowed, within) || addr.IsValid() && !slices.ContainsFunc(special, within)
}

// addressTexts writes addresses for people.
func addressTexts(addrs []netip.Addr) []string {
	var written []string
	for _, addr := range addrs {
		written = append(written, addr.String())
	}
	return written
}

// attempts chooses the addresses of a host to try: the first one of each family. A machine without
// IPv6 fails at the second one at once.
func attempts(addrs []netip.Addr) []netip.Addr {
	var chosen []netip.Addr
	for _, four := range []bool{true, false} {
		if i := slices.IndexFunc(addrs, func(a netip.Addr) bool { return a.Unmap().Is4() == four }); i >= 0 {
			chosen = append(chosen, addrs[i])
		}
	}
	return chosen
}
