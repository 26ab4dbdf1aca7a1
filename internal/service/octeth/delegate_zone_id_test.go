package octeth_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Octeth finds a zone by its name. A zone_id would tell this provider alone which zone is meant, so it
// is refused at plan, before Octeth is asked for anything, and also for an authorization in the state.
func TestOctethCannotBeToldTheZone(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9")
	config := func(more string) string {
		return w.OctethProvider("5.9", "") + world.AuthorizationVia("example.com", "dns_provider = \"cloudflare\"\n  via = \"octeth\"\n  "+more)
	}
	refused := world.SayingInTurn("cannot be told the zone", "told the name of a domain only", "Remove zone_id", `via = "direct"`)
	w.Run(t,
		resource.TestStep{Config: config(`zone_id = "023e105f4ecef8ad9ca31a8372d0c353"`), ExpectError: refused},
		resource.TestStep{Config: w.OctethProvider("5.9", ""), Check: asksOcteth(w, 0, false)},
		resource.TestStep{Config: config("")},
		resource.TestStep{Config: config(`zone_id = "023e105f4ecef8ad9ca31a8372d0c353"`), ExpectError: refused, PlanOnly: true},
		resource.TestStep{Config: config(""), ConfigPlanChecks: world.EmptyPlan},
	)
}

// Octeth does not publish for an authorization that knows which of several zones is meant.
func TestOctethDoesNotPublishInOneOfSeveralZones(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	id := zone.AuthorizationID{Host: "cloudflare", Domain: "example.com"}
	delegate := octeth.Service{}.Delegate(w.RunOf(world.NewOcteth(t).Version))
	if err := delegate.Check(id); err != nil {
		t.Fatal(err)
	}
	id.ZoneID = "023e105f4ecef8ad9ca31a8372d0c353"
	if err := delegate.Check(id); err == nil || !strings.Contains(err.Error(), "may write to another zone with that name") {
		t.Errorf("the error is %v", err)
	}
}
