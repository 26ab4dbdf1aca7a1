package sendgrid_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const defaultDomainAddress = "data.postmaster_default_authenticated_domain.d"

func defaultDomainConfig(options string) string {
	return fmt.Sprintf("\ndata \"postmaster_default_authenticated_domain\" \"d\" {\n  %s\n}\n", options)
}

// The default domain, in both shapes that SendGrid's answer is known to have.
func TestDefaultAuthenticatedDomain(t *testing.T) {
	t.Parallel()
	validated := time.Unix(1700000000, 0)
	for name, switches := range map[string]map[string]bool{"object": {}, "array": {sendgridsim.SwitchAsDescribed: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.SendGridUnder(t, fault.Conditions{Switches: switches})
			w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) {
				d.Default, d.AutomaticSecurity, d.CustomSPF, d.IPs, d.ValidatedAt = true, false, true, []string{"192.0.2.7"}, &validated
				d.Found, d.Subusers = []string{"mail_server"}, []string{sendgridsim.Subuser}
			}))
			want := map[string]knownvalue.Check{
				"id": knownvalue.StringExact("sendgrid/45000007"), "user_id": knownvalue.Int64Exact(7770001), "username": knownvalue.StringExact("sandbox"),
				"domain": knownvalue.StringExact("example.com"), "subdomain": knownvalue.StringExact("em7"), "region": knownvalue.StringExact("global"),
				"ips":        knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("192.0.2.7")}),
				"custom_spf": knownvalue.Bool(true), "default": knownvalue.Bool(true), "legacy": knownvalue.Bool(false),
				"automatic_security": knownvalue.Bool(false), "valid": knownvalue.Bool(false),
				"subusers":                   knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("newsletter")}),
				"subuser_ids":                knownvalue.MapExact(map[string]knownvalue.Check{"newsletter": knownvalue.Int64Exact(7770002)}),
				"last_validation_attempt_at": knownvalue.StringExact("2023-11-14T22:13:20Z"),
				"dns_records": knownvalue.MapPartial(map[string]knownvalue.Check{
					"mail_server": knownvalue.ObjectExact(map[string]knownvalue.Check{
						"name": knownvalue.StringExact("em7.example.com"), "type": knownvalue.StringExact("MX"), "value": knownvalue.StringExact("mx.sendgrid.net"),
						"priority": knownvalue.Int64Exact(10), "valid": knownvalue.Bool(true),
					}),
					"subdomain_spf": knownvalue.ObjectExact(map[string]knownvalue.Check{
						"name": knownvalue.StringExact("em7.example.com"), "type": knownvalue.StringExact("TXT"), "value": knownvalue.StringExact("v=spf1 ip4:192.0.2.7 -all"),
						"priority": knownvalue.Null(), "valid": knownvalue.Bool(false),
					}),
				}),
			}
			var checks []statecheck.StateCheck
			for attribute, value := range want {
				checks = append(checks, statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New(attribute), value))
			}
			w.Run(t,
				resource.TestStep{Config: w.Provider() + defaultDomainConfig(``), ConfigStateChecks: checks},
				resource.TestStep{
					Config: w.Provider() + defaultDomainConfig(`domain = "Example.COM."`), // as it is written
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("domain"), knownvalue.StringExact("Example.COM.")),
						statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("id"), knownvalue.StringExact("sendgrid/45000007")),
					},
				},
			)
		})
	}
}

// No default is no error; another account's or region's is not this one's.
func TestDefaultAuthenticatedDomainThatIsNone(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Default, d.Region, d.Target = true, "eu", "eu" }))
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.ID, d.Default, d.Owner = 45000008, true, sendgridsim.Subuser }))
	none := func(options string) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider() + defaultDomainConfig(options),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("id"), knownvalue.Null()),
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("default"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("dns_records"), knownvalue.Null()),
			},
		}
	}
	found := func(options, id string) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider() + defaultDomainConfig(options),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("id"), knownvalue.StringExact(id)),
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("default"), knownvalue.Bool(true)),
			},
		}
	}
	w.Run(t,
		none(``),
		none(`domain = "example.com"`),
		none(`on_behalf_of = "shop"`),
		none("region = \"eu\"\n  domain = \"example.org\""),
		found(`region = "eu"`, "sendgrid/45000007"),
		found(`on_behalf_of = "newsletter"`, "sendgrid/newsletter/45000008"),
	)
}

// Several defaults are an error that names them.
func TestDefaultAuthenticatedDomainOfSeveral(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.SendGridUnder(t, fault.Conditions{Switches: map[string]bool{sendgridsim.SwitchAsDescribed: true, sendgridsim.SwitchSeveralDefaults: true}})
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Default = true }))
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.ID, d.Domain, d.Default = 45000008, "example.org", true }))
	w.Run(t,
		resource.TestStep{
			Config:      w.Provider() + defaultDomainConfig(``),
			ExpectError: world.Saying("there are several: 45000007 (em7.example.com of sandbox), 45000008 (em7.example.org of sandbox)"),
		},
		resource.TestStep{
			Config: w.Provider() + defaultDomainConfig(`domain = "example.org"`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("id"), knownvalue.StringExact("sendgrid/45000008")),
			},
		},
	)
}

// An array may have the defaults of other domains than the one that was asked for.
func TestDefaultAuthenticatedDomainInAnArrayOfOthers(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const row = `{"id":%d,"user_id":7770001,"username":"sandbox","subdomain":"em","domain":%q,"ips":[],"default":%t,"dns":{}}`
	w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{
		Path: "/v3/whitelabel/domains/default", Kind: fault.Status, Status: 200,
		Body: "[" + fmt.Sprintf(row, 45000007, "example.com", true) + "," + fmt.Sprintf(row, 45000008, "example.org", true) + "," + fmt.Sprintf(row, 45000009, "example.net", false) + "]",
	}}})
	step := func(domain string, id knownvalue.Check, found bool) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider() + defaultDomainConfig(fmt.Sprintf("domain = %q", domain)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("id"), id),
				statecheck.ExpectKnownValue(defaultDomainAddress, tfjsonpath.New("default"), knownvalue.Bool(found)),
			},
		}
	}
	w.Run(t,
		step("example.org", knownvalue.StringExact("sendgrid/45000008"), true),
		step("example.net", knownvalue.Null(), false),
		step("example.edu", knownvalue.Null(), false),
		resource.TestStep{Config: w.Provider() + defaultDomainConfig(``), ExpectError: world.Saying("there are several")},
	)
}
