package mailserver_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	simulated "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

var password = mailserver.Credential{Value: "an invented password"}

// simulation is the simulated mail server behind a socket, with its calls counted.
type simulation struct {
	t       *testing.T
	store   *store.Store
	handler http.Handler
	url     string

	mu    sync.Mutex
	calls map[string]int // by method and path, ids replaced
	then  func(call string)
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	s := &simulation{t: t, store: st, calls: map[string]int{}}
	service := simulated.New(simulated.Config{Store: st, Conditions: func() fault.Conditions {
		c, err := fault.Get(st, simulated.Section)
		if err != nil {
			t.Error(err)
		}
		return c
	}})
	s.handler = fault.Observe(simulated.Section, s.observe, fault.Wrap(simulated.Section, st, service))
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *simulation) observe(_, method, path string, _ int) {
	s.mu.Lock()
	for _, folder := range []string{"/users/", "/user/"} {
		if strings.HasPrefix(path, folder) {
			path = folder + "ID"
		}
	}
	s.calls[method+" "+path]++
	then := s.then
	s.mu.Unlock()
	if then != nil {
		then(method + " " + path)
	}
}

// after has something happen once, before the answer to the next such call goes out.
func (s *simulation) after(call string, happens func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var once sync.Once
	s.then = func(c string) {
		if c == call {
			once.Do(happens)
		}
	}
}

// count is how often a call has been made since the last reset.
func (s *simulation) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[call]
}

func (s *simulation) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		n += c
	}
	return n
}

func (s *simulation) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = map[string]int{}
}

// set puts the server under conditions.
func (s *simulation) set(c fault.Conditions) {
	s.t.Helper()
	if err := fault.Set(s.store, simulated.Section, c); err != nil {
		s.t.Fatal(err)
	}
}

// breakOnce has one call go wrong.
func (s *simulation) breakOnce(method, path string, kind fault.Kind) {
	s.t.Helper()
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: method, Path: path, Count: 1, Kind: kind}}})
}

// switchOn turns one of the server's troubles on.
func (s *simulation) switchOn(name string) {
	s.t.Helper()
	s.set(fault.Conditions{Switches: map[string]bool{name: true}})
}

// state shows what the server has.
func (s *simulation) state() simulated.State {
	s.t.Helper()
	var state simulated.State
	err := store.View(s.store, simulated.Section, func(st *simulated.State) error {
		state = *st
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// client is a new one, as of a new provider process, with pauses cut short.
func (s *simulation) client(change ...func(*mailserver.Config)) *mailserver.Client {
	s.t.Helper()
	address, err := api.ParseBaseURL(s.url, false)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := mailserver.Config{
		URL: address, Username: simulated.Username, Password: simulated.Password,
		UserAgent: "test", RetryWaitMin: time.Millisecond,
		Background: time.Millisecond, Settle: time.Millisecond,
	}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.GatherGap == 0 {
		cfg.GatherGap = 5 * time.Millisecond
	}
	return mailserver.New(cfg)
}

// seed creates domains with their postmaster, by a client of its own.
func (s *simulation) seed(domains ...string) {
	s.t.Helper()
	c := s.client()
	for _, d := range domains {
		if _, err := c.CreateDomain(s.t.Context(), d, "postmaster@"+d, password); err != nil {
			s.t.Fatal(err)
		}
	}
	s.reset()
}

// insert changes the server's tables behind the client's back.
func (s *simulation) insert(change func(*simulated.State)) {
	s.t.Helper()
	err := store.Update(s.store, simulated.Section, func(st *simulated.State) error {
		change(st)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// inParallel works through n jobs with so many workers, as Terraform does.
func inParallel(t *testing.T, parallelism, n int, job func(ctx context.Context, i int) error) {
	t.Helper()
	var workers sync.WaitGroup
	jobs := make(chan int)
	for range parallelism {
		workers.Go(func() {
			for i := range jobs {
				if err := job(t.Context(), i); err != nil {
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

func domainNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("d%02d.example", i)
	}
	return names
}
