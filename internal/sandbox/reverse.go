package sandbox

import (
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// reverseZones returns the zones with the names of addresses (RFC 1035 section 3.5). The hosts of the
// services have given their addresses a name. Other addresses have none, unless somebody publishes a
// zone below, such as 2.0.192.in-addr.arpa, which is served instead.
func (z *zoneSources) reverseZones() []dnsserver.Zone {
	named := map[string][]miekg.RR{"in-addr.arpa": nil, "ip6.arpa": nil}
	for i, zones := range z.parts {
		source := z.sources[i]
		if source.owns == nil {
			continue
		}
		for _, zone := range zones {
			own := source.owns(zone.Apex)
			for _, rr := range zone.Records {
				host := dns.FoldName(rr.Header().Name)
				if !own && !slices.Contains(source.hosts, host) || strings.HasPrefix(host, "*") {
					continue
				}
				address, has := addressOf(rr)
				reverse, err := miekg.ReverseAddr(address.String())
				if !has || err != nil {
					continue
				}
				apex := "ip6.arpa"
				if address.Is4() {
					apex = "in-addr.arpa"
				}
				named[apex] = append(named[apex], &miekg.PTR{
					Hdr: miekg.RR_Header{Name: reverse, Rrtype: miekg.TypePTR, Class: miekg.ClassINET, Ttl: defaultTTL},
					Ptr: miekg.Fqdn(host),
				})
			}
		}
	}
	var all []dnsserver.Zone
	for _, apex := range []string{"in-addr.arpa", "ip6.arpa"} {
		if len(named[apex]) > 0 {
			all = append(all, dnsserver.Zone{Apex: apex, Records: named[apex]})
		}
	}
	return all
}

// addressOf returns the address in an address record.
func addressOf(rr miekg.RR) (address netip.Addr, has bool) {
	switch rr := rr.(type) {
	case *miekg.A:
		address, has = netip.AddrFromSlice(rr.A.To4())
	case *miekg.AAAA:
		address, has = netip.AddrFromSlice(rr.AAAA.To16())
	}
	return address, has
}
