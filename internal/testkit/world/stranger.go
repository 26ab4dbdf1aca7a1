package world

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Stranger is somebody else who edits a zone, by the host's API.
type Stranger struct {
	Host dns.Host
	Zone dns.HostedZone
}

// Stranger lets somebody else into the zone of an apex at a host, as "cloudflare".
func (w *World) Stranger(t *testing.T, host, apex string) *Stranger {
	t.Helper()
	s := NewRun()
	s.EnterSandbox(w.Box, w.File)
	simulated, err := zone.ZonesOf(s).Host(zone.AccountKey{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := simulated.FindZone(t.Context(), apex)
	if err != nil {
		t.Fatal(err)
	}
	somebody := &Stranger{simulated, zone}
	somebody.Read(t) // which a host may answer with what it read to find the zone
	return somebody
}

// Read reads the zone.
func (s *Stranger) Read(t *testing.T) *dns.Snapshot {
	t.Helper()
	snapshot, err := s.Host.Read(t.Context(), s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// Apply changes the zone, which was like base.
func (s *Stranger) Apply(t *testing.T, base *dns.Snapshot, changes dns.ChangeSet) {
	t.Helper()
	if err := s.Host.Apply(t.Context(), base, changes); err != nil {
		t.Fatal(err)
	}
}

// Add publishes records.
func (s *Stranger) Add(t *testing.T, records ...dns.Record) {
	t.Helper()
	for i := range records {
		if records[i].TTL == 0 {
			records[i].TTL = 3600
		}
	}
	s.Apply(t, s.Read(t), dns.ChangeSet{Create: records})
}

// Only returns the one record with a name and type.
func (s *Stranger) Only(t *testing.T, base *dns.Snapshot, name, recordType string) dns.Record {
	t.Helper()
	var found []dns.Record
	for _, r := range base.Records {
		if r.Name == name && r.Type == recordType {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the zone has the %s records %v at %s", recordType, found, name)
	}
	return found[0]
}

// Change alters the one record with a name and type.
func (s *Stranger) Change(t *testing.T, name, recordType string, alter func(*dns.Record)) {
	t.Helper()
	base := s.Read(t)
	old := s.Only(t, base, name, recordType)
	changed := old
	alter(&changed)
	s.Apply(t, base, dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: changed}}})
}

// Remove deletes the one record with a name and type.
func (s *Stranger) Remove(t *testing.T, name, recordType string) {
	t.Helper()
	base := s.Read(t)
	s.Apply(t, base, dns.ChangeSet{Delete: []dns.Record{s.Only(t, base, name, recordType)}})
}

// HoldsTexts checks that each of these names has one TXT record with the value.
func (s *Stranger) HoldsTexts(t *testing.T, want map[string]string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		t.Helper()
		snapshot := s.Read(t)
		for name, value := range want {
			if r := s.Only(t, snapshot, name, "TXT"); r.Value != value {
				return fmt.Errorf("the text at %s is %q, not %q", name, r.Value, value)
			}
		}
		return nil
	}
}

// Holds checks that the records with a name and type have just these values.
func (s *Stranger) Holds(t *testing.T, name, recordType string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		t.Helper()
		var got []string
		for _, r := range s.Read(t).Records {
			if r.Name == name && r.Type == recordType {
				got = append(got, r.Value)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			return fmt.Errorf("the %s records at %s are %q, not %q", recordType, name, got, want)
		}
		return nil
	}
}
