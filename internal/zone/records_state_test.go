package zone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const importedDomain = `
resource "postmaster_mail_domain" "d" {
  domain        = "example.com"
  mx_hostname   = "mail.example.com"
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}
`

// Records that are in the zone are imported by what asks for them, and plan
// nothing. They are taken over: in an SPF record, what the import did not name stays.
func TestImportOfRecords(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	const spf = "v=spf1 a:mail.example.com ip4:192.0.2.1 -all"
	zone.Add(t, testkit.MXRecordOf("example.com", 10, "mail.example.com"), testkit.DNSRecordOf("example.com", "TXT", spf))
	source := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + importedDomain
	imported := source + `
import {
  to = postmaster_dns_records.r
  id = "${postmaster_dns_authorization.a.id}#${jsonencode(postmaster_mail_domain.d.dns_records)}"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_mail_domain.d.dns_records
}
`
	const address = "postmaster_dns_records.r"
	w.Run(t,
		resource.TestStep{Config: source},
		resource.TestStep{
			Config: imported,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("spf").AtMapKey("value"), knownvalue.StringExact(spf)),
			},
		},
		resource.TestStep{
			Config: source,
			Check: resource.ComposeTestCheckFunc(
				zone.Holds(t, "example.com", "MX"),
				zone.Holds(t, "example.com", "TXT", "v=spf1 ip4:192.0.2.1 -all"),
			),
		},
	)
}

// A TTL that the records have is no change after an import; another one is.
func TestImportOfRecordsWithTTL(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	policy := testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=none")
	policy.TTL = 3600
	zone.Add(t, policy)
	config := func(ttl int) string {
		return w.Provider() + fmt.Sprintf(`
import {
  to = postmaster_dns_records.r
  id = "cloudflare/example.com#${jsonencode({ dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" } })}"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = "cloudflare/example.com"
  ttl                  = %d
  records = {
    dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }
  }
}
`, ttl)
	}
	const address = "postmaster_dns_records.r"
	w.Run(t,
		resource.TestStep{Config: config(3600), ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}},
		resource.TestStep{
			Config:           config(600),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("dmarc").AtMapKey("ttl"), knownvalue.Int64Exact(600)),
			},
		},
	)
}

func TestImportsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
		world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, "")
	const note = `{"note":{"name":"other.example.com","type":"TXT","value":"ours"}}`
	steps := []resource.TestStep{{Config: config}}
	for id, want := range map[string]string{
		"cloudflare/example.com":                      "jsonencode(postmaster_sender_domain.NAME.dns_records)",
		"nobody/example.com#" + note:                  "the hosts are " + hostNames(),
		"cloudflare/example.com#[]":                   "it is not the JSON of a map of records",
		"cloudflare/example.com#{}":                   "it names no records",
		`cloudflare/example.com#{"note":{}}`:          `record "note": `,
		"cloudflare/example.com#" + note:              "Not all records are in the zone",
		"godaddy/example.com#" + note:                 "Unable to find the zone",
		"cloudflare/example.com/shop.example#" + note: "Unable to find the zone",
	} {
		steps = append(steps, resource.TestStep{ResourceName: "postmaster_dns_records.r", ImportState: true, ImportStateId: id, ExpectError: world.Saying(want)})
	}
	w.Run(t, steps...)
}

// Records that do not arrive are a warning, and are in the state.
func TestRecordsThatDoNotArrive(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.PutZone(t, "example.com", "@ NS ns1.elsewhere.example.") // which is served in place of the host's
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.RecordsConfig("r", `
    note = { name = "note.example.com", type = "TXT", value = "ours" }`, "timeouts = { create = \"1s\" }")
	w.Run(t,
		resource.TestStep{
			Config: config,
			Check: w.Warns("apply", `AttributeName("records")`, "Records have not arrived yet", "after 1s",
				"note.example.com", "not yet at", "ns.cloudflare.com"),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Where port 53 is closed that is said at once, and is no reason to wait.
func TestNameServersOutOfReach(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]func(server string) bool{
		"all": func(string) bool { return true },
		"one": func(server string) bool { return server == "ns1.nameserver.example" },
	} {
		t.Run(name, func(t *testing.T) {
			w := world.New(t)
			resolver, err := w.Box.DNSAddr()
			if err != nil {
				t.Fatal(err)
			}
			closed := testkit.SilentAddress(t)
			w.Adjust = func(s *kit.Run) {
				s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{resolver}, AuthorityAddr: func(server string) (string, bool) {
					if silent(strings.TrimSuffix(server, ".")) {
						return closed, true
					}
					return resolver, true
				}}))
			}
			config := w.Provider() + world.AuthorizationAt("rfc2136", "corp.example") +
				world.RecordsConfig("r", `note = { name = "note.corp.example", type = "TXT", value = "ours" }`, "")
			want := map[string][]string{
				"all": {"Unable to see whether the records have arrived", "ns1.nameserver.example"},
				"one": {"A name server does not answer", "corp.example", "ns1.nameserver.example"},
			}
			start := time.Now()
			w.Run(t,
				resource.TestStep{Config: config, Check: resource.ComposeTestCheckFunc(
					w.Warns("apply", want[name]...),
					func(*terraform.State) error {
						if took := time.Since(start); took > time.Minute {
							return fmt.Errorf("the apply took %s", took)
						}
						return nil
					},
				)},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// A change of flags alone writes nothing, and a plan without changes says nothing.
func TestFlagsAlone(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := func(more string) string {
		return w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
			world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, more)
	}
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    config("overwrite = true\n  wait_for_propagation = false"),
			Check:     resource.ComposeTestCheckFunc(w.WarnsOfNothing, writesNothing(w)),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config("overwrite = true\n  wait_for_propagation = false"), Check: writesNothing(w)},
	)
}

// writesNothing checks that nobody wrote to a zone by HTTP.
func writesNothing(w *world.World) resource.TestCheckFunc {
	return func(*terraform.State) error {
		calls := w.CallsSoFar()
		for _, call := range calls {
			if !strings.Contains(call, " GET ") {
				return fmt.Errorf("of the calls %q, one writes", calls)
			}
		}
		return nil
	}
}

// The wish for one record a key: what two keys ask for alike is there once, and
// goes when neither asks any more.
func TestTwoKeysOneRecord(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	const one = `one = { name = "note.example.com", type = "TXT", value = "ours" }`
	const two = `two = { name = "Note.example.com.", type = "TXT", value = "ours" }`
	w.Run(t,
		resource.TestStep{Config: authorization + world.RecordsConfig("r", one+"\n    "+two, ""), Check: zone.Holds(t, "note.example.com", "TXT", "ours")},
		resource.TestStep{Config: authorization + world.RecordsConfig("r", one+"\n    "+two, ""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: authorization + world.RecordsConfig("r", two, ""), Check: zone.Holds(t, "note.example.com", "TXT", "ours")},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "note.example.com", "TXT")},
	)
}
