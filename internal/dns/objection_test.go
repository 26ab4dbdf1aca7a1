package dns_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
)

// keeper is a host that keeps one record set for a purpose of its own.
type keeper struct {
	dns.Host
	kept dns.SetKey
}

// Read implements [dns.Host].
func (k *keeper) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	snapshot, err := k.Host.Read(ctx, zone)
	if err == nil {
		snapshot.Objection = func(r dns.Record) string {
			if r.SetKey() == k.kept {
				return "the set is kept"
			}
			return ""
		}
	}
	return snapshot, err
}

// A record for which the zone has no room is neither published nor removed, whatever may be overwritten.
func TestObjectionOfAZone(t *testing.T) {
	zone := dns.HostedZone{Apex: "example.com", ID: "example.com"}
	zones := dnstest.NewZones(zone)
	host := &keeper{Host: &dnstest.Memory{Zones: zones, Behaviour: dns.Limits{MaxTTL: 86400, DefaultTTL: 300}}}
	e := dns.NewEditor(host, dns.EditorOptions{})
	kept := dns.Record{Name: "www.example.com", Type: "TXT", Value: "x"}
	other := dns.Record{Name: "other.example.com", Type: "TXT", Value: "x"}
	wanted := []dns.Wanted{{Key: "kept", Record: kept}, {Key: "other", Record: other}}
	result, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: wanted})
	if err != nil {
		t.Fatal(err)
	}
	host.kept = kept.SetKey()
	changed := kept
	changed.Value = "y"
	var conflict *dns.ConflictError
	_, err = dns.NewEditor(host, dns.EditorOptions{}).Publish(t.Context(), zone,
		dns.Publication{Owner: "a", Wanted: []dns.Wanted{{Key: "kept", Record: changed}}, Previous: result.Published, Overwrite: true, ReplaceMX: true})
	if !errors.As(err, &conflict) || !strings.Contains(err.Error(), "the set is kept") {
		t.Errorf("publishing: %v", err)
	}
	result, err = dns.NewEditor(host, dns.EditorOptions{}).Publish(t.Context(), zone, dns.Publication{Owner: "a", Previous: result.Published})
	if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0].Detail, "the set is kept") {
		t.Errorf("withdrawing: %+v, %v", result, err)
	}
	if left := zones.Records("example.com"); len(left) != 1 || left[0].Identity() != kept.Identity() {
		t.Errorf("the zone has %v", left)
	}
}
