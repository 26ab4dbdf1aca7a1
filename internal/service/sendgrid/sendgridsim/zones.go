package sendgridsim

import (
	"fmt"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// targetsZone is the zone to which customers' records point.
const targetsZone = "sendgrid.net"

// Addresses (RFC 5737) of the simulated mail servers.
const (
	inbound  = "192.0.2.60"
	outbound = "192.0.2.64/28"
)

type servedZone struct {
	once  sync.Once
	zones []dnsserver.Zone
	err   error
}

// Zones implements [dnsserver.Source]: the zone sendgrid.net, with the targets of customers'
// records. It never changes.
func (s *Service) Zones() ([]dnsserver.Zone, error) {
	s.served.once.Do(func() { s.served.zones, s.served.err = zones() })
	return s.served.zones, s.served.err
}

func zones() ([]dnsserver.Zone, error) {
	spf := `"v=spf1 ip4:` + outbound + ` ~all"`
	lines := []string{
		targetsZone + ". 3600 IN TXT " + spf,
		mailHost + ". 3600 IN A " + inbound,
	}
	for _, u := range users {
		for _, region := range []string{regionGlobal, regionEU} {
			target := u.target(region)
			lines = append(lines,
				target+". 3600 IN MX "+preference+" "+mailHost+".",
				target+". 3600 IN TXT "+spf,
				// Whatever selector a customer asks for.
				"*.domainkey."+target+". 3600 IN TXT "+mailrecord.QuoteTXT("k=rsa; t=s; p="+publicKey(target)),
			)
		}
	}
	zone := dnsserver.Zone{Apex: targetsZone, NameServers: []string{"ns1." + targetsZone, "ns2." + targetsZone}}
	for _, line := range lines {
		rr, err := miekg.NewRR(line)
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated SendGrid: %w", targetsZone, err)
		}
		zone.Records = append(zone.Records, rr)
	}
	return []dnsserver.Zone{zone}, nil
}
