package provider_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// In the embedded sandbox nobody waits for the rates of real accounts, unless the sandbox is told
// to have them.
func TestNobodyWaitsInTheSandbox(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for host, apex := range map[string]string{"cloudflare": "example.com", "namecheap": "example.org", "godaddy": "example.net"} {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		zone := w.Stranger(t, host, apex)
		for n := range 70 { // GoDaddy's own rate is 60 a minute, and Namecheap's 20
			if _, err := zone.Host.Read(ctx, zone.Zone); err != nil {
				t.Errorf("%s, reading %d: %v", host, n, err)
				break
			}
		}
	}
}

// A client holds itself back where the sandbox has limits.
func TestLimitsOfTheSandboxAreKept(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	settings := map[string]string{namecheapsim.SettingCallsPerMinute: "20"}
	if err := w.Box.SetConditions(namecheapsim.Section, fault.Conditions{Settings: settings}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	s := world.NewRun()
	s.EnterSandbox(w.Box, w.File)
	host, err := zone.ZonesOf(s).Host(zone.AccountKey{Host: "namecheap"})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := host.FindZone(ctx, "example.org")
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if _, err = host.Read(ctx, zone); err != nil {
			break
		}
	}
	if err == nil || errors.Is(err, api.ErrRateLimited) {
		t.Errorf("with a limit the client should hold itself back: %v", err)
	}
}
