package mailserverapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

var password = mailserverapi.Credential{Value: "an invented password"}

// simulation is the simulated mail server behind a socket, with its calls counted.
type simulation struct {
	*sandboxtest.World
	t       *testing.T
	handler http.Handler
	url     string
	calls   sandboxtest.Calls // by method and path, ids replaced

	mu   sync.Mutex
	then func(call string)
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	s := &simulation{World: sandboxtest.New(t), t: t}
	service := mailserversim.New(mailserversim.Config{Store: s.Store, Conditions: s.Stored(mailserversim.Section)})
	s.handler = s.Observed(service, s.observe)
	s.url = s.Serve(s.handler)
	return s
}

func (s *simulation) observe(_, method, path string, _ int) {
	for _, folder := range []string{"/users/", "/user/"} {
		if strings.HasPrefix(path, folder) {
			path = folder + "ID"
		}
	}
	s.calls.Add(method + " " + path)
	s.mu.Lock()
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
func (s *simulation) count(call string) int { return s.calls.Of(call) }

func (s *simulation) total() int { return s.calls.Total() }

func (s *simulation) reset() { s.calls.Take() }

// set puts the server under conditions.
func (s *simulation) set(c fault.Conditions) {
	s.t.Helper()
	s.SetStored(mailserversim.Section, c)
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
func (s *simulation) state() mailserversim.State {
	s.t.Helper()
	return sandboxtest.State[mailserversim.State](s.World, mailserversim.Section)
}

// client is a new one, as of a new provider process, with pauses cut short.
func (s *simulation) client(change ...func(*mailserverapi.Config)) *mailserverapi.Client {
	s.t.Helper()
	address, err := api.ParseBaseURL(s.url, false)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := mailserverapi.Config{
		URL: address, Username: mailserversim.Username, Password: mailserversim.Password,
		UserAgent: "test", RetryWaitMin: time.Millisecond,
		Background: time.Millisecond, Settle: time.Millisecond,
	}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.GatherGap == 0 {
		cfg.GatherGap = 5 * time.Millisecond
	}
	return mailserverapi.New(cfg)
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
func (s *simulation) insert(change func(*mailserversim.State)) {
	s.t.Helper()
	sandboxtest.Insert(s.World, mailserversim.Section, change)
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
