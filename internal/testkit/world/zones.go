package world

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// EditCloudflareZone changes a zone as no call of the API does.
func (w *World) EditCloudflareZone(t *testing.T, apex string, change func(*cloudflaresim.Zone)) {
	t.Helper()
	if err := cloudflaresim.New(cloudflaresim.Config{Store: w.Store(t)}).EditZone(apex, change); err != nil {
		t.Fatal(err)
	}
}

// PutZone makes a zone that somebody else serves.
func (w *World) PutZone(t *testing.T, apex string, lines ...string) {
	t.Helper()
	if err := w.Box.PutZone(apex, lines); err != nil {
		t.Fatal(err)
	}
}
