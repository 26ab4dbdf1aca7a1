package godaddyapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
)

// A change of somebody's SPF record that is interrupted half-way, where v3 has two of them, is
// finished by the next one who tries, and taking it back likewise.
func TestInterruptedSPF(t *testing.T) {
	const theirs, merged = "TXT @ 1h0m0s v=spf1 mx -all", "TXT @ 1h0m0s v=spf1 mx include:spf.example.net -all"
	wanted := []dns.Wanted{{Key: "spf", Record: txt(apex, "v=spf1 include:spf.example.net ~all")}}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("@", "v=spf1 mx -all"))
		last := "DELETE"
		if isV1(h) {
			last = "PUT"
		}
		options := dns.EditorOptions{Attempts: 1, Pause: func(context.Context, time.Duration) {}}

		s.fail(last, 0, fault.Fault{Kind: fault.Status, Status: 503})
		if _, err := dns.NewEditor(h, options).Publish(t.Context(), zone, dns.Publication{Wanted: wanted}); err == nil {
			t.Error("the interrupted publication reports success")
		}
		result, err := dns.NewEditor(h, options).Publish(t.Context(), zone, dns.Publication{Wanted: wanted})
		if err != nil {
			t.Fatal(err)
		}
		s.want(merged)

		s.fail(last, 0, fault.Fault{Kind: fault.Status, Status: 503})
		if _, err := dns.NewEditor(h, options).Publish(t.Context(), zone, dns.Publication{Previous: result.Published}); err == nil {
			t.Error("the interrupted withdrawal reports success")
		}
		if _, err := dns.NewEditor(h, options).Publish(t.Context(), zone, dns.Publication{Previous: result.Published}); err != nil {
			t.Error(err)
		}
		s.want(theirs)
	})
}
