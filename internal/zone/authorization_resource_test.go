package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain that moves to another DNS host is warned of, and nothing is replaced.
func TestDomainMovesToAnotherHost(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
		world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, "")
	delegated := func(want bool) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("delegated"), knownvalue.Bool(want))}
	}
	w.Run(t,
		resource.TestStep{Config: config, ConfigStateChecks: delegated(true)},
		resource.TestStep{
			PreConfig: func() {
				w.Forget()
				w.PutZone(t, "example.com", "@ NS dns1.registrar-servers.com.", "@ NS dns2.registrar-servers.com.")
			},
			Config: config, ConfigPlanChecks: world.EmptyPlan, ConfigStateChecks: delegated(false),
			Check: w.Warns("read", "The zone is not delegated to this DNS host", "dns1.registrar-servers.com", "Namecheap", "change dns_provider"),
		},
		resource.TestStep{ // it has left the account as well
			PreConfig: func() {
				w.Forget()
				w.EditCloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) { z.Name = "gone.example" })
			},
			Config: config, ConfigPlanChecks: world.EmptyPlan,
			Check: w.Warns("read", "The zone is not in the account any more"),
		},
	)
}

// A zone that nobody delegates to yet works, with a warning.
func TestZoneThatIsNotDelegatedYet(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.EditCloudflareZone(t, "new.example", func(z *cloudflaresim.Zone) { z.Status = "pending" })
	config := w.Provider() + world.AuthorizationAt("cloudflare", "new.example") +
		world.RecordsConfig("r", `note = { name = "note.new.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("delegated"), knownvalue.Bool(false)),
			},
			Check: resource.ComposeTestCheckFunc(
				w.Warns("apply", "The zone needs attention", "pending"),
				w.Warns("apply", "The zone is not delegated", "ns.cloudflare.com"),
			),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

func TestHostsThatAreNotFound(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.PutZone(t, "route.example", "@ NS ns1.desec.io.", "@ NS ns2.desec.io.")
	if err := w.Box.AddZones(map[string]string{"other.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	config := func(domain string) string {
		return w.Provider() + fmt.Sprintf("resource \"postmaster_dns_authorization\" \"a\" {\n  domain = %q\n}\n", domain)
	}
	w.Run(t,
		resource.TestStep{Config: config("route.example"), ExpectError: world.Saying("deSEC")},
		resource.TestStep{Config: config("nowhere.example"), ExpectError: world.Saying("Unable to find the DNS host")},
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("godaddy", "example.com"), ExpectError: world.Saying("Unable to find the zone")},
		resource.TestStep{
			Config:      strings.Replace(w.Provider()+world.AuthorizationAt("cloudflare", "example.com"), "dns_provider", "zone = \"other.example\"\n  dns_provider", 1),
			ExpectError: world.Saying("example.com is not in the zone other.example"),
		},
	)
}

// The deepest zone of the account holds the domain, unless another one is named.
func TestZoneOfADomain(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"sub.example.com": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	config := func(more string) string {
		return w.Provider() + strings.Replace(world.AuthorizationAt("cloudflare", "mail.sub.example.com"), "domain ", more+"\n  domain ", 1)
	}
	const address = "postmaster_dns_authorization.a"
	zone := func(apex, id string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact(apex)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(id)),
		}
	}
	w.Run(t,
		resource.TestStep{Config: config(""), ConfigStateChecks: zone("sub.example.com", "cloudflare/mail.sub.example.com")},
		resource.TestStep{Config: config(`zone = "SUB.example.com."`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			Config: config(`zone = "example.com"`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate),
			}},
			ConfigStateChecks: zone("example.com", "cloudflare/mail.sub.example.com/example.com"),
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "cloudflare/mail.sub.example.com/example.com", ImportStateVerify: true,
		},
	)
}

// What lives in one sandbox is not looked for in another.
func TestDNSObjectsStayInTheirSandbox(t *testing.T) {
	one, other := world.New(t), world.New(t)
	objects := world.AuthorizationAt("cloudflare", "example.com") +
		world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: one.Provider() + objects},
			{Config: other.Provider() + objects, ExpectError: world.Saying("This object lives in another sandbox")},
			{Config: one.RealProvider(t, "cloudflare = { api_token = \"any\" }") + objects, ExpectError: world.Saying("This object lives in the sandbox")},
			{Config: one.Provider() + objects, ConfigPlanChecks: world.EmptyPlan},
		},
	})
}

func TestDNSProviderDataSource(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.PutZone(t, "route.example", "@ NS ns2.desec.io.", "@ NS ns1.desec.io.")
	const address = "data.postmaster_dns_provider.p"
	config := func(domain string) string {
		return w.Provider() + fmt.Sprintf("data \"postmaster_dns_provider\" \"p\" {\n  domain = %q\n}\n", domain)
	}
	found := func(name, zone string, supported bool) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact(name)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact(zone)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("supported"), knownvalue.Bool(supported)),
		}
	}
	w.Run(t,
		resource.TestStep{Config: config("Deep.Down.Example.COM."), ConfigStateChecks: found("cloudflare", "example.com", true)},
		resource.TestStep{Config: config("example.org"), ConfigStateChecks: found("namecheap", "example.org", true)},
		resource.TestStep{
			Config: config("route.example"),
			ConfigStateChecks: append(found("desec", "route.example", false),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("name_servers"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.StringExact("ns1.desec.io"), knownvalue.StringExact("ns2.desec.io"),
				}))),
		},
		resource.TestStep{Config: config("nowhere.example"), ExpectError: world.Saying("Unable to find the DNS host")},
	)
}
