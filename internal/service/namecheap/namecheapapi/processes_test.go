package namecheapapi_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
)

// Two processes write one zone at the same time, each over what the other one has just written.
// Whoever is told that the records are published finds them in the end.
func TestTwoProcesses(t *testing.T) {
	const publications = 12
	w := newWorld(t)
	w.set("NONE", www, spf)
	zone := dns.HostedZone{Apex: "example.com", ID: "example.com"}
	// The time that the other process is given has to be longer than a busy machine takes between
	// two calls.
	patient := func(ctx context.Context, d time.Duration) { pauseFor(ctx, d+50*time.Millisecond) }
	config := w.config()
	config.Pause = func(ctx context.Context, d time.Duration) error {
		patient(ctx, d)
		return ctx.Err()
	}
	var working sync.WaitGroup
	for process := range 2 {
		editor := dns.NewEditor(namecheapapi.New(config), dns.EditorOptions{Attempts: 50, Pause: patient})
		for i := range publications {
			name := fmt.Sprintf("p%d-%d", process, i)
			working.Go(func() {
				time.Sleep(time.Duration(i) * 5 * time.Millisecond)
				_, err := editor.Publish(t.Context(), zone, dns.Publication{
					Owner: name, Wanted: []dns.Wanted{{Key: "token", Record: txt(name+".example.com", name)}},
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	working.Wait()
	got := read(t, w.host())
	if len(got.Records) != 2+2*publications {
		t.Errorf("of %d records are left %v", 2+2*publications, got.Records)
	}
	if n := w.called("setHosts"); n >= 2*publications {
		t.Errorf("%d writes for %d publications", n, 2*publications)
	}
}

func pauseFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
