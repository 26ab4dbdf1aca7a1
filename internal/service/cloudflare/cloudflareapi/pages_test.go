package cloudflareapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// manyRecords is how many more than a page there are.
const manyRecords = 1020

func manyWorld(t *testing.T) *world {
	w := newWorld(t)
	err := w.EditZone("example.com", func(z *cloudflaresim.Zone) {
		for i := range manyRecords {
			z.Records = append(z.Records, &cloudflaresim.Record{
				ID: fmt.Sprintf("%032x", i+1), Name: fmt.Sprintf("n%d.example.com", i), Type: "A", Content: "192.0.2.1", TTL: 300,
			})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.under(t, fault.Conditions{Settings: map[string]string{cloudflaresim.SettingRecords: "5000"}})
	return w
}

func TestPages(t *testing.T) {
	w := manyWorld(t)
	h := w.host(t, cloudflaresim.Token)
	if got := read(t, h, find(t, h, "example.com")); len(got.Records) != manyRecords {
		t.Errorf("%d records", len(got.Records))
	}
	if n := w.Count("GET /zones/"); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// When somebody deletes a record of the first page while the second is read, the first of the
// second moves to the first: it must not be missed.
func TestListThatChangesWhileItIsRead(t *testing.T) {
	for _, tc := range []struct {
		changes int // this often
		fails   bool
	}{{1, false}, {3, false}, {100, true}} {
		w := manyWorld(t)
		h := w.host(t, cloudflaresim.Token)
		zone := find(t, h, "example.com")
		left := manyRecords
		w.Before(func(r *http.Request) {
			if r.URL.Query().Get("page") == "2" && manyRecords-left < tc.changes {
				first := w.zone(t, "example.com").Records[0]
				w.write(t, http.MethodDelete, "/zones/"+zone.ID+"/dns_records/"+first.ID, nil)
				left--
			}
		})
		got, err := h.Read(t.Context(), zone)
		if tc.fails {
			if !errors.Is(err, api.ErrUnavailable) {
				t.Errorf("%d changes: %v", tc.changes, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, r := range got.Records {
			ids[r.ID] = true
		}
		for _, r := range w.zone(t, "example.com").Records {
			if !ids[r.ID] {
				t.Errorf("%d changes: %s was missed", tc.changes, r.Name)
			}
		}
		if len(ids) != left || w.Count("GET /zones/") != 2*(tc.changes+1) {
			t.Errorf("%d changes: %d records by %d calls, %d are left", tc.changes, len(ids), w.Count("GET /zones/"), left)
		}
	}
}
