package google_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const domain = "gcp.example"

// provider is a provider outside of the sandbox, with a token for the simulation at a real socket.
func provider(t *testing.T, w *world.World, url, token string) string {
	t.Helper()
	return w.RealProvider(t, fmt.Sprintf("google = {\n    access_token = %q\n    project = %q\n    base_url = %q\n  }", token, googlesim.Project, url+"/google"+googlesim.BasePath))
}

// The host is detected by its name servers. Records are published next to those of others, and each
// run reads the zone once.
func TestRecordsAreDetectedAndPublished(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t)
	others := w.Stranger(t, "google", domain)
	authorization := fmt.Sprintf("resource \"postmaster_dns_authorization\" \"a\" {\n  domain = %q\n}\n", domain)
	records := world.RecordsConfig("r", `spf = { name = "gcp.example", type = "TXT", value = "v=spf1 include:ours.example ~all" }
    token = { name = "gcp.example", type = "TXT", value = "a; \"b\"" }`, "")
	config := provider(t, w, url, googlesim.Token) + authorization + records
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("write_access"), knownvalue.StringExact("proven")),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("zone_id"), knownvalue.StringExact("projects/sandbox-project/managedZones/gcp-example")),
			},
			Check: others.Holds(t, domain, "TXT", `a; "b"`, "v=spf1 include:ours.example ~all"),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.PreApply(plancheck.ExpectEmptyPlan())},
	)
}

// A plan tells which permission is lacking, and shows no token.
func TestPlanTellsMissingPermissions(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t)
	for token, says := range map[string]string{
		googlesim.TokenReadOnly: "dns.changes.create",
		googlesim.TokenZone:     "dns.managedZones.list",
		googlesim.TokenExpired:  "has expired",
	} {
		w.Run(t, resource.TestStep{
			PreConfig: w.Forget, ExpectError: world.Saying(says),
			Config: provider(t, w, url, token) + world.AuthorizationAt("google", domain),
		})
		said := strings.Join(w.Heard(), "\n")
		if !strings.Contains(said, "plan error") || strings.Contains(said, token) {
			t.Errorf("%s", said)
		}
	}
}
