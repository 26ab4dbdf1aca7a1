package zone_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A run was killed after it had created the SPF record with a mechanism less, and before it deleted
// the old one. What the refresh shows is not what the configuration wants, so the next run completes
// the change. Also if the change is given up.
func TestAnInterruptedSPFChangeIsPlannedAgain(t *testing.T) {
	const domain, both, less = "example.net", "v=spf1 mx ip4:203.0.113.1 ip4:203.0.113.2 -all", "v=spf1 mx ip4:203.0.113.2 -all"
	spf := func(mechanisms string) string {
		return `spf = { name = "` + domain + `", type = "TXT", value = "v=spf1 ` + mechanisms + ` ~all" }`
	}
	for name, c := range map[string]struct{ records, want string }{
		"the same again": {spf("ip4:203.0.113.2"), less},
		"given up":       {spf("ip4:203.0.113.1 ip4:203.0.113.2"), both},
		"all goes":       {"", "v=spf1 mx -all"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, "godaddy", domain)
			zone.Add(t, testkit.DNSRecordOf(domain, "TXT", "v=spf1 mx -all"))
			authorization := w.Provider() + world.AuthorizationAt("godaddy", domain)
			w.Run(t,
				resource.TestStep{Config: authorization + world.RecordsConfig("r", spf("ip4:203.0.113.1 ip4:203.0.113.2"), noWait), Check: zone.Holds(t, domain, "TXT", both)},
				resource.TestStep{
					PreConfig: func() { zone.Add(t, testkit.DNSRecordOf(domain, "TXT", less)) },
					Config:    authorization + world.RecordsConfig("r", c.records, noWait),
					Check:     zone.Holds(t, domain, "TXT", c.want),
				},
			)
		})
	}
}
