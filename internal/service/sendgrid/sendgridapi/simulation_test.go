package sendgridapi_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// simulation is the simulated API behind a socket, with its calls counted.
type simulation struct {
	*sandboxtest.World
	t     *testing.T
	url   string
	calls sandboxtest.Calls // by method and path, ids replaced
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	s := &simulation{World: sandboxtest.New(t), t: t}
	service := sendgridsim.New(sendgridsim.Config{Store: s.Store, Conditions: s.Stored(sendgridsim.Section), Lookup: s.Lookup})
	s.url = s.Serve(s.Observed(service, s.observe))
	return s
}

var ids = regexp.MustCompile(`\d{8}`)

func (s *simulation) observe(_, method, path string, _ int) {
	path = strings.Replace(path, "/v3/whitelabel/domains", "", 1)
	s.calls.Add(strings.TrimSpace(method + " " + ids.ReplaceAllString(path, "ID")))
}

// wantCalls checks what was called since the last time, and begins anew.
func (s *simulation) wantCalls(want map[string]int) {
	s.t.Helper()
	if made := s.calls.Take(); fmt.Sprint(made) != fmt.Sprint(want) {
		s.t.Errorf("calls %v, want %v", made, want)
	}
}

// wantSomeCalls begins to count anew.
func (s *simulation) wantSomeCalls() {
	s.t.Helper()
	if len(s.calls.Take()) == 0 {
		s.t.Error("nothing was called")
	}
}

// set puts the service under conditions.
func (s *simulation) set(c fault.Conditions) {
	s.t.Helper()
	s.SetStored(sendgridsim.Section, c)
}

func (s *simulation) switchOn(names ...string) {
	s.t.Helper()
	on := map[string]bool{}
	for _, name := range names {
		on[name] = true
	}
	s.set(fault.Conditions{Switches: on})
}

// breakOnce has one call go wrong.
func (s *simulation) breakOnce(method string, f fault.Fault) {
	s.t.Helper()
	f.Method, f.Count = method, 1
	s.set(fault.Conditions{Faults: []fault.Fault{f}})
}

// client is a new one, as of a new provider process, with pauses cut short.
func (s *simulation) client(change ...func(*sendgridapi.Config)) *sendgridapi.Client {
	s.t.Helper()
	cfg := sendgridapi.Config{
		APIKey: sendgridsim.Key, BaseURL: parse(s.t, s.url), EUBaseURL: parse(s.t, s.url+sendgridsim.EUPath),
		UserAgent: "test", RetryWaitMin: time.Millisecond,
	}
	for _, c := range change {
		c(&cfg)
	}
	return sendgridapi.New(cfg)
}

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := api.ParseBaseURL(raw, false)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// publish puts the records of a domain into the DNS.
func (s *simulation) publish(d sendgridapi.Domain) {
	for _, r := range d.Records {
		data := r.Data
		if r.Type == "MX" {
			data = fmt.Sprintf("%d %s", r.Priority, r.Data)
		}
		s.Publish(r.Type, r.Name, data)
	}
}

// insert changes what the service keeps behind the client's back.
func (s *simulation) insert(change func(*sendgridsim.State)) {
	s.t.Helper()
	sandboxtest.Insert(s.World, sendgridsim.Section, change)
}

// seed makes n domains d000.example and so on.
func (s *simulation) seed(n int) {
	s.t.Helper()
	s.insert(func(st *sendgridsim.State) {
		for i := range n {
			st.Domains = append(st.Domains, &sendgridsim.Domain{
				ID: int64(45000001 + i), Region: "global", Target: "global", Owner: sendgridsim.User,
				Subdomain: "em", Domain: fmt.Sprintf("d%03d.example", i), AutomaticSecurity: true,
			})
		}
		st.LastID = int64(45000000 + n)
	})
}

func create(t *testing.T, c *sendgridapi.Client, n sendgridapi.NewDomain) sendgridapi.Domain {
	t.Helper()
	d, err := c.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ptr[T any](v T) *T { return &v }

// number is a domain of which nothing but its number is known.
func number(id int64) sendgridapi.Ref { return sendgridapi.Ref{ID: id} }
