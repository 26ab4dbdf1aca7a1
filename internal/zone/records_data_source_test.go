package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What the data source shows of a zone can be imported by its import IDs, without a change.
func TestZoneRecordsAreAdopted(t *testing.T) {
	w := world.NewHasty(t)
	w.Stranger(t, "cloudflare", "example.com").Add(t,
		dns.Record{Name: "example.com", Type: "MX", Value: "aspmx.l.google.com", Priority: 1, TTL: 300},
		dns.Record{Name: "_dmarc.example.com", Type: "TXT", Value: "v=DMARC1; p=none", TTL: 300})
	w.Forget()
	shown := w.Provider() + `
data "postmaster_zone_records" "z" {
  dns_authorization_id = "cloudflare/example.com"
}
`
	set := func(label string) tfjsonpath.Path { return tfjsonpath.New("sets").AtMapKey(label) }
	const z = "data.postmaster_zone_records.z"
	w.Run(t,
		resource.TestStep{
			Config: shown,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(z, tfjsonpath.New("sets"), knownvalue.MapSizeExact(2)),
				statecheck.ExpectKnownValue(z, tfjsonpath.New("complete"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(z, set("mail-mx").AtMapKey("import_id"), knownvalue.StringExact("cloudflare/example.com#mail-mx")),
				statecheck.ExpectKnownValue(z, set("mail-mx").AtMapKey("services"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("Google")})),
				statecheck.ExpectKnownValue(z, set("mail-dmarc").AtMapKey("services"), knownvalue.ListExact(nil)),
			},
		},
		resource.TestStep{
			Config: shown + `
import {
  to = postmaster_dns_records.mx
  id = data.postmaster_zone_records.z.sets["mail-mx"].import_id
}
resource "postmaster_dns_records" "mx" {
  dns_authorization_id = "cloudflare/example.com"
  records              = data.postmaster_zone_records.z.sets["mail-mx"].records
}
import {
  to = postmaster_dns_records.dmarc
  id = "cloudflare/example.com#mail-dmarc"
}
resource "postmaster_dns_records" "dmarc" {
  dns_authorization_id = "cloudflare/example.com"
  records = {
    txt = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none", priority = null }
  }
}
`,
			ConfigPlanChecks: world.PreApply(
				plancheck.ExpectResourceAction("postmaster_dns_records.mx", plancheck.ResourceActionNoop),
				plancheck.ExpectResourceAction("postmaster_dns_records.dmarc", plancheck.ResourceActionNoop)),
			Check: func(*terraform.State) error {
				for _, call := range w.CallsSoFar() {
					if strings.HasPrefix(call, "cloudflare ") && !strings.HasPrefix(call, "cloudflare GET") {
						t.Errorf("the adoption made the call %s", call)
					}
				}
				return nil
			},
		},
		resource.TestStep{
			Config: shown + `
import {
  to = postmaster_dns_records.none
  id = "cloudflare/example.com#mail-bimi"
}
resource "postmaster_dns_records" "none" {
  dns_authorization_id = "cloudflare/example.com"
  records              = {}
}
removed {
  from = postmaster_dns_records.mx
  lifecycle {
    destroy = false
  }
}
removed {
  from = postmaster_dns_records.dmarc
  lifecycle {
    destroy = false
  }
}
`,
			ExpectError: world.Saying("has no records that belong to mail-bimi. It has mail-mx, mail-dmarc."),
		})
}
