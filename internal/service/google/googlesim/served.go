package googlesim

import (
	"encoding/json"
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// aliasAddress is the address with which the apex answers instead of an ALIAS (RFC 5737).
const aliasAddress = "198.51.100.77"

// Zones implements [dnsserver.Source]: the public zones as the name servers answer for them. Of several
// zones of one name, the first is the one that the domain is delegated to.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	if err := s.settle(); err != nil {
		return nil, err
	}
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Revision, func() ([]dnsserver.Zone, error) { return s.serve(st) })
		return err
	})
	return zones, err
}

// settle forgets what zones showed before changes that are done by now.
func (s *Service) settle() error {
	late := false
	now := s.now()
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			late = late || z.Before != nil && !now.Before(z.Until)
		}
		return nil
	})
	if err != nil || !late {
		return err
	}
	return s.update(func(st *State) error {
		for _, z := range st.Zones {
			if z.Before != nil && !now.Before(z.Until) {
				z.Before = nil
			}
		}
		return nil
	})
}

func (s *Service) serve(st *State) ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	delegated := map[string]bool{}
	for _, z := range st.Zones {
		if !z.public() || delegated[z.DNSName] {
			continue
		}
		delegated[z.DNSName] = true
		var records []miekg.RR
		for _, set := range z.shown(s.now()) {
			for _, data := range set.answered() {
				rr, err := miekg.NewRR(fmt.Sprintf("%s %d IN %s", set.Name, set.TTL, data))
				if err != nil || rr == nil {
					return nil, fmt.Errorf("zone %s of the simulated %s: %s %s: %w", z.DNSName, title, set.Name, data, err)
				}
				records = append(records, rr)
			}
		}
		zones = append(zones, dnsserver.Zone{Apex: z.DNSName, NameServers: z.NameServers, Records: records})
	}
	return zones, nil
}

// answered returns types and data with which the name servers answer. Of a routing policy it is the
// first item.
func (r *RecordSet) answered() []string {
	var lines []string
	switch {
	case r.Type == "ALIAS":
		return []string{"A " + aliasAddress}
	case r.RoutingPolicy != nil:
		var policy struct {
			WRR, Geo struct {
				Items []struct{ Rrdatas []string }
			}
		}
		if json.Unmarshal(r.RoutingPolicy, &policy) == nil {
			for _, item := range append(policy.WRR.Items, policy.Geo.Items...) {
				for _, data := range item.Rrdatas {
					return []string{r.Type + " " + data}
				}
			}
		}
		return nil
	}
	for _, data := range r.Rrdatas {
		lines = append(lines, strings.TrimSpace(r.Type+" "+data))
	}
	return lines
}
