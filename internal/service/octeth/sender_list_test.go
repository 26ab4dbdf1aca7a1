package octeth_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Octeth's domains of both kinds, with their status in the words of this provider; of a version
// before 5.9, those of the gateway.
func TestOctethSenderDomains(t *testing.T) {
	t.Parallel()
	w, old := world.NewOcteth(t), world.NewOcteth(t).Older(t, "5.6")
	for _, world := range []*world.Octeth{w, old} {
		world.EditDomains(t, func(st *octethsim.State) {
			add := func(kind, name, status, subdomain string) {
				st.LastID++
				st.Domains = append(st.Domains, octethsim.Domain{
					ID: st.LastID, Kind: kind, User: 1, Name: name, Status: status, Options: octethsim.Options{Subdomain: subdomain},
				})
			}
			add(octethsim.Campaign, "example.com", octethsim.StatusEnabled, "em")
			add(octethsim.Gateway, "example.com", octethsim.StatusPending, "")
			add(octethsim.Campaign, "an.example.com", octethsim.StatusDisabled, "")
			add(octethsim.Campaign, "example.org", octethsim.StatusSuspended, "")
			add(octethsim.Campaign, "example.net", octethsim.StatusDeleted, "")
		})
	}
	item := func(id, domain, status string, subdomain knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": knownvalue.StringExact(id), "domain": knownvalue.StringExact(domain), "subdomain": subdomain,
			"valid": knownvalue.Bool(status == "verified"), "status": knownvalue.StringExact(status), "default": knownvalue.Null(),
		})
	}
	disabled := item("octeth/campaign/3", "an.example.com", "disabled", knownvalue.Null())
	pending := item("octeth/email-gateway/2", "example.com", "unverified", knownvalue.Null())
	verified := item("octeth/campaign/1", "example.com", "verified", knownvalue.StringExact("em"))
	suspended := item("octeth/campaign/4", "example.org", "suspended", knownvalue.Null())
	step := func(w *world.Octeth, more string, want ...knownvalue.Check) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider() + fmt.Sprintf("\ndata \"postmaster_sender_domains\" \"all\" {\n  service = \"octeth\"\n  %s\n}\n", more),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.postmaster_sender_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact(want)),
			},
		}
	}
	w.Run(t, step(w, "", disabled, pending, verified, suspended), step(w, `domain = "EXAMPLE.com"`, pending, verified))
	old.Run(t, step(old, "", pending))
}

// Where there are no domains, the list is empty and not null, so that a "for" over it works.
func TestNoSenderDomains(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	var config string
	for _, service := range kit.Names(kit.With[sender.Service](service.All)) {
		config += fmt.Sprintf("\ndata \"postmaster_sender_domains\" %[1]q {\n  service = %[1]q\n}\noutput %[1]q {\n  value = [for d in data.postmaster_sender_domains.%[1]s.domains : d.id]\n}\n", service)
	}
	var checks []statecheck.StateCheck
	for _, service := range kit.Names(kit.With[sender.Service](service.All)) {
		checks = append(checks, statecheck.ExpectKnownValue("data.postmaster_sender_domains."+service, tfjsonpath.New("domains"), knownvalue.ListSizeExact(0)))
	}
	w.Run(t, resource.TestStep{Config: w.Provider() + config, ConfigStateChecks: checks})
}
