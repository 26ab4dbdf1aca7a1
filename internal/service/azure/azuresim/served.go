package azuresim

import (
	"fmt"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// The addresses that sets answer with whose addresses another resource has (RFC 5737, RFC 3849).
const (
	linkedIPv4 = "198.51.100.80"
	linkedIPv6 = "2001:db8::80"
	linkedName = "profile.trafficmanager.example."
)

// Zones implements [dnsserver.Source]. Private zones are not served.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Revision, st.served)
		return err
	})
	return zones, err
}

// served returns the zones as the name servers answer for them: of zones with one name the first.
func (st *State) served() ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	seen := map[string]bool{}
	for _, z := range st.Zones {
		if z.Private || seen[z.Name] {
			continue
		}
		seen[z.Name] = true
		var records []miekg.RR
		for _, set := range z.Sets {
			rrs, err := z.rrs(set)
			if err != nil {
				return nil, fmt.Errorf("zone %s of the simulated Azure DNS: %w", z.Name, err)
			}
			records = append(records, rrs...)
		}
		zones = append(zones, dnsserver.Zone{Apex: z.Name, NameServers: z.NameServers, Records: records})
	}
	return zones, nil
}

// rrs returns the records of a set for the DNS. The DNS server itself has the SOA, and the name servers
// of a zone.
func (z *Zone) rrs(s *Set) ([]miekg.RR, error) {
	if s.Name == "@" && (s.Type == "SOA" || s.Type == "NS") {
		return nil, nil
	}
	entries, err := s.entries()
	if err != nil {
		return nil, err
	}
	var datas []string
	if linked(s.Properties[targetProperty])+linked(s.Properties[profileProperty]) != "" {
		datas = []string{map[string]string{"A": linkedIPv4, "AAAA": linkedIPv6, "CNAME": linkedName}[s.Type]}
		entries = nil
	}
	for _, e := range entries {
		data, err := types[s.Type].data(e)
		if err != nil {
			return nil, err
		}
		datas = append(datas, data)
	}
	name := miekg.Fqdn(s.Name + "." + z.Name)
	if s.Name == "@" {
		name = miekg.Fqdn(z.Name)
	}
	var rrs []miekg.RR
	for _, data := range datas {
		rr, err := miekg.NewRR(fmt.Sprintf("%s %s IN %s %s", name, s.Properties["TTL"], s.Type, data))
		if err != nil || rr == nil {
			return nil, fmt.Errorf("%s record at %s: %q is no data (%w)", s.Type, name, data, err)
		}
		rrs = append(rrs, rr)
	}
	return rrs, nil
}
