package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// preexistingRecords are wanted records that somebody has published by hand.
func preexistingRecords(apex string) (config string, records []dns.Record) {
	return `mx = { name = "` + apex + `", type = "MX", value = "mx.mailer.example", priority = 10 }
    a  = { name = "app.` + apex + `", type = "A", value = "192.0.2.7" }
    c  = { name = "em.` + apex + `", type = "CNAME", value = "u1.mailer.example" }
    d  = { name = "_dmarc.` + apex + `", type = "TXT", value = "v=DMARC1; p=none" }`,
		[]dns.Record{
			testkit.MXRecordOf(apex, 10, "mx.mailer.example"), testkit.DNSRecordOf("app."+apex, "A", "192.0.2.7"),
			testkit.DNSRecordOf("em."+apex, "CNAME", "u1.mailer.example"), testkit.DNSRecordOf("_dmarc."+apex, "TXT", "v=DMARC1; p=none"),
		}
}

// What was in the zone word for word is named in the plan, used, and left at destroy.
func TestWhatWasThereBeforeStays(t *testing.T) {
	for apex, host := range hostedDomains {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, host, apex)
			config, records := preexistingRecords(apex)
			zone.Add(t, records...)
			holds := resource.ComposeTestCheckFunc(
				zone.Holds(t, apex, "MX", "mx.mailer.example"), zone.Holds(t, "app."+apex, "A", "192.0.2.7"),
				zone.Holds(t, "em."+apex, "CNAME", "u1.mailer.example"), zone.Holds(t, "_dmarc."+apex, "TXT", "v=DMARC1; p=none"),
			)
			authorization := w.Provider() + world.AuthorizationAt(host, apex)
			w.Run(t,
				resource.TestStep{Config: authorization},
				resource.TestStep{
					Config: authorization + world.RecordsConfig("r", config, "ttl = 1200\n  "+noWait),
					Check: resource.ComposeTestCheckFunc(
						w.Warns("plan", "is there already (and 3 more)", "192.0.2.7", "adopt_existing = true"),
						resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "4"), holds,
					),
					ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				},
				resource.TestStep{
					PreConfig: w.Forget, Config: authorization,
					Check: resource.ComposeTestCheckFunc(holds, w.Warns("apply", "is left in place", "192.0.2.7")),
				},
				// Taken over, it goes at destroy.
				resource.TestStep{Config: authorization + world.RecordsConfig("r", config, noWait)},
				resource.TestStep{
					Config: authorization + world.RecordsConfig("r", config, "adopt_existing = true\n  "+noWait),
					Check:  resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "0"),
				},
				resource.TestStep{Config: authorization, Check: resource.ComposeTestCheckFunc(
					zone.Holds(t, apex, "MX"), zone.Holds(t, "app."+apex, "A"), zone.Holds(t, "em."+apex, "CNAME"), zone.Holds(t, "_dmarc."+apex, "TXT"),
				)},
			)
		})
	}
}

// What was there before is somebody else's: another value is a conflict with it.
func TestWhatWasThereBeforeIsNotChanged(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	zone.Add(t, testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=none"), testkit.DNSRecordOf("note.example.com", "TXT", "theirs"))
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	theirs := `note = { name = "note.example.com", type = "TXT", value = "theirs" }`
	ours := `note = { name = "note.example.com", type = "TXT", value = "ours" }`
	w.Run(t,
		resource.TestStep{Config: authorization + world.RecordsConfig("r", "d = "+dmarcNone+"\n"+theirs, noWait)},
		resource.TestStep{Config: authorization + world.RecordsConfig("r", "d = "+dmarcReject, noWait), PlanOnly: true, ExpectError: world.Saying("DNS record in the way")},
		resource.TestStep{
			Config:           authorization + world.RecordsConfig("r", "d = "+dmarcReject+"\n"+ours, "overwrite = true\n  "+noWait),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{expectDisplaced("postmaster_dns_records.r", testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=none"))}},
			Check: resource.ComposeTestCheckFunc(
				zone.Holds(t, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject"), zone.Holds(t, "note.example.com", "TXT", "theirs", "ours"),
			),
		},
	)
}

// A run that was killed after it wrote leaves records that Cloudflare's comment shows to
// be ours.
func TestTheCommentTellsOursFromOthers(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	killed := testkit.DNSRecordOf("app.example.com", "A", "192.0.2.7")
	killed.Comment = dns.CommentOf([]dns.Wanted{{Key: "a", Record: testkit.DNSRecordOf("app.example.com", "A", "192.0.2.7")}})
	zone.Add(t, killed)
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{
			Config: authorization + world.RecordsConfig("r", `a = { name = "app.example.com", type = "A", value = "192.0.2.7" }`, noWait),
			Check:  resource.ComposeTestCheckFunc(w.WarnsOfNothing, resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "0")),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "app.example.com", "A")},
	)
}

// An object that is replaced removes what its successor does not want, although Terraform
// does not pass on what is remembered of it; what was there before stays, and the rest is
// never away.
func TestReplacedRecords(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "godaddy", "example.net")
	zone.Add(t, testkit.DNSRecordOf("old.example.net", "TXT", "theirs"))
	authorization := w.Provider() + world.AuthorizationAt("godaddy", "example.net")
	const a, b, c = `a = { name = "a.example.net", type = "TXT", value = "one" }
    `, `b = { name = "b.example.net", type = "TXT", value = "two" }
    `, `c = { name = "old.example.net", type = "TXT", value = "theirs" }
    `
	w.Run(t,
		resource.TestStep{Config: authorization + world.RecordsConfig("r", a+b+c, noWait)},
		resource.TestStep{
			Config: authorization + world.RecordsConfig("r", a, noWait), Taint: []string{"postmaster_dns_records.r"},
			Check: resource.ComposeTestCheckFunc(
				zone.Holds(t, "a.example.net", "TXT", "one"), zone.Holds(t, "b.example.net", "TXT"), zone.Holds(t, "old.example.net", "TXT", "theirs"),
				resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "0"),
			),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "a.example.net", "TXT")},
	)
}

