package dns_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Resources that a busy Terraform starts one by one are still written together, and a request that
// comes much later is not waited for.
func TestGathering(t *testing.T) {
	for _, test := range []struct {
		name   string
		gather bool
		apart  time.Duration
		writes int
		within time.Duration
	}{
		{"a crowd", true, 30 * time.Millisecond, 1, 2 * time.Second},
		{"without", false, 30 * time.Millisecond, 30, 1 * time.Second},
		{"strangers", true, time.Second, 30, 31 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := host(t, limits)
				h.Latency = 5 * time.Millisecond
				h.editor = dns.NewEditor(h, dns.EditorOptions{Gather: test.gather})
				start := time.Now()
				var publishing sync.WaitGroup
				for i := range 30 {
					publishing.Go(func() {
						time.Sleep(time.Duration(i) * test.apart)
						if _, err := h.publish(t, fmt.Sprint(i), fmt.Sprintf("n%d A 192.0.2.%d", i, i)); err != nil {
							t.Error(err)
						}
					})
				}
				publishing.Wait()
				if took := time.Since(start); h.Applied() != test.writes || took > test.within {
					t.Errorf("%d writes in %v, want %d within %v", h.Applied(), took, test.writes, test.within)
				}
				if n := len(h.Records(zone.Apex)); n != 30 {
					t.Errorf("%d records, want 30", n)
				}
			})
		})
	}
}
