package zone_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Who interrupts a run is told how long it has waited, and not how long it would have.
func TestArrivalInterrupted(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	s := world.NewRun()
	s.EnterSandbox(w.Box, w.File)
	r := &zone.RecordsResource{Base: kit.Base{Run: s}, Hosts: world.Hosts()}
	zone := w.Stranger(t, "cloudflare", "example.com").Zone
	published := []dns.Published{{Key: "a", Record: testkit.DNSRecordOf("note.example.com", "TXT", "never there")}}
	for name, after := range map[string]time.Duration{"at once": 0, "after a look": time.Second} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			time.AfterFunc(after, cancel)
			var diags diag.Diagnostics
			r.AwaitArrival(ctx, "cloudflare", zone, published, 5*time.Minute, &diags)
			if len(diags) != 1 {
				t.Fatalf("it says %v", diags)
			}
			text := diags[0].Detail()
			if !strings.Contains(text, "when the run was stopped, after") || strings.Contains(text, "5m") || strings.Contains(text, "5 minutes") || strings.Contains(text, "context") {
				t.Error(text)
			}
			if after > 0 && !strings.Contains(text, "note.example.com TXT \"never there\": not yet at") {
				t.Error(text)
			}
		})
	}
}
