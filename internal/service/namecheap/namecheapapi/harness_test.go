package namecheapapi_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// world is the simulated Namecheap behind a socket with the empty zone example.com, and a clock
// that only waiting moves.
type world struct {
	*namecheapsim.Service
	*sandboxtest.World
	t    *testing.T
	base *url.URL

	timeout time.Duration // of a call; 0: the host's own

	mu     sync.Mutex
	waits  []time.Duration
	calls  map[string]int       // by command
	order  []string             // the commands of all calls
	before func(command string) // if set, called before each call is answered
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t, calls: map[string]int{}}
	w.Service = namecheapsim.New(namecheapsim.Config{Store: w.Store, Now: w.Now, Conditions: w.Stored(namecheapsim.Section)})
	wrapped := fault.Wrap(namecheapsim.Section, w.Store, w.Service)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		command := strings.TrimPrefix(r.Form.Get("Command"), "namecheap.domains.dns.")
		w.mu.Lock()
		w.calls[command]++
		w.order = append(w.order, command)
		before := w.before
		w.mu.Unlock()
		if before != nil {
			before(command)
		}
		wrapped.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL + namecheapsim.Path)
	if err != nil {
		t.Fatal(err)
	}
	w.base = base
	w.under(fault.Conditions{})
	if err := w.AddZone("example.com"); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) wait(ctx context.Context, d time.Duration) error {
	w.Advance(d)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = append(w.waits, d)
	return ctx.Err()
}

// under sets the conditions, with any number of calls a minute unless they say so.
func (w *world) under(c fault.Conditions) {
	w.t.Helper()
	c.Settings = maps.Clone(c.Settings)
	if c.Settings == nil {
		c.Settings = map[string]string{}
	}
	if _, set := c.Settings[namecheapsim.SettingCallsPerMinute]; !set {
		c.Settings[namecheapsim.SettingCallsPerMinute] = "0"
		c.Settings[namecheapsim.SettingCallsPerHour] = "0"
		c.Settings[namecheapsim.SettingCallsPerDay] = "0"
	}
	w.SetStored(namecheapsim.Section, c)
}

// onWrite has fn called right before the next setHosts is answered.
func (w *world) onWrite(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = func(command string) {
		if command == "setHosts" {
			w.mu.Lock()
			w.before = nil
			w.mu.Unlock()
			fn()
		}
	}
}

// afterWrite has fn called right before the reading that follows the next setHosts.
func (w *world) afterWrite(fn func()) {
	w.onWrite(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.before = func(string) {
			w.mu.Lock()
			w.before = nil
			w.mu.Unlock()
			fn()
		}
	})
}

// called returns how often a command was called since it was asked last.
func (w *world) called(command string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.calls[command]
	w.calls[command] = 0
	return n
}

// forget has changing tell only what comes from now on.
func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.order = nil
}

// changing tells of each call whether it changes the zone.
func (w *world) changing() []bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	changing := make([]bool, len(w.order))
	for i, command := range w.order {
		changing[i] = command == "setHosts"
	}
	return changing
}

func (w *world) config() namecheapapi.Config {
	return namecheapapi.Config{
		APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP, BaseURL: w.base,
		CallsPerMinute: -1, RetryWait: time.Millisecond, Pause: w.wait, Now: w.Now, Timeout: w.timeout,
	}
}

func (w *world) host() *namecheapapi.Host { return namecheapapi.New(w.config()) }

// set replaces the zone example.com behind everybody's back.
func (w *world) set(emailType string, hosts ...namecheapsim.Host) {
	w.t.Helper()
	err := w.SetZone("example.com", func(d *namecheapsim.Domain) { d.EmailType, d.Hosts = emailType, slices.Clone(hosts) })
	if err != nil {
		w.t.Fatal(err)
	}
}

// add adds a record to the zone example.com, as a person could in the web interface.
func (w *world) add(h namecheapsim.Host) {
	w.t.Helper()
	if err := w.SetZone("example.com", func(d *namecheapsim.Domain) { d.Hosts = append(d.Hosts, h) }); err != nil {
		w.t.Fatal(err)
	}
}

// zone returns the zone example.com as it is, ids left out.
func (w *world) zone() (emailType string, hosts []namecheapsim.Host) {
	w.t.Helper()
	err := store.View(w.Store, namecheapsim.Section, func(st *namecheapsim.State) error {
		i := slices.IndexFunc(st.Domains, func(d namecheapsim.Domain) bool { return d.Name == "example.com" })
		emailType, hosts = st.Domains[i].EmailType, slices.Clone(st.Domains[i].Hosts)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range hosts {
		hosts[i].ID = 0
	}
	return emailType, hosts
}

func (w *world) wantZone(emailType string, hosts ...namecheapsim.Host) {
	w.t.Helper()
	gotType, got := w.zone()
	if gotType != emailType || !slices.Equal(got, hosts) {
		w.t.Errorf("the zone is %s %+v\nwant %s %+v", gotType, got, emailType, hosts)
	}
}

// read returns the zone example.com as a host reads it.
func read(t *testing.T, h *namecheapapi.Host) *dns.Snapshot {
	t.Helper()
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// create is a change set that adds records.
func create(records ...dns.Record) dns.ChangeSet { return dns.ChangeSet{Create: records} }

func txt(name, text string) dns.Record { return dns.Record{Name: name, Type: "TXT", Value: text} }

// Hosts as the simulation stores them.
var (
	www    = namecheapsim.Host{Name: "www", Type: "A", Address: "192.0.2.1", MXPref: 10, TTL: 300}
	spf    = namecheapsim.Host{Name: "@", Type: "TXT", Address: "v=spf1 -all", MXPref: 10, TTL: 1799}
	mail   = namecheapsim.Host{Name: "@", Type: "MX", Address: "mail.example.net.", MXPref: 20, TTL: 600}
	backup = namecheapsim.Host{Name: "@", Type: "MX", Address: "backup.example.net.", MXPref: 300, TTL: 600}
)
