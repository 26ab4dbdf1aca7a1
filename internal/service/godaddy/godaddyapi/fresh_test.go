package godaddyapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A snapshot that is newer than the wish for a change, and fresh, is not read again.
func TestFreshSnapshotIsNotReadAgain(t *testing.T) {
	for name, credentials := range versions {
		for what, test := range map[string]struct {
			current bool
			age     time.Duration
			reads   int
		}{
			"current and fresh": {true, 0, 0},
			"current and old":   {true, 2 * time.Second, 1},
			"fresh":             {false, 0, 1},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				s := newSimulation(t)
				h := s.host(credentials)
				base, err := h.Read(t.Context(), zone)
				if err != nil {
					t.Fatal(err)
				}
				base.Began = base.Began.Add(-test.age)
				s.reset()
				r := dns.Record{Name: "new." + apex, Type: "TXT", Value: "new", TTL: 600}
				if err := h.Apply(t.Context(), base, dns.ChangeSet{Create: []dns.Record{r}, Current: test.current}); err != nil {
					t.Fatal(err)
				}
				if n := s.called(http.MethodGet); n != test.reads {
					t.Errorf("%d readings, want %d", n, test.reads)
				}
				if len(s.records()) != 1 {
					t.Errorf("the zone has %v", s.records())
				}
			})
		}
	}
}
