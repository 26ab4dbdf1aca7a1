package zone_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// The note on the host of the last plan explains what it can and changes nothing: it is said once,
// of this search alone, and a note that cannot be read is none.
func TestNoteOnTheHost(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	domain := map[string]tftypes.Value{"domain": stringValue("moving.example")}
	plan := func(want ...string) authorizationPlan {
		t.Helper()
		p := planAuthorization(t, w, inSandbox(w), domain, nil)
		if (len(want) == 0) != (p.said == "") || !testkit.ContainsAll(p.said, want) {
			t.Errorf("it says %q; want %q", p.said, want)
		}
		return p
	}
	plan()
	plan()
	w.Adjust = func(s *kit.Run) { s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{"127.0.0.1:1"}})) }
	plan(uncheckedSummary, "found Cloudflare", "inconsistent final plan")
	w.Adjust = nil
	approved := plan()
	w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.")
	if said := planAuthorization(t, w, inSandbox(w), domain, approved.private).said; strings.Contains(said, "WARNING") {
		t.Errorf("where Terraform tells what was approved, it says %s", said)
	}
	const noZone = "The plan does not check the zone" // as the account at the new host does not have it
	plan("The DNS host is another one than in the last plan", "at Cloudflare", "Now the host is Namecheap", noZone)
	if said := plan(noZone).said; strings.Contains(said, "last plan") {
		t.Errorf("it says again: %s", said)
	}
	folder, err := w.Box.LockFolder()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := filepath.Glob(filepath.Join(folder, "dns-host-*"))
	if err != nil || len(notes) != 1 {
		t.Fatalf("there are the notes %q: %v", notes, err)
	}
	for _, damaged := range []string{"", "[]", "{}"} {
		if err := os.WriteFile(notes[0], []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := plan(noZone).said; strings.Contains(said, "last plan") {
			t.Errorf("with the note %q it says %s", damaged, said)
		}
	}
}

// An authorization keeps the host that was found for it.
func TestFoundHostIsKept(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.Provider() + world.AuthorizationVia("example.com", "")
	kept := []statecheck.StateCheck{statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/example.com"))}
	w.Run(t,
		resource.TestStep{Config: config, ConfigStateChecks: kept},
		resource.TestStep{
			PreConfig: func() { w.PutZone(t, "example.com", "@ NS dns1.registrar-servers.com.") },
			Config:    config, ConfigPlanChecks: world.EmptyPlan, ConfigStateChecks: kept,
			Check: w.Warns("read", "The zone is not delegated to this DNS host"),
		},
	)
}
