package sendgridapi_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

func TestCreate(t *testing.T) {
	s := newSimulation(t)
	got := create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news", Default: ptr(true)})
	want := sendgridapi.Domain{
		ID: 45000001, UserID: 7770001, Subdomain: "news", Domain: "example.com", Username: sendgridsim.User, IPs: []string{},
		Default: true, AutomaticSecurity: true,
		Records: map[string]sendgridapi.Record{
			"mail_cname": {Type: "CNAME", Name: "news.example.com", Data: "u7770001.wl001.sendgrid.net"},
			"dkim1":      {Type: "CNAME", Name: "s1._domainkey.example.com", Data: "s1.domainkey.u7770001.wl001.sendgrid.net"},
			"dkim2":      {Type: "CNAME", Name: "s2._domainkey.example.com", Data: "s2.domainkey.u7770001.wl001.sendgrid.net"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	s.wantCalls(map[string]int{"GET": 1, "POST": 1})
}

func TestCreateWithEverything(t *testing.T) {
	s := newSimulation(t)
	d := create(t, s.client(func(c *sendgridapi.Config) { c.Region = sendgridapi.EU }), sendgridapi.NewDomain{
		Domain: "example.com", Subdomain: "news", Username: sendgridsim.EUSubuser, IPs: []string{"192.0.2.1"},
		CustomSPF: ptr(true), Default: ptr(false), AutomaticSecurity: ptr(false), CustomDKIMSelector: "abc",
	})
	if d.Username != sendgridsim.EUSubuser || len(d.IPs) != 1 || !d.CustomSPF || d.Default || d.AutomaticSecurity || d.CustomDKIMSelector() != "abc" {
		t.Errorf("%+v", d)
	}
	if mx := d.Records["mail_server"]; mx.Type != "MX" || mx.Priority != 10 || mx.Data != "mx.sendgrid.net" {
		t.Errorf("%+v", mx)
	}
	s.insert(func(st *sendgridsim.State) {
		if d := st.Domains[0]; d.Region != "eu" || d.Target != "eu" {
			t.Errorf("created in %s for %s", d.Region, d.Target)
		}
	})
}

// Creating many looks once and not before each.
func TestCreateMany(t *testing.T) {
	s := newSimulation(t)
	s.seed(60)
	c := s.client()
	var workers sync.WaitGroup
	for i := range 30 {
		workers.Go(func() {
			if _, err := c.Create(t.Context(), sendgridapi.NewDomain{Domain: fmt.Sprintf("new%d.example", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	lists := s.calls.Of("GET")
	// Those who come at the same time as the first list may share another.
	if lists < 2 || lists > 4 {
		t.Errorf("%d pages were read", lists)
	}
}

func TestCreateWhatIsThere(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	there := create(t, c, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
	create(t, c, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "shop", Username: sendgridsim.OtherSubuser})
	for _, tc := range []struct {
		name   string
		new    sendgridapi.NewDomain
		exists bool
	}{
		{"any subdomain", sendgridapi.NewDomain{Domain: "example.com"}, true},
		{"the same subdomain", sendgridapi.NewDomain{Domain: "example.com", Subdomain: "News"}, true},
		{"another subdomain", sendgridapi.NewDomain{Domain: "example.com", Subdomain: "other"}, false},
		{"a subuser's", sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.OtherSubuser}, true},
		{"another subuser's", sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.Subuser}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, client := range []*sendgridapi.Client{c, s.client()} {
				_, err := client.Create(t.Context(), tc.new)
				if !tc.exists {
					if err != nil {
						t.Error(err)
					}
					return
				}
				var exists *sendgridapi.ExistsError
				if !errors.As(err, &exists) || len(exists.Existing) == 0 {
					t.Fatalf("no ExistsError with what exists: %v", err)
				}
				wantError(t, err, api.ErrConflict, "create domain example.com", "example.com of", "Import it", "a subdomain of its own")
			}
		})
	}
	// What was deleted is not in the way.
	if err := c.Delete(t.Context(), number(there.ID)); err != nil {
		t.Fatal(err)
	}
	create(t, c, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
}

// What the account's list does not show, SendGrid refuses itself.
func TestCreateWhatIsSomebodyElses(t *testing.T) {
	s := newSimulation(t)
	customer := s.client().For("", "account-id "+sendgridsim.Customer)
	create(t, customer, sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
	_, err := s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
	wantError(t, err, api.ErrConflict, "HTTP 400", "already exists for this URL", "another account or region")
	var exists *sendgridapi.ExistsError
	if !errors.As(err, &exists) || exists.Existing != nil {
		t.Errorf("%v", exists)
	}
	// Made since the list, by the same account.
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	made := create(t, s.client(), sendgridapi.NewDomain{Domain: "example.org", Subdomain: "news"})
	_, err = c.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.org", Subdomain: "news"})
	if !errors.As(err, &exists) || len(exists.Existing) != 1 || exists.Existing[0].ID != made.ID {
		t.Errorf("%v", err)
	}
}

// A creation whose answer is lost is found in the list.
func TestCreateWithLostAnswer(t *testing.T) {
	for _, kind := range []fault.Kind{fault.CutAfter, fault.StatusAfter, fault.TruncatedBody, fault.InvalidJSON} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSimulation(t)
			s.seed(1)
			s.breakOnce("POST", fault.Fault{Kind: kind})
			d, err := s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
			if err != nil || d.ID != 45000002 || len(d.Records) != 3 {
				t.Errorf("%+v, %v", d, err)
			}
			s.wantCalls(map[string]int{"GET": 3, "POST": 1}) // of which one tells it from a subuser's
		})
	}
}

func TestCreateThatFailed(t *testing.T) {
	s := newSimulation(t)
	s.breakOnce("POST", fault.Fault{Kind: fault.Status, Status: 503, Body: "down"})
	_, err := s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	wantError(t, err, api.ErrOutcomeUnknown, "HTTP 503", "SendGrid does not list the domain")

	s.set(fault.Conditions{Faults: []fault.Fault{
		{Method: "POST", Kind: fault.CutAfter}, {Method: "GET", Skip: 1, Kind: fault.Status, Status: 501},
	}})
	_, err = s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	wantError(t, err, api.ErrOutcomeUnknown, "could not be checked", "HTTP 501")

	s = newSimulation(t)
	s.set(fault.Conditions{Settings: map[string]string{sendgridsim.SettingDomains: "0"}})
	_, err = s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	wantError(t, err, nil, "maximum of 0")
	if errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, api.ErrConflict) {
		t.Errorf("a refusal is something else: %v", err)
	}
}

// A creation that has begun ends although the run is stopped: otherwise nobody would know of the
// domain.
func TestCreateEndsAfterTheRunIsStopped(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: "POST", Kind: fault.SlowBody, Delay: fault.Duration(100 * time.Millisecond)}}})
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if d, err := c.Create(ctx, sendgridapi.NewDomain{Domain: "example.com"}); err != nil || d.ID == 0 {
		t.Errorf("begun before the end: %v", err)
	}
	if _, err := c.Create(ctx, sendgridapi.NewDomain{Domain: "example.org"}); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("begun after the end: %v", err)
	}
	s.wantCalls(map[string]int{"GET": 1, "POST": 1})
}
