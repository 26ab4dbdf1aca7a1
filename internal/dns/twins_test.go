package dns_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
)

// twin is another zone with the name of zone.
var twin = dns.HostedZone{Apex: zone.Apex, ID: "z2"}

// twinHost is an editor for both.
func twinHost(t *testing.T) (*dnstest.Memory, *dns.Editor) {
	t.Helper()
	m := &dnstest.Memory{Zones: dnstest.NewZones(zone, twin), Behaviour: limits}
	return m, dns.NewEditor(m, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
}

// Owners in zones with one name do not meet: what excludes each other stands in both zones, what
// goes in one does not count in the other, and nobody takes the other's record for one of ours.
func TestOwnersInTwins(t *testing.T) {
	m, editor := twinHost(t)
	none := dns.Publication{Owner: "one", Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`)}
	reject := dns.Publication{Owner: "two", Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=reject"`)}
	if problems := editor.Wants(zone, none); problems != nil {
		t.Errorf("problems: %v", problems)
	}
	if problems := editor.Wants(twin, reject); problems != nil {
		t.Errorf("problems with an owner in another zone: %v", problems)
	}
	if problems := editor.Wants(zone, dns.Publication{Owner: "three", Wanted: reject.Wanted}); problems == nil {
		t.Error("no problem with an owner in the same zone")
	}
	editor.Wants(zone, dns.Publication{Owner: "three"})

	first, err := editor.Publish(t.Context(), zone, none)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := editor.Publish(t.Context(), twin, reject); err != nil {
		t.Fatal(err)
	}
	if shared := editor.Shared(zone, "one", first.Published); shared != nil {
		t.Errorf("owners in other zones want %v", shared)
	}
	if _, err := editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published}); err != nil {
		t.Fatal(err)
	}
	if got := m.Records("z1"); len(got) > 0 {
		t.Errorf("the zone has %v", got)
	}
	if got := m.Records("z2"); len(got) != 1 || got[0].Value != "v=DMARC1; p=reject" {
		t.Errorf("the other zone has %v", got)
	}
	// What was removed from the one zone was not displaced in the other.
	m.Add("z2", records(t, `x TXT "theirs"`)...)
	planned, err := editor.Plan(t.Context(), twin, dns.Publication{Owner: "four", Wanted: wanted(t, `_dmarc.sub TXT "v=DMARC1; p=none"`)})
	if err != nil || len(planned.Displaced) > 0 || planned.Err() != nil {
		t.Errorf("planned is %+v, %v", planned, err)
	}
}

// Two new resources that want the same records in zones with one name are two owners.
func TestNewOwnersOfTheSameRecordsInTwins(t *testing.T) {
	_, editor := twinHost(t)
	same := dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`)}
	editor.Wants(zone, same)
	editor.Wants(twin, same)
	for _, at := range []dns.HostedZone{zone, twin} {
		if problems := editor.Wants(at, dns.Publication{Owner: "other", Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=reject"`)}); len(problems) != 1 {
			t.Errorf("in %s: %v, want one problem", at.ID, problems)
		}
		editor.Wants(at, dns.Publication{Owner: "other"})
	}
}

// An owner whose zone is not looked up yet counts in every zone with that name, so that nothing that
// it wants is removed. Once the zone is known, it counts there alone.
func TestOwnerWhoseZoneIsNotKnownYet(t *testing.T) {
	_, editor := twinHost(t)
	records := wanted(t, `x TXT "shared"`)
	published := []dns.Published{{Key: records[0].Key, Wanted: records[0].Record, Record: records[0].Record}}
	wantedAt := func(at dns.HostedZone) bool {
		return slices.ContainsFunc(editor.Shared(at, "asks", published), func(w dns.Wanted) bool { return w.Record.Name == records[0].Record.Name })
	}
	editor.Has(dns.HostedZone{Apex: zone.Apex}, "one", published)
	if !wantedAt(zone) || !wantedAt(twin) || !wantedAt(dns.HostedZone{Apex: zone.Apex}) {
		t.Error("an owner does not count although it may be in the zone")
	}
	editor.Wants(zone, dns.Publication{Owner: "one", Previous: published, Wanted: records})
	if !wantedAt(zone) || wantedAt(twin) || !wantedAt(dns.HostedZone{Apex: zone.Apex}) {
		t.Errorf("it counts in its zone: %t, in the other: %t", wantedAt(zone), wantedAt(twin))
	}
	editor.Wants(dns.HostedZone{Apex: zone.Apex}, dns.Publication{Owner: "one", Previous: published}) // it leaves
	if wantedAt(zone) || wantedAt(twin) {
		t.Error("an owner that leaves still counts")
	}
}

// The zones are written side by side, each by itself.
func TestTwinsHaveQueuesOfTheirOwn(t *testing.T) {
	_, editor := twinHost(t)
	within := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- editor.Alone(t.Context(), zone, func() error {
			<-within
			return nil
		})
	}()
	if _, err := editor.Publish(t.Context(), twin, dns.Publication{Owner: "two", Wanted: wanted(t, `x TXT "ours"`)}); err != nil {
		t.Error(err)
	}
	close(within)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
