package octethapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// simulation is the simulated platform in memory, for use under a fake clock, with its calls noted.
type simulation struct {
	t       *testing.T
	service *octethsim.Service
	store   *store.Store

	mu         sync.Mutex
	conditions fault.Conditions
	published  map[string]string // value by "host type"
	calls      []call
	latency    time.Duration
	// spoil, if set, is told of each call before it is carried out. It returns the answer that the
	// client gets, and whether the call is carried out all the same; without an answer it is
	// carried out as usual.
	spoil func(c call) (answer *http.Response, err error, done bool)
}

// call is one that has arrived.
type call struct {
	method, path, query, authorization string
	command                            string // of CommandPath, else the last element of the path
	params                             map[string]any
}

// inBubble runs a test against a new simulation under a fake clock.
func inBubble(t *testing.T, test func(t *testing.T, s *simulation)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		st, err := store.Open("")
		if err != nil {
			t.Fatal(err)
		}
		s := &simulation{t: t, store: st, published: map[string]string{}}
		s.service = octethsim.New(octethsim.Config{
			Store: st, Lookup: s.lookup, Transport: s, Version: "5.9.4", BaseURL: func(string) string { return "https://dns.example.com" },
			Conditions: func() fault.Conditions {
				s.mu.Lock()
				defer s.mu.Unlock()
				return s.conditions
			},
		})
		test(t, s)
	})
}

func (s *simulation) lookup(_ context.Context, name, recordType string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value, found := s.published[name+" "+recordType]; found {
		return []string{value}, nil
	}
	return nil, nil
}

// RoundTrip has the simulation answer.
func (s *simulation) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	arrived := call{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, authorization: r.Header.Get("Authorization")}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &arrived.params); err != nil {
			s.t.Errorf("the body of %s %s: %v", r.Method, r.URL, err)
		}
	}
	if arrived.command, _ = arrived.params["Command"].(string); arrived.path != octethsim.CommandPath {
		arrived.command = r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	}
	s.mu.Lock()
	s.calls = append(s.calls, arrived)
	spoil, latency := s.spoil, s.latency
	s.mu.Unlock()
	time.Sleep(latency)
	served := r.Clone(r.Context())
	served.Body = io.NopCloser(strings.NewReader(string(body)))
	if spoil != nil {
		answer, err, done := spoil(arrived)
		if done {
			s.service.ServeHTTP(httptest.NewRecorder(), served)
		}
		if answer != nil || err != nil {
			return answer, err
		}
	}
	recorder := httptest.NewRecorder()
	s.service.ServeHTTP(recorder, served)
	return recorder.Result(), nil
}

// says is an answer.
func says(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

var errCut = errors.New("the connection was cut")

func (s *simulation) under(c fault.Conditions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conditions = c
}

func (s *simulation) version(v string) {
	s.under(fault.Conditions{Settings: map[string]string{octethsim.SettingVersion: v}})
}

func (s *simulation) spoils(spoil func(c call) (*http.Response, error, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoil = spoil
}

// publish has the DNS answer with records.
func (s *simulation) publish(records map[string]octethapi.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for host, r := range records {
		s.published[host+" "+r.Type] = r.Value
	}
}

// made returns the calls since the last time, by their commands.
func (s *simulation) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var commands []string
	for _, c := range s.calls {
		commands = append(commands, c.command)
	}
	s.calls = nil
	return commands
}

// last returns the last call.
func (s *simulation) last() call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[len(s.calls)-1]
}

func count(commands []string, command string) int {
	n := 0
	for _, c := range commands {
		if c == command {
			n++
		}
	}
	return n
}

// client is a new one, as of a new provider process.
func (s *simulation) client(change ...func(*octethapi.Config)) *octethapi.Client {
	s.t.Helper()
	cfg := octethapi.Config{
		URL: &url.URL{Scheme: "https", Host: "octeth.example.com"}, APIKey: octethsim.APIKey,
		APIVersion: octethapi.Version{5, 9, 4}, Transport: s, UserAgent: "test",
	}
	for _, c := range change {
		c(&cfg)
	}
	return octethapi.New(cfg)
}

func atVersion(v octethapi.Version) func(*octethapi.Config) {
	return func(cfg *octethapi.Config) { cfg.APIVersion = v }
}

func bySession(cfg *octethapi.Config) { cfg.APIKey, cfg.SessionID = "", octethsim.SessionID }

// inParallel works through n jobs with so many workers, as Terraform does.
func inParallel(t *testing.T, parallelism, n int, job func(i int) error) {
	t.Helper()
	var workers sync.WaitGroup
	jobs := make(chan int)
	for range parallelism {
		workers.Go(func() {
			for i := range jobs {
				if err := job(i); err != nil {
					t.Errorf("job %d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	workers.Wait()
}

// create registers campaign domains and returns them in their order.
func (s *simulation) create(c *octethapi.Client, n int) []octethapi.SenderDomain {
	s.t.Helper()
	domains := make([]octethapi.SenderDomain, n)
	inParallel(s.t, 10, n, func(i int) (err error) {
		domains[i], err = c.Create(s.t.Context(), octethapi.Campaign, fmt.Sprintf("d%03d.example", i), octethapi.Options{})
		return err
	})
	slices.SortFunc(domains, func(a, b octethapi.SenderDomain) int { return int(a.ID - b.ID) })
	return domains
}

func on() *bool  { return new(true) }
func off() *bool { return new(false) }

// state shows what the platform has.
func (s *simulation) state() octethsim.State {
	s.t.Helper()
	var state octethsim.State
	err := store.View(s.store, octethsim.Section, func(st *octethsim.State) error {
		state = *st
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// sent returns the calls that have not been asked for yet.
func (s *simulation) sent() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// waitOutProbe waits until the platform looks records up again, of which older versions tell by
// looking them up.
func waitOutProbe(v octethapi.Version) {
	if isBefore(v, octethapi.Version{5, 9, 1}) {
		time.Sleep(time.Minute)
	}
}

func isBefore(v, other octethapi.Version) bool { return slices.Compare(v[:], other[:]) < 0 }

// settings are conditions of one setting.
func settings(name, value string) fault.Conditions {
	return fault.Conditions{Settings: map[string]string{name: value}}
}

// forgetVerifications makes all domains pending, as if nobody had looked their records up yet.
func (s *simulation) forgetVerifications() {
	s.t.Helper()
	err := store.Update(s.store, octethsim.Section, func(st *octethsim.State) error {
		for i := range st.Domains {
			st.Domains[i].Status, st.Domains[i].CheckedAt = octethsim.StatusPending, time.Time{}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// register makes campaign domains exist without a call for each.
func (s *simulation) register(n int) []octethapi.SenderDomain {
	s.t.Helper()
	err := store.Update(s.store, octethsim.Section, func(st *octethsim.State) error {
		for i := range n {
			name := fmt.Sprintf("d%03d.example", i)
			st.Domains = append(st.Domains, octethsim.Domain{
				ID: int64(i + 1), Kind: octethsim.Campaign, User: 1, Name: name, Status: octethsim.StatusPending,
				Records: []octethsim.Record{{Host: "sl." + name, Type: "CNAME", Value: "mfrom.octeth.example."}, {Host: "x.sl." + name, Type: "TXT", Value: "hash"}},
			})
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	domains, err := s.client().Domains(s.t.Context(), octethapi.Campaign)
	if err != nil || len(domains) != n {
		s.t.Fatal(len(domains), err)
	}
	return domains
}
