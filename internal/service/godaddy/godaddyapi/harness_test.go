package godaddyapi_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

const apex = "example.com"

var zone = dns.HostedZone{Apex: apex, ID: apex, NameServers: godaddysim.NameServers}

// versions are both APIs, by the credentials that each is used with.
var versions = map[string]func(*godaddyapi.Config){
	"v3 with a token": withToken(godaddysim.Token),
	"v1 with a key":   withKey(godaddysim.Key, godaddysim.Secret),
}

func withToken(token string) func(*godaddyapi.Config) {
	return func(c *godaddyapi.Config) { c.Token, c.Key, c.Secret = token, "", "" }
}

func withKey(key, secret string) func(*godaddyapi.Config) {
	return func(c *godaddyapi.Config) { c.Token, c.Key, c.Secret = "", key, secret }
}

// simulation is the simulated GoDaddy behind a socket, with one zone, no rate limit and its calls
// noted.
type simulation struct {
	*sandboxtest.World
	t       testing.TB
	service *godaddysim.Service

	url string

	mu    sync.Mutex
	calls []string // "GET /v1/domains/example.com/records"
}

func newSimulation(t testing.TB) *simulation {
	t.Helper()
	s := &simulation{World: sandboxtest.New(t), t: t}
	s.service = godaddysim.New(godaddysim.Config{Store: s.Store, Conditions: s.Stored(godaddysim.Section)})
	if err := s.service.AddZone(apex); err != nil {
		t.Fatal(err)
	}
	s.set(fault.Conditions{})
	wrapped := fault.Wrap(godaddysim.Section, s.Store, s.service)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.observe(r)
		wrapped.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *simulation) observe(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
}

// called counts the calls with a method since the last reset.
func (s *simulation) called(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if strings.HasPrefix(c, method+" ") {
			n++
		}
	}
	return n
}

// made are the calls since the last reset.
func (s *simulation) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *simulation) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// set puts the service under conditions; without a word on it, there is no rate limit.
func (s *simulation) set(c fault.Conditions) {
	s.t.Helper()
	if c.Settings == nil {
		c.Settings = map[string]string{godaddysim.SettingCallsPerMinute: "0"}
	}
	s.SetStored(godaddysim.Section, c)
}

// fail has one call go wrong, the first with that method after skip others.
func (s *simulation) fail(method string, skip int, f fault.Fault) {
	s.t.Helper()
	f.Method, f.Skip, f.Count = method, skip, 1
	s.set(fault.Conditions{Faults: []fault.Fault{f}})
}

// host is a new Host, as of a new process, with pauses cut short.
func (s *simulation) host(change ...func(*godaddyapi.Config)) *godaddyapi.Host {
	s.t.Helper()
	base, err := api.ParseBaseURL(s.url, false)
	if err != nil {
		s.t.Fatal(err)
	}
	config := godaddyapi.Config{BaseURL: base, CallsPerMinute: -1, RetryWait: time.Millisecond}
	for _, fn := range change {
		fn(&config)
	}
	return godaddyapi.New(config)
}

// put adds records by other means than the API.
func (s *simulation) put(records ...godaddysim.Record) {
	s.t.Helper()
	if err := s.service.SetZone(apex, func(z *godaddysim.Zone) { z.Records = append(z.Records, records...) }); err != nil {
		s.t.Fatal(err)
	}
}

// records are what is in the zone but for GoDaddy's own records, in its order.
func (s *simulation) records() []godaddysim.Record {
	s.t.Helper()
	var records []godaddysim.Record
	err := store.View(s.Store, godaddysim.Section, func(st *godaddysim.State) error {
		for _, r := range st.Zones[0].Records {
			if r.Type != "SOA" && (r.Type != "NS" || r.Name != "@") {
				records = append(records, r)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return records
}

// lines are the records of the zone, one a line, sorted: "TXT mail 600 text".
func (s *simulation) lines() []string {
	s.t.Helper()
	var lines []string
	for _, r := range s.records() {
		line := r.Type + " " + r.Name + " " + (time.Duration(r.TTL) * time.Second).String() + " " + r.Data
		if r.Priority != nil {
			line += " " + string(rune('0'+*r.Priority/10))
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func (s *simulation) want(lines ...string) {
	s.t.Helper()
	slices.Sort(lines)
	if got := s.lines(); !slices.Equal(got, lines) {
		s.t.Errorf("the zone has\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

func text(name, data string) godaddysim.Record {
	return godaddysim.Record{Type: "TXT", Name: name, Data: data, TTL: 3600}
}

func txt(name, value string) dns.Record {
	return dns.Record{Name: name, Type: "TXT", Value: value, TTL: 3600}
}

// read reads the zone.
func read(t testing.TB, h *godaddyapi.Host) *dns.Snapshot {
	t.Helper()
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// find returns the record of a snapshot with this name, type and value.
func find(t testing.TB, s *dns.Snapshot, name, recordType, value string) dns.Record {
	t.Helper()
	i := slices.IndexFunc(s.Records, func(r dns.Record) bool { return r.Name == name && r.Type == recordType && r.Value == value })
	if i < 0 {
		t.Fatalf("there is no %s %s %q in %v", name, recordType, value, s.Records)
	}
	return s.Records[i]
}

// forBoth runs a test with both APIs.
func forBoth(t *testing.T, test func(t *testing.T, s *simulation, h *godaddyapi.Host)) {
	for name, credentials := range versions {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			test(t, s, s.host(credentials))
		})
	}
}

// isV1 is whether a host uses the API for keys, of which no limit of texts is known.
func isV1(h *godaddyapi.Host) bool { return h.Limits().TXT == 0 }
