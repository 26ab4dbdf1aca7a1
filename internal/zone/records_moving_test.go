package zone_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Records move, and the old zone refuses their removal. The state stays with the old zone, and what is
// in the new one counts as published here: the next apply completes the move, also with other values.
// Whoever gives the move up gets rid of it by the next change or by a destroy. Records of others stay.
func TestAMoveWhoseSecondHalfIsRefused(t *testing.T) {
	t.Parallel()
	const policy, name = "v=DMARC1; p=none", "_dmarc.sub.example.com"
	const theirs = "b.sub.example.com"
	for title, steps := range map[string]func(config func(host, apex, policy string) string, ends func(from, to []string) resource.TestCheckFunc) []resource.TestStep{
		"it goes on": func(config func(string, string, string) string, ends func(from, to []string) resource.TestCheckFunc) []resource.TestStep {
			return []resource.TestStep{
				{Config: config("azure", "sub.example.com", policy), Check: ends(nil, []string{policy}), ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(recordsR, tfjsonpath.New("preexisting"), knownvalue.ListExact(nil)),
				}},
				{Config: config("azure", "sub.example.com", policy), ConfigPlanChecks: world.EmptyPlan},
			}
		},
		"it goes on with another value": func(config func(string, string, string) string, ends func(from, to []string) resource.TestCheckFunc) []resource.TestStep {
			const other = "v=DMARC1; p=reject"
			return []resource.TestStep{
				{Config: config("azure", "sub.example.com", other), Check: ends(nil, []string{other})},
				{Config: config("azure", "sub.example.com", other), ConfigPlanChecks: world.EmptyPlan},
			}
		},
		"it is given up, and something changes": func(config func(string, string, string) string, ends func(from, to []string) resource.TestCheckFunc) []resource.TestStep {
			const other = "v=DMARC1; p=reject"
			return []resource.TestStep{
				{Config: config("cloudflare", "example.com", policy), ConfigPlanChecks: acts(recordsR, plancheck.ResourceActionNoop), Check: ends([]string{policy}, []string{policy})},
				{Config: config("cloudflare", "example.com", other), Check: ends([]string{other}, nil)},
			}
		},
		"it is given up": func(config func(string, string, string) string, _ func(from, to []string) resource.TestCheckFunc) []resource.TestStep {
			return []resource.TestStep{{Config: config("cloudflare", "example.com", policy), ConfigPlanChecks: acts(recordsR, plancheck.ResourceActionNoop)}}
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			if err := w.Box.AddZones(map[string]string{"sub.example.com": "azure"}); err != nil {
				t.Fatal(err)
			}
			config := func(host, apex, policy string) string {
				return w.Provider() + world.AuthorizationAt(host, apex) + world.RecordsConfig("r", `
    a = { name = "`+name+`", type = "TXT", value = "`+policy+`" }`, "wait_for_propagation = false")
			}
			from, to := w.Stranger(t, "cloudflare", "example.com"), w.Stranger(t, "azure", "sub.example.com")
			ends := func(inFrom, inTo []string) resource.TestCheckFunc {
				return func(s *terraform.State) error {
					return errors.Join(from.Holds(t, name, "TXT", inFrom...)(s), to.Holds(t, name, "TXT", inTo...)(s), to.Holds(t, theirs, "TXT", "theirs")(s))
				}
			}
			under := func(faults ...fault.Fault) {
				if err := w.Box.SetConditions("cloudflare", fault.Conditions{Faults: faults}); err != nil {
					t.Fatal(err)
				}
			}
			all := []resource.TestStep{
				{Config: config("cloudflare", "example.com", policy)},
				{
					PreConfig: func() {
						to.Add(t, dns.Record{Name: theirs, Type: "TXT", Value: "theirs", TTL: 300})
						under(fault.Fault{Method: http.MethodPost, Kind: fault.Status, Status: 403})
					},
					Config:      config("azure", "sub.example.com", policy),
					ExpectError: world.SayingInTurn("The records are in both zones", "sub.example.com", "apply again"),
				},
			}
			rest := steps(config, ends)
			rest[0].PreConfig = func() {
				under()
				if err := ends([]string{policy}, []string{policy})(nil); err != nil {
					t.Error(err)
				}
			}
			all = append(all, rest...)
			w.Run(t, append(all, resource.TestStep{Config: w.Provider(), Check: ends(nil, nil)})...)
		})
	}
}
