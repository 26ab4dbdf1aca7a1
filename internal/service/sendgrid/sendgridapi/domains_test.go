package sendgridapi_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// A refresh of 300 domains costs the pages of one list, however many ask at once.
func TestManyReadersShareTheList(t *testing.T) {
	s := newSimulation(t)
	s.seed(312)
	c := s.client()
	var readers sync.WaitGroup
	for i := range 312 {
		readers.Go(func() {
			d, err := c.Domain(t.Context(), number(int64(45000001+i)))
			if err != nil || d.Domain != fmt.Sprintf("d%03d.example", i) {
				t.Errorf("domain %d: %s, %v", i, d.Domain, err)
			}
		})
	}
	readers.Wait()
	s.wantCalls(map[string]int{"GET": 7})
}

func TestDomain(t *testing.T) {
	s := newSimulation(t)
	s.seed(2)
	c := s.client()
	if rows, err := c.Domains(t.Context()); err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	// Somebody else makes one and deletes one.
	other := create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com"})
	s.insert(func(st *sendgridsim.State) { st.Domains = st.Domains[1:] })
	s.wantCalls(map[string]int{"GET": 2, "POST": 1})
	if d, err := c.Domain(t.Context(), number(other.ID)); err != nil || d.Domain != "example.com" {
		t.Errorf("made since the list: %v, %v", d, err)
	}
	s.wantCalls(map[string]int{"GET /ID": 1})
	if _, err := s.client().Domain(t.Context(), number(45000001)); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
	s.wantCalls(map[string]int{"GET": 1, "GET /ID": 1})
}

// Where many domains change, each is read by itself; that one is gone is said only after a list.
func TestDomainNow(t *testing.T) {
	s := newSimulation(t)
	s.seed(120)
	c := s.client()
	for range 2 {
		if d, err := c.DomainNow(t.Context(), number(45000119)); err != nil || d.Domain != "d118.example" {
			t.Errorf("%v, %v", d, err)
		}
	}
	s.wantCalls(map[string]int{"GET /ID": 2})
	if _, err := c.DomainNow(t.Context(), number(45000999)); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
	s.wantCalls(map[string]int{"GET": 3, "GET /ID": 2})
}

// Only SendGrid itself can say that a domain is gone.
func TestGoneIsNotGuessed(t *testing.T) {
	for name, f := range map[string]fault.Fault{
		"JSON of something else": {Kind: fault.Status, Status: 404, Body: `{"errors":[{"message":"not found"}]}`},
		"a web page":             {Kind: fault.Status, Status: 404, Body: "<html><title>Not Found</title></html>"},
		"another success":        {Kind: fault.Status, Status: 200, Body: `{"result":[]}`},
		"a server error":         {Kind: fault.Status, Status: 501, Body: `{"errors":[{"message":"not found"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seed(1)
			s.set(fault.Conditions{Faults: []fault.Fault{f}})
			c := s.client()
			if _, err := c.Domain(t.Context(), number(45000001)); !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrNotFound) {
				t.Errorf("read: %v", err)
			}
			if err := c.Delete(t.Context(), number(45000001)); err == nil || errors.Is(err, api.ErrNotFound) {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

// What answers every question with the same page does not keep the client busy for ever.
func TestListWithoutPages(t *testing.T) {
	page := "[" + strings.TrimSuffix(strings.Repeat(`{"id":45000001,"domain":"example.com"},`, 50), ",") + "]"
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: page}}})
	rows, err := s.client().Domains(t.Context())
	if err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	s.wantCalls(map[string]int{"GET": 2})
}

func TestDomainNamed(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	want := create(t, c, sendgridapi.NewDomain{Domain: "example.com"})
	create(t, c, sendgridapi.NewDomain{Domain: "example.org", Subdomain: "a"})
	create(t, c, sendgridapi.NewDomain{Domain: "example.org", Subdomain: "b", Username: sendgridsim.Subuser})
	if d, err := c.DomainNamed(t.Context(), "example.com"); err != nil || d.ID != want.ID {
		t.Errorf("%v, %v", d, err)
	}
	_, err := c.DomainNamed(t.Context(), "example.org")
	wantError(t, err, nil, "45000002 (a.example.org of sandbox), 45000003 (b.example.org of newsletter)", "by its number")
	_, err = c.DomainNamed(t.Context(), "example.net")
	wantError(t, err, api.ErrNotFound, "in the region global")
}

func TestDefault(t *testing.T) {
	for _, shape := range []struct {
		name     string
		switches []string
	}{{"object", nil}, {"array", []string{sendgridsim.SwitchAsDescribed}}} {
		t.Run(shape.name, func(t *testing.T) {
			s := newSimulation(t)
			s.switchOn(shape.switches...)
			c := s.client()
			if d, err := c.Default(t.Context(), ""); d != nil || err != nil {
				t.Errorf("none is set: %v, %v", d, err)
			}
			want := create(t, c, sendgridapi.NewDomain{Domain: "example.com", Default: ptr(true)})
			for _, name := range []string{"", "example.com"} {
				if d, err := c.Default(t.Context(), name); err != nil || d == nil || d.ID != want.ID || !d.Default || len(d.Records) != 3 {
					t.Errorf("default of %q: %v, %v", name, d, err)
				}
			}
			if d, err := c.Default(t.Context(), "example.org"); d != nil || err != nil {
				t.Errorf("default of another domain: %v, %v", d, err)
			}
		})
	}
}

func TestSeveralDefaults(t *testing.T) {
	s := newSimulation(t)
	s.switchOn(sendgridsim.SwitchAsDescribed, sendgridsim.SwitchSeveralDefaults)
	c := s.client()
	create(t, c, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "a", Default: ptr(true)})
	create(t, c, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "b", Default: ptr(true)})
	_, err := c.Default(t.Context(), "")
	wantError(t, err, nil, "45000001 (a.example.com of sandbox), 45000002 (b.example.com of sandbox)", "Name the domain")
	_, err = c.Default(t.Context(), "example.com")
	wantError(t, err, nil, "there are several", "Leave one of them the default")
}

// An answer may list more than the default itself.
func TestDefaultAmongOthers(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{
		Kind: fault.Status, Status: 200,
		Body: `[{"id":1,"domain":"example.com","default":false},{"id":2,"domain":"example.org","default":true},{"id":0,"domain":"sendgrid.net"}]`,
	}}})
	if d, err := s.client().Default(t.Context(), ""); err != nil || d == nil || d.ID != 2 {
		t.Errorf("%v, %v", d, err)
	}
}

// wantError checks what an error matches and what it says.
func wantError(t *testing.T, err, kind error, says ...string) {
	t.Helper()
	if err == nil {
		t.Error("succeeded")
		return
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("not %q: %v", kind, err)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("does not say %q: %v", text, err)
		}
	}
}
