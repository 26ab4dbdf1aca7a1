package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Terraform 1.16 tells the second plan what the first one found: another answer is an error that
// says what has changed, and no answer leaves it at what was approved.
func TestSecondPlanComparesWithTheApprovedOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, w *world.World)
		want   []string // in the error; none: the plan is as approved
	}{
		"nothing changes": {func(*testing.T, *world.World) {}, nil},
		"another host": {func(t *testing.T, w *world.World) {
			w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.", "@ NS dns2.registrar-servers.com.")
		}, []string{"The DNS host has changed since the plan", "Cloudflare", "Namecheap", "Plan again"}},
		"an unsupported host": {func(t *testing.T, w *world.World) {
			w.PutZone(t, "moving.example", "@ NS ns1.desec.io.", "@ NS ns2.desec.io.")
		}, []string{"Unable to find the DNS host", "deSEC"}},
		"another zone": {func(t *testing.T, w *world.World) {
			w.EditCloudflareZone(t, "moving.example", func(z *cloudflaresim.Zone) { z.ID = "00000000000000000000000000000001" })
		}, []string{"The zone has changed since the plan", "00000000000000000000000000000001", "Plan again"}},
		"no zone": {func(t *testing.T, w *world.World) {
			w.EditCloudflareZone(t, "moving.example", func(z *cloudflaresim.Zone) { z.Name = "gone.example" })
			w.PutZone(t, "moving.example", "@ NS ada.ns.cloudflare.com.", "@ NS bob.ns.cloudflare.com.")
		}, []string{"Unable to find the zone", "moving.example"}},
		"no answer": {func(_ *testing.T, w *world.World) {
			w.Adjust = func(s *kit.Run) { s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{"127.0.0.1:1"}})) }
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
				t.Fatal(err)
			}
			domain := map[string]tftypes.Value{"domain": stringValue("moving.example")}
			first := planAuthorization(t, w, inSandbox(w), domain, nil)
			if first.said != "" || !first.known("id", "cloudflare/moving.example") || !first.known("zone", "moving.example") {
				t.Fatalf("the first plan is %v, and says %s", first.values, first.said)
			}
			c.change(t, w)
			second := planAuthorization(t, w, inSandbox(w), domain, first.private)
			if len(c.want) > 0 {
				if !strings.Contains(second.said, "ERROR") || !testkit.ContainsAll(second.said, c.want) {
					t.Errorf("it says %s; want %q", second.said, c.want)
				}
				return
			}
			if second.said != "" {
				t.Errorf("it says %s", second.said)
			}
			for attribute, approved := range first.values {
				if got := second.values[attribute]; !got.Equal(approved) {
					t.Errorf("%s is %s; %s was approved", attribute, got, approved)
				}
			}
		})
	}
}

// A damaged note, or one of another version, is an error and never "nothing was approved".
func TestUnreadableApprovedPlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for name, approved := range map[string]string{
		"no object":       `{"planned_host":"WzFd"}`,                 // [1]
		"another version": `{"planned_host":"eyJ2ZXJzaW9uIjo5fQ=="}`, // {"version":9}
		"no envelope":     `planned_host`,
	} {
		plan := planAuthorization(t, w, inSandbox(w), map[string]tftypes.Value{"domain": stringValue("example.com")}, []byte(approved))
		if !testkit.ContainsAll(plan.said, []string{"ERROR: Unable to read the approved plan", "Plan again"}) {
			t.Errorf("%s: it says %s", name, plan.said)
		}
	}
}
