package octethsim

import (
	"fmt"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// targetsZone is the zone to which the records of sender domains lead.
const targetsZone = "octeth.example"

// platform is the address (RFC 5737) of the simulated platform.
const platform = "192.0.2.96"

// Zones implements [dnsserver.Source]: the zone of the platform, with the targets of the records of
// sender domains. It never changes.
func (s *Service) Zones() ([]dnsserver.Zone, error) { return targets() }

var targets = sync.OnceValues(func() ([]dnsserver.Zone, error) {
	zone := dnsserver.Zone{Apex: targetsZone, NameServers: []string{"ns1." + targetsZone, "ns2." + targetsZone}}
	for _, line := range []string{
		returnPathHost + " 3600 IN MX 10 mail." + targetsZone + ".",
		returnPathHost + ` 3600 IN TXT "v=spf1 ip4:` + platform + ` -all"`,
		"mail." + targetsZone + ". 3600 IN A " + platform,
		trackingHost + " 3600 IN A " + platform,
		keyHost + " 3600 IN TXT " + mailrecord.QuoteTXT("v=DKIM1; k=rsa; p="+simulation.PublicKey("octeth")),
		policyHost + ` 3600 IN TXT "v=DMARC1; p=none"`,
	} {
		rr, err := miekg.NewRR(line)
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated Octeth: %w", targetsZone, err)
		}
		zone.Records = append(zone.Records, rr)
	}
	return []dnsserver.Zone{zone}, nil
})
