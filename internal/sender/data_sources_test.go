package sender_test

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

func TestSenderDomains(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	looked := time.Unix(1700000000, 0)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Valid, d.ValidatedAt, d.Default = true, &looked, true }))
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.ID, d.Subdomain, d.ValidatedAt = 45000008, "em1", &looked }))
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.ID, d.Domain = 45000009, "an.example.com" }))
	item := func(id, domain, subdomain, status string, isDefault bool) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": knownvalue.StringExact(id), "domain": knownvalue.StringExact(domain), "subdomain": knownvalue.StringExact(subdomain),
			"valid": knownvalue.Bool(status == "verified"), "status": knownvalue.StringExact(status), "default": knownvalue.Bool(isDefault),
		})
	}
	other := item("sendgrid/45000009", "an.example.com", "em7", "unverified", false)
	first := item("sendgrid/45000008", "example.com", "em1", "failed", false)
	second := item("sendgrid/45000007", "example.com", "em7", "verified", true)
	step := func(options string, want ...knownvalue.Check) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider() + fmt.Sprintf("\ndata \"postmaster_sender_domains\" \"all\" {\n  %s\n}\n", options),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.postmaster_sender_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact(want)),
			},
		}
	}
	w.Run(t,
		step(``, other, first, second),
		step("service = \"sendgrid\"\n  domain = \"EXAMPLE.com\"", first, second), // but not what merely ends in it
		step(`domain = "example.org"`),
	)
}

// One row that cannot be read takes neither the list nor the other domains with it.
func TestSenderDomainsWithOneThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const good = `{"id":45000007,"user_id":7770001,"username":"sandbox","subdomain":"em","domain":"example.com","ips":[],"valid":true,"automatic_security":true,
		"last_validation_attempt_at":"yesterday","dns":{}}`
	w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{
		Path: "/v3/whitelabel/domains", Kind: fault.Status, Status: 200, Body: `[{"id":"fifty","domain":"example.org"},` + good + `]`,
	}}})
	all := tfjsonpath.New("domains")
	w.Run(t, resource.TestStep{
		Config: w.Provider() + "\ndata \"postmaster_sender_domains\" \"all\" {\n  service = \"sendgrid\"\n}\n" +
			"resource \"postmaster_domain_verification\" \"v\" {\n  domain_id = \"sendgrid/45000007\"\n  required  = false\n  timeouts  = { create = \"1s\" }\n}\n",
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.postmaster_sender_domains.all", all, knownvalue.ListSizeExact(1)),
			statecheck.ExpectKnownValue("data.postmaster_sender_domains.all", all.AtSliceIndex(0).AtMapKey("id"), knownvalue.StringExact("sendgrid/45000007")),
		},
	})
}
