package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// plansUpdate expects that of all that a person sets on a resource just the
// differences are planned: by attribute, or by key of records, "before => after"
// in JSON.
type plansUpdate struct {
	address     string
	differences map[string]string
}

func (p plansUpdate) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	got := map[string]string{}
	for _, change := range req.Plan.ResourceChanges {
		if change.Address != p.address {
			continue
		}
		before, okBefore := change.Change.Before.(map[string]any)
		after, okAfter := change.Change.After.(map[string]any)
		if !okBefore || !okAfter {
			resp.Error = fmt.Errorf("%s is planned from %v to %v", p.address, change.Change.Before, change.Change.After)
			return
		}
		differ(got, "", before, after, "published", "records")
		recordsBefore, _ := before["records"].(map[string]any)
		recordsAfter, _ := after["records"].(map[string]any)
		differ(got, "records.", recordsBefore, recordsAfter)
	}
	if fmt.Sprint(got) != fmt.Sprint(p.differences) {
		resp.Error = fmt.Errorf("the plan for %s has the differences %v, not %v", p.address, got, p.differences)
	}
}

// differ notes what differs between two maps but for some keys.
func differ(into map[string]string, prefix string, before, after map[string]any, without ...string) {
	keys := map[string]bool{}
	for key := range before {
		keys[key] = true
	}
	for key := range after {
		keys[key] = true
	}
	for _, key := range without {
		delete(keys, key)
	}
	for key := range keys {
		old, had := before[key]
		fresh, has := after[key]
		if a, b := asJSON(old), asJSON(fresh); had != has || a != b {
			into[prefix+key] = a + " => " + b
		}
	}
}

// asJSON shows a record by its value, anything else as it is.
func asJSON(v any) string {
	if record, ok := v.(map[string]any); ok {
		v = record["value"]
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestDrift(t *testing.T) {
	t.Parallel()
	for _, host := range []struct{ name, domain string }{{"cloudflare", "example.com"}, {"rfc2136", "corp.example"}} {
		t.Run(host.name, func(t *testing.T) {
			w := newDNSWorld(t)
			zone := w.stranger(t, host.name, host.domain)
			const key = "v=DKIM1; k=rsa; p=" + publishedElsewhere
			dkim, dmarc, note := "mail._domainkey."+host.domain, "_dmarc."+host.domain, "note."+host.domain
			authorization := w.provider() + authorizationAt(host.name, host.domain)
			config := authorization + recordsConfig("r", fmt.Sprintf(`
    dkim  = { name = %q, type = "TXT", value = %q }
    dmarc = { name = %q, type = "TXT", value = "v=DMARC1; p=none" }
    note  = { name = %q, type = "TXT", value = "ours" }`, dkim, key, dmarc, note), "ttl = 3600")
			const address = "postmaster_dns_records.r"
			mends := func(drift func(), differences map[string]string) resource.TestStep {
				return resource.TestStep{
					PreConfig: drift,
					Config:    config,
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), plansUpdate{address, differences}},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					Check: resource.ComposeTestCheckFunc(
						zone.Holds(t, dkim, "TXT", key), zone.Holds(t, dmarc, "TXT", "v=DMARC1; p=none"), zone.Holds(t, note, "TXT", "ours")),
				}
			}
			w.Run(t,
				resource.TestStep{Config: config},
				mends(func() { zone.change(t, dmarc, "TXT", func(r *dns.Record) { r.Value = "v=DMARC1; p=reject" }) },
					map[string]string{"records.dmarc": `"v=DMARC1; p=reject" => "v=DMARC1; p=none"`}),
				mends(func() { zone.remove(t, dkim, "TXT") },
					map[string]string{"records.dkim": `null => "` + key + `"`}),
				mends(func() { zone.change(t, note, "TXT", func(r *dns.Record) { r.TTL = 900 }) },
					map[string]string{"ttl": "900 => 3600"}),
				resource.TestStep{ // what somebody has changed is his when ours goes
					PreConfig: func() {
						w.forget()
						zone.change(t, dmarc, "TXT", func(r *dns.Record) { r.Value = "v=DMARC1; p=reject" })
						zone.remove(t, note, "TXT")
					},
					Config: authorization,
					Check: resource.ComposeTestCheckFunc(
						w.warns("apply", "DNS record left in place", "v=DMARC1; p=none", "somebody has changed it to", "p=reject"),
						zone.Holds(t, dmarc, "TXT", "v=DMARC1; p=reject"), zone.Holds(t, dkim, "TXT"), zone.Holds(t, note, "TXT")),
				},
			)
		})
	}
}

// An SPF record that lost what was merged into it gets that again. The plan shows what
// is missing of ours, and nothing of what others say in the record.
func TestSPFDrift(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	newsletterZone(t, w)
	zone := w.stranger(t, "cloudflare", "example.com")
	zone.add(t, testkit.DNSRecordOf("example.com", "TXT", strangersSPF))
	config := w.provider() + authorizationAt("cloudflare", "example.com") + recordsConfig("r", spfRecord("ip4:203.0.113.1"), "")
	const address = "postmaster_dns_records.r"
	const merged = "v=spf1  include:_spf.newsletter.example   ip4:203.0.113.1 -all"
	w.Run(t,
		resource.TestStep{Config: config, Check: zone.Holds(t, "example.com", "TXT", merged)},
		resource.TestStep{
			PreConfig: func() { zone.change(t, "example.com", "TXT", func(r *dns.Record) { r.Value = strangersSPF }) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plansUpdate{address, map[string]string{
					"records.spf": `"v=spf1 ~all" => "v=spf1 ip4:203.0.113.1 ~all"`,
				}}},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: zone.Holds(t, "example.com", "TXT", merged),
		},
	)
}

// A CNAME that somebody puts behind the host's proxy is not to be seen any more.
func TestProxiedCNAMEIsDrift(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	config := w.provider() + authorizationAt("cloudflare", "example.com") +
		recordsConfig("r", `em = { name = "em.example.com", type = "CNAME", value = "u1.mailer.example" }`, "")
	const address = "postmaster_dns_records.r"
	zone := w.stranger(t, "cloudflare", "example.com")
	isProxied := func(want bool) resource.TestCheckFunc {
		return func(*terraform.State) error {
			if r := zone.only(t, zone.read(t), "em.example.com", "CNAME"); r.Proxied != want {
				return fmt.Errorf("that %s is proxied is %t", r, r.Proxied)
			}
			return nil
		}
	}
	w.Run(t,
		resource.TestStep{Config: config, Check: isProxied(false)},
		resource.TestStep{
			PreConfig: func() {
				w.forget()
				w.cloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) {
					for _, r := range z.Records {
						r.Proxied = r.Type == "CNAME"
					}
				})
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plansUpdate{address, map[string]string{"records.em": `null => "u1.mailer.example"`}}},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: resource.ComposeTestCheckFunc(
				w.warns("read", "behind the host's proxy", "em.example.com"),
				w.warns("plan", "Proxied CNAME"),
				isProxied(false),
			),
		},
	)
}
