package zone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// hostedDomains are those of the sandbox's world, one at each host.
var hostedDomains = map[string]string{
	"example.com":  "cloudflare",
	"example.org":  "namecheap",
	"example.net":  "godaddy",
	"corp.example": "rfc2136",
}

func TestDNSRecordsLifecycle(t *testing.T) {
	for domain, host := range hostedDomains {
		t.Run(host, func(t *testing.T) {
			provider, _ := world.SandboxProvider(t)
			authorization := provider + fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain = %q
}
`, domain)
			config := func(dkim, more string) string {
				return authorization + fmt.Sprintf(`
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  ttl                  = 3600
  records = {
    dkim  = { name = "mail._domainkey.%[1]s", type = "TXT", value = %[2]q }
    dmarc = { name = "_dmarc.%[1]s.", type = "TXT", value = "v=DMARC1; p=none" }
    spf   = { name = %[1]q, type = "TXT", value = "v=spf1 a:mail.example.com ~all" }
    %[3]s
  }
}
`, domain, dkim, more)
			}
			const address = "postmaster_dns_records.r"
			key := "v=DKIM1; k=rsa; p=" + world.PublishedElsewhere
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{
					{
						Config: config(key, ""),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
							plancheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("dmarc").AtMapKey("value"), knownvalue.StringExact("v=DMARC1; p=none")),
						}},
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("dns_provider"), knownvalue.StringExact(host)),
							statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("delegated"), knownvalue.Bool(true)),
							statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("id"), knownvalue.StringExact(host+"/"+domain)),
							statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact(domain)),
							statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("spf").AtMapKey("value"), knownvalue.StringExact("v=spf1 a:mail.example.com ~all")),
							statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("dkim").AtMapKey("ttl"), knownvalue.Int64Exact(3600)),
						},
					},
					{Config: config(key, ""), ConfigPlanChecks: world.EmptyPlan},
					{
						Config: config(key, fmt.Sprintf(`mx = { name = %q, type = "MX", value = "mail.example.com", priority = 10 }`, domain)),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
							plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						}},
					},
					{
						ResourceName: address, ImportState: true,
						ImportStateId: host + "/" + domain + "#" + fmt.Sprintf(
							`{"dkim":{"name":"mail._domainkey.%[1]s","type":"TXT","value":%[2]q},"dmarc":{"name":"_dmarc.%[1]s.","type":"TXT","value":"v=DMARC1; p=none","priority":null},`+
								`"spf":{"name":%[1]q,"type":"TXT","value":"v=spf1 a:mail.example.com ~all"},"mx":{"name":%[1]q,"type":"MX","value":"mail.example.com","priority":10}}`, domain, key),
						ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "dns_authorization_id",
						ImportStateVerifyIgnore: []string{"id", "ttl"},
					},
					{Config: config(key, ""), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
					{Config: authorization, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				},
			})
		})
	}
}
