package cloudflareapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// world is a simulated Cloudflare behind a socket.
type world struct {
	*cloudflaresim.Service
	*sandboxtest.World
	*sandboxtest.Watched
	timeout time.Duration // of a client's call
}

func newWorld(t testing.TB, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), timeout: 10 * time.Second}
	w.Service = cloudflaresim.New(cloudflaresim.Config{Store: w.Store, Conditions: w.Stored(cloudflaresim.Section)})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	w.Watched = w.Watch(cloudflaresim.Section, cloudflaresim.BasePath, w.Service)
	return w
}

// host makes a client with pauses that tests can wait for.
func (w *world) host(t testing.TB, token string) *cloudflareapi.Host {
	t.Helper()
	base, err := url.Parse(w.URL + cloudflaresim.BasePath)
	if err != nil {
		t.Fatal(err)
	}
	return cloudflareapi.New(cloudflareapi.Config{
		APIToken: token, BaseURL: base, UserAgent: "test",
		Timeout: w.timeout, Retries: 2, RetryWaitMin: time.Millisecond, RetryAfterMax: 2 * time.Second,
	})
}

// under puts the service under conditions.
func (w *world) under(t testing.TB, c fault.Conditions) {
	t.Helper()
	w.SetStored(cloudflaresim.Section, c)
}

// zone is the stored zone, to be looked at.
func (w *world) zone(t testing.TB, apex string) cloudflaresim.Zone {
	t.Helper()
	var found cloudflaresim.Zone
	err := store.View(w.Store, cloudflaresim.Section, func(st *cloudflaresim.State) error {
		i := slices.IndexFunc(st.Zones, func(z *cloudflaresim.Zone) bool { return z.Name == apex })
		if i < 0 {
			return fmt.Errorf("there is no zone %s", apex)
		}
		found = *st.Zones[i]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// lines are the records of a zone as it is stored, sorted.
func (w *world) lines(t testing.TB, apex string) []string {
	t.Helper()
	var lines []string
	for _, r := range w.zone(t, apex).Records {
		lines = append(lines, fmt.Sprintf("%s %d %s %s", r.Name, r.TTL, r.Type, r.Content))
	}
	slices.Sort(lines)
	return lines
}

// write is an edit by somebody else, by a call of their own.
func (w *world) write(t testing.TB, method, path string, body map[string]any) map[string]any {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, cloudflaresim.BasePath+path, bytes.NewReader(content))
	r.Header.Set("Authorization", "Bearer "+cloudflaresim.TokenOfAccount)
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	var got struct{ Result map[string]any }
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code != http.StatusOK || json.Unmarshal(text, &got) != nil {
		t.Fatalf("%s %s %s: %d %s", method, path, content, answer.Code, text)
	}
	return got.Result
}

// add has somebody else add a record, and returns its id.
func (w *world) add(t testing.TB, apex string, body map[string]any) string {
	t.Helper()
	return w.write(t, http.MethodPost, "/zones/"+w.zone(t, apex).ID+"/dns_records", body)["id"].(string)
}

// find is the zone as the host finds it.
func find(t testing.TB, h dns.Host, name string) dns.HostedZone {
	t.Helper()
	zone, err := h.FindZone(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func read(t testing.TB, h dns.Host, zone dns.HostedZone) *dns.Snapshot {
	t.Helper()
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func text(name, value string) dns.Record {
	return dns.Record{Name: name, Type: "TXT", Value: value, TTL: 300}
}

type object = map[string]any
