// Package sandboxtest sets up simulated services for tests: their own, and those of the clients.
package sandboxtest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// World is what surrounds a simulated service: a store, and a clock, conditions and DNS records
// that the test sets. Its methods may be called from several goroutines.
type World struct {
	Store *store.Store

	t          testing.TB
	mu         sync.Mutex
	now        time.Time
	conditions fault.Conditions
	dns        map[string][]string // by "TYPE name"
	dnsFails   bool
}

// New makes a world with its state in memory, on the second of January 2030.
func New(t testing.TB) *World {
	t.Helper()
	return At(t, "")
}

// At is New with the state in a file.
func At(t testing.TB, path string) *World {
	t.Helper()
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return &World{Store: st, t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), dns: map[string][]string{}}
}

// Now is the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// SetTime sets the clock.
func (w *World) SetTime(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// Advance puts the clock forward.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Conditions are those that the test has set.
func (w *World) Conditions() fault.Conditions {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conditions
}

// Under replaces the conditions.
func (w *World) Under(c fault.Conditions) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conditions = c
}

// Turn switches one switch of the conditions on or off.
func (w *World) Turn(name string, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switches := maps.Clone(w.conditions.Switches)
	if switches == nil {
		switches = map[string]bool{}
	}
	switches[name] = on
	w.conditions.Switches = switches
}

// Set changes one setting of the conditions. An empty value restores the default.
func (w *World) Set(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	settings := maps.Clone(w.conditions.Settings)
	if settings == nil {
		settings = map[string]string{}
	}
	settings[name] = value
	if value == "" {
		delete(settings, name)
	}
	w.conditions.Settings = settings
}

// Publish has the DNS answer with these data for a type and a name; without data, with none.
func (w *World) Publish(recordType, name string, data ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dns[recordType+" "+name] = data
}

// ForgetDNS takes everything out of the DNS.
func (w *World) ForgetDNS() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.dns)
}

// BreakDNS has every lookup fail, or work again.
func (w *World) BreakDNS(fails bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dnsFails = fails
}

// Lookup looks into the DNS of the world, as services do.
func (w *World) Lookup(_ context.Context, name, recordType string) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dnsFails {
		return nil, errors.New("SERVFAIL")
	}
	return w.dns[recordType+" "+name], nil
}

// Reply is an answer as a client sees it.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Send has a handler answer a call. header has names and values in turn.
func (w *World) Send(handler http.Handler, method, target, body string, header ...string) Reply {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	return Reply{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.String()}
}

// Serve has a handler answer at a URL until the test ends.
func (w *World) Serve(handler http.Handler) (url string) {
	server := httptest.NewServer(handler)
	w.t.Cleanup(server.Close)
	return server.URL
}
