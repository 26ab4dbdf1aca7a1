package dns_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
)

// Two processes write a zone that is replaced as a whole. The one whose records were lost notices
// it and writes again, and names what else was lost.
func TestCollisionOfTwoProcesses(t *testing.T) {
	whole := limits
	whole.RewritesZone = true
	h := host(t, whole, "www A 192.0.2.1", "ftp A 192.0.2.2")
	stale, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	h.Add(zone.Apex, records(t, "late A 192.0.2.3")...)
	var paused []time.Duration
	other := &dnstest.Memory{Zones: h.Zones, Behaviour: whole}
	h.editor = dns.NewEditor(h, dns.EditorOptions{Pause: func(_ context.Context, d time.Duration) {
		if paused = append(paused, d); len(paused) == 1 {
			// The other process has read the zone before us and writes it after us.
			if err := other.Apply(t.Context(), stale, dns.ChangeSet{Create: records(t, "theirs A 192.0.2.4")}); err != nil {
				t.Error(err)
			}
		}
	}})
	result, err := h.publish(t, "one", "ours A 192.0.2.5")
	if err != nil {
		t.Fatal(err)
	}
	h.check(t, "www 300 A 192.0.2.1", "ftp 300 A 192.0.2.2", "theirs 300 A 192.0.2.4", "ours 300 A 192.0.2.5")
	if len(paused) < 2 {
		t.Errorf("paused %v: the read-back has to give the other process time", paused)
	}
	checkProblems(t, result.Warnings,
		[]string{"warning", "Records of others changed during the write", `"late.example.com A 192.0.2.3" is gone`},
		[]string{"warning", "Zone written by two at the same time", `"ours.example.com A 192.0.2.5" is not there`})
}

// What others lose by a collision is reported even if everything that was wanted is there.
func TestInterferenceIsTold(t *testing.T) {
	h := host(t, limits)
	h.failing(func(apply func() error) error {
		if err := apply(); err != nil {
			return err
		}
		return fmt.Errorf("%w: missing ftp A 192.0.2.2: %w", errUnsure, dns.ErrInterference)
	})
	result, err := h.publish(t, "one", "www A 192.0.2.1")
	if err != nil || h.Applied() != 1 {
		t.Fatalf("%v, %d writes", err, h.Applied())
	}
	checkProblems(t, result.Warnings, []string{"warning", "Zone written by two at the same time", "missing ftp A 192.0.2.2"})
}

// Where each write replaces the zone, a changed TTL of somebody's record is reported too. A changed
// TTL of our own record is reported everywhere.
func TestTTLsThatChangeMeanwhile(t *testing.T) {
	whole := limits
	whole.RewritesZone = true
	for _, behaviour := range []dns.Limits{limits, whole} {
		h := host(t, behaviour, "ftp 300 A 192.0.2.2")
		h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
			err := apply()
			for _, r := range h.Records(zone.Apex) {
				h.Remove(zone.Apex, r)
				r.TTL += 60
				h.Add(zone.Apex, r)
			}
			return err
		}
		result, err := h.publish(t, "one", "www 600 A 192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"warning a", "TTL is not as written", "www.example.com A 192.0.2.1 has a TTL of 660 seconds, although 600 were written"}}
		if behaviour.RewritesZone {
			want = append([][]string{{"warning", `"ftp.example.com A 192.0.2.2" no longer has its TTL of 300 seconds`}}, want...)
		}
		checkProblems(t, result.Warnings, want...)
	}
}
