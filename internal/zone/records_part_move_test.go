package zone_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Records move to a zone where the second of them is refused. They stay where they are, and what was
// written to the new zone is removed from it again.
func TestAMoveThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	if err := w.Box.AddZones(map[string]string{"sub.example.com": "azure"}); err != nil {
		t.Fatal(err)
	}
	config := func(host, apex string) string {
		return w.Provider() + world.AuthorizationAt(host, apex) + world.RecordsConfig("r", `
    a = { name = "a.sub.example.com", type = "TXT", value = "ours" }
    b = { name = "b.sub.example.com", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	}
	from, to := w.Stranger(t, "cloudflare", "example.com"), w.Stranger(t, "azure", "sub.example.com")
	w.Run(t,
		resource.TestStep{Config: config("cloudflare", "example.com")},
		resource.TestStep{
			PreConfig: func() {
				if err := w.Box.SetConditions("azure", fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPut, Kind: fault.Status, Status: 400, Skip: 1}}}); err != nil {
					t.Fatal(err)
				}
			},
			Config:      config("azure", "sub.example.com"),
			ExpectError: world.SayingInTurn("published in part", "Not done: create b.sub.example.com", "removed from it again"),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := w.Box.SetConditions("azure", fault.Conditions{}); err != nil {
					t.Fatal(err)
				}
				err := errors.Join(from.Holds(t, "a.sub.example.com", "TXT", "ours")(nil), from.Holds(t, "b.sub.example.com", "TXT", "ours")(nil),
					to.Holds(t, "a.sub.example.com", "TXT")(nil))
				if err != nil {
					t.Error(err)
				}
			},
			Config: config("azure", "sub.example.com"),
			Check: func(s *terraform.State) error {
				return errors.Join(from.Holds(t, "a.sub.example.com", "TXT")(s), to.Holds(t, "a.sub.example.com", "TXT", "ours")(s), to.Holds(t, "b.sub.example.com", "TXT", "ours")(s))
			},
		},
		resource.TestStep{Config: w.Provider(), Check: to.Holds(t, "a.sub.example.com", "TXT")},
	)
}