// A resource that is replaced or renamed hands its records to its successor: they are never
// away, count as published here, and go with the last of them.
func TestSuccessorsTakeRecordsOver(t *testing.T) {
	for apex, host := range hostedDomains {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, host, apex)
			authorization := w.Provider() + world.AuthorizationAt(host, apex)
			config := func(key, trigger string) string {
				return authorization + `
resource "terraform_data" "trigger" {
  input = "` + trigger + `"
}
resource "postmaster_dns_records" "` + key + `" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  wait_for_propagation = false
  records = {
    x   = { name = "x.` + apex + `", type = "TXT", value = "ours" }
    mx  = { name = "` + apex + `", type = "MX", value = "mx.mailer.example", priority = 10 }
    spf = { name = "` + apex + `", type = "TXT", value = "v=spf1 include:spf.mailer.example -all" }
  }
  lifecycle {
    replace_triggered_by = [terraform_data.trigger]
  }
}
`
			}
			there := resource.ComposeTestCheckFunc(
				zone.Holds(t, "x."+apex, "TXT", "ours"), zone.Holds(t, apex, "MX", "mx.mailer.example"), zone.Holds(t, apex, "TXT", "v=spf1 include:spf.mailer.example -all"),
			)
			settled := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
			w.Run(t,
				resource.TestStep{Config: config("one", "a"), Check: there},
				resource.TestStep{Config: config("one", "b"), ConfigPlanChecks: settled, Check: resource.ComposeTestCheckFunc(there, resource.TestCheckResourceAttr("postmaster_dns_records.one", "preexisting.#", "0"))},
				resource.TestStep{Config: config("two", "b"), ConfigPlanChecks: settled, Check: resource.ComposeTestCheckFunc(there, resource.TestCheckResourceAttr("postmaster_dns_records.two", "preexisting.#", "0"))},
				resource.TestStep{Config: authorization, Check: resource.ComposeTestCheckFunc(zone.Holds(t, "x."+apex, "TXT"), zone.Holds(t, apex, "MX"), zone.Holds(t, apex, "TXT"))},
			)
		})
	}
}

// Two resources that have swapped their SPF mechanisms own what they want now: replacing one
// takes nothing away from the other.
func TestSwappedMechanismsChangeHands(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	spf := func(mechanism string) string {
		return `spf = { name = "example.com", type = "TXT", value = "v=spf1 ` + mechanism + ` -all" }`
	}
	holds := func(*terraform.State) error {
		for _, r := range zone.Read(t).Records {
			if r.Name == "example.com" && r.Type == "TXT" && strings.Contains(r.Value, "ip4:192.0.2.1") && strings.Contains(r.Value, "ip4:192.0.2.2") {
				return nil
			}
		}
		return fmt.Errorf("the zone lacks a mechanism: %v", zone.Read(t).Records)
	}
	swapped := func(trigger string) string {
		return authorization + `
resource "terraform_data" "trigger" {
  input = "` + trigger + `"
}
` + world.RecordsConfig("r", spf("ip4:192.0.2.2"), noWait) + world.RecordsConfig("s", spf("ip4:192.0.2.1"), noWait+"\n  lifecycle {\n    replace_triggered_by = [terraform_data.trigger]\n  }")
	}
	w.Run(t,
		resource.TestStep{Config: authorization + world.RecordsConfig("r", spf("ip4:192.0.2.1"), noWait) + world.RecordsConfig("s", spf("ip4:192.0.2.2"), noWait), Check: holds},
		resource.TestStep{Config: swapped("a"), Check: holds},
		resource.TestStep{Config: swapped("b"), Check: holds},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "example.com", "TXT")},
	)
}
