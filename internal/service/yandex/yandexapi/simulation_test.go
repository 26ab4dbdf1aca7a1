package yandexapi_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// simulation is the simulated service behind a socket, with its calls counted.
type simulation struct {
	*sandboxtest.World
	t     *testing.T
	url   string
	calls sandboxtest.Calls

	timeout time.Duration // of a client's call; 0: the client's own

	mu     sync.Mutex
	before func(r *http.Request)      // told of each call that arrives
	after  func(call string, nth int) // told of each call that has been carried out
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	s := &simulation{World: sandboxtest.New(t), t: t}
	s.Publish("NS", "example.com", "ns1.example.net")
	service := yandexsim.New(yandexsim.Config{Store: s.Store, Conditions: s.Stored(yandexsim.Section), Lookup: s.Lookup})
	s.under(fault.Conditions{})
	observed := s.Observed(service, s.observe)
	s.url = s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		before := s.before
		s.mu.Unlock()
		if before != nil {
			before(r)
		}
		observed.ServeHTTP(w, r)
	}))
	return s
}

func (s *simulation) observe(_, method, path string, _ int) {
	call := method + " " + strings.TrimPrefix(path, yandexsim.AdminPath)
	nth := s.calls.Add(call)
	s.mu.Lock()
	after := s.after
	s.mu.Unlock()
	if after != nil {
		after(call, nth)
	}
}

// made returns how often calls were made since the last time.
func (s *simulation) made() map[string]int { return s.calls.Take() }

// under puts the service under conditions. Its keys are the smallest, as larger ones take long to
// make.
func (s *simulation) under(c fault.Conditions) {
	s.t.Helper()
	settings := map[string]string{yandexsim.SettingDKIMBits: "1024"}
	for name, value := range c.Settings {
		settings[name] = value
	}
	c.Settings = settings
	s.SetStored(yandexsim.Section, c)
}

// client is that of a new process.
func (s *simulation) client(token string) *yandexapi.Client {
	s.t.Helper()
	base, err := api.ParseBaseURL(s.url+yandexsim.AdminPath, false)
	if err != nil {
		s.t.Fatal(err)
	}
	return yandexapi.New(yandexapi.Config{Token: token, BaseURL: base, Timeout: s.timeout, RetryWaitMin: time.Millisecond})
}

// verified is a client of a user who has example.com, proven and with its MX record.
func (s *simulation) verified() *yandexapi.Client {
	s.t.Helper()
	c := s.client(yandexsim.Token)
	s.connect(c, "example.com")
	return c
}

// connect registers a domain and publishes what connects it.
func (s *simulation) connect(c *yandexapi.Client, domain string) {
	s.t.Helper()
	d, err := c.Register(s.t.Context(), domain)
	if err != nil {
		s.t.Fatal(err)
	}
	name, target := d.Secrets.CNAME(domain)
	s.Publish("NS", domain, "ns1.example.net")
	s.Publish("CNAME", name, target)
	s.Publish("MX", domain, "10 mx.yandex.net")
	if d, err = c.RegistrationStatus(s.t.Context(), domain); err != nil || d.Status != yandexapi.Added {
		s.t.Fatalf("%+v, %v", d, err)
	}
}

func TestSimulatedLifeOfADomain(t *testing.T) {
	s := newSimulation(t)
	c, ctx := s.client(yandexsim.Token), t.Context()
	d, err := c.Register(ctx, "Example.com")
	if err != nil || d.Status != yandexapi.DomainActivate || d.Secrets == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	checked, err := c.RegistrationStatus(ctx, "example.com")
	if err != nil || checked.CheckResults == "" || checked.CheckResults == yandexapi.CheckOK || checked.NextCheck == "" || *checked.Secrets != *d.Secrets {
		t.Errorf("%+v, %v", checked, err)
	}
	name, target := d.Secrets.CNAME(d.Name)
	s.Publish("CNAME", name, target)
	if checked, err = c.RegistrationStatus(ctx, "example.com"); err != nil || checked.Status != yandexapi.MXActivate || checked.Secrets != nil {
		t.Errorf("%+v, %v", checked, err)
	}
	s.Publish("MX", "example.com", "10 mx.yandex.net")
	if checked, err = c.RegistrationStatus(ctx, "example.com"); err != nil || checked.Status != yandexapi.Added || checked.CheckResults != yandexapi.CheckOK {
		t.Errorf("%+v, %v", checked, err)
	}

	alice, err := c.CreateAccount(ctx, "alice@example.com", password, yandexapi.Profile{FirstName: new("Alice"), LastName: new("Пример")})
	if err != nil || alice.FirstName != "Alice" || alice.LastName != "Пример" || !alice.Enabled || alice.UID == 0 {
		t.Errorf("%+v, %v", alice, err)
	}
	blocked, err := c.UpdateAccount(ctx, "alice@example.com", yandexapi.Changes{Profile: yandexapi.Profile{Enabled: new(false)}, Password: new("An0ther-one")})
	if err != nil || blocked.Enabled || blocked.FirstName != "Alice" || blocked.UID != alice.UID {
		t.Errorf("%+v, %v", blocked, err)
	}

	key, err := c.EnableDKIM(ctx, "example.com")
	if err != nil || !strings.HasPrefix(key.TXTRecord, "v=DKIM1;") {
		t.Fatalf("%+v, %v", key, err)
	}
	s.Publish("TXT", yandexapi.DKIMSelector+"._domainkey.example.com", key.TXTRecord)
	if signs, err := c.DKIM(ctx, "example.com"); err != nil || signs != (yandexapi.DKIM{Enabled: true, TXTRecord: key.TXTRecord, NSReady: true, MailReady: true}) {
		t.Errorf("%+v, %v", signs, err)
	}
	if err := c.DisableDKIM(ctx, "example.com"); err != nil {
		t.Error(err)
	}

	for _, want := range []int{1, 0} {
		if d, err := c.Domain(ctx, "example.com"); err != nil || d.Accounts != want {
			t.Errorf("want %d accounts: %+v, %v", want, d, err)
		}
		if err := c.DeleteAccount(ctx, "alice@example.com"); err != nil {
			t.Error(err)
		}
	}
	if all, err := c.Accounts(ctx, "example.com"); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := c.Domains(ctx); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := c.DeleteDomain(ctx, "example.com"); err != nil {
			t.Error(err)
		}
	}
	_, err = c.Domain(ctx, "example.com")
	wantError(t, err, api.ErrNotFound)
	_, err = c.Account(ctx, "alice@example.com")
	wantError(t, err, api.ErrNotFound, "the domain is not connected")
}

func TestSimulatedRefusals(t *testing.T) {
	s := newSimulation(t)
	s.verified()
	ctx := t.Context()
	register := func(token, domain string) func() error {
		return func() error { return second(s.client(token).Register(ctx, domain)) }
	}
	for _, tc := range []struct {
		name       string
		conditions fault.Conditions
		call       func() error
		kind       error
		want       string
	}{
		{"ours", fault.Conditions{}, register(yandexsim.Token, "EXAMPLE.com"), api.ErrConflict, `by the id "yandex/example.com"`},
		{"another user's", fault.Conditions{}, register(yandexsim.OtherToken, "example.com"), yandexapi.Occupied, "in use by another user"},
		{"prohibited", fault.Conditions{}, register(yandexsim.Token, "yandex.ru"), yandexapi.Prohibited, "another mail service"},
		{"blocked", fault.Conditions{Settings: map[string]string{yandexsim.SettingBlocked: "example.net"}}, register(yandexsim.Token, "example.net"), yandexapi.Blocked, "have the block lifted"},
		{"too many", fault.Conditions{Settings: map[string]string{yandexsim.SettingDomains: "1"}}, register(yandexsim.Token, "example.org"), yandexapi.DomainLimitReached, "which are 50"},
		{"a wrong token", fault.Conditions{}, register("INVENTED", "example.org"), yandexapi.BadToken, "Check pdd_token"},
		{"no success", fault.Conditions{Switches: map[string]bool{yandexsim.SwitchWithoutSuccess: true}}, register(yandexsim.Token, "example.org"), api.ErrUnavailable, `no "success"`},
		{"not the administrator", fault.Conditions{}, func() error {
			return second(s.client(yandexsim.OtherToken).Domain(ctx, "example.com"))
		}, yandexapi.NotAllowed, "the user who connected the domain"},
		{"mailboxes of another", fault.Conditions{}, func() error {
			return second(s.client(yandexsim.OtherToken).Accounts(ctx, "example.com"))
		}, yandexapi.NotAllowed, "the user who connected the domain"},
		{"deleting another's", fault.Conditions{}, func() error {
			return s.client(yandexsim.OtherToken).DeleteDomain(ctx, "example.com")
		}, yandexapi.NotAllowed, "the user who connected the domain"},
		{"a login", fault.Conditions{}, func() error {
			return second(s.client(yandexsim.Token).CreateAccount(ctx, "a..b@example.com", password, yandexapi.Profile{}))
		}, yandexapi.BadLogin, "Choose another local part"},
		{"a long login", fault.Conditions{Switches: map[string]bool{yandexsim.SwitchDetailedCodes: true}}, func() error {
			return second(s.client(yandexsim.Token).CreateAccount(ctx, strings.Repeat("a", 64)+"@example.com", password, yandexapi.Profile{}))
		}, nil, "is too long"},
		{"a reserved login", fault.Conditions{Switches: map[string]bool{yandexsim.SwitchDetailedCodes: true}}, func() error {
			return second(s.client(yandexsim.Token).CreateAccount(ctx, "postmaster@example.com", password, yandexapi.Profile{}))
		}, nil, "the name is reserved"},
		{"no such mailbox", fault.Conditions{}, func() error {
			return second(s.client(yandexsim.Token).UpdateAccount(ctx, "nobody@example.com", yandexapi.Changes{Password: new(password)}))
		}, api.ErrNotFound, "no such mailbox"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.under(tc.conditions)
			wantError(t, tc.call(), tc.kind, tc.want)
		})
	}
}

// A success that the service would also answer to a registration of what is there is not relied on.
func TestSimulatedRegistrationWithLostAnswers(t *testing.T) {
	const unknown = `{"success":"error","error":"unknown"}`
	for name, faults := range map[string][]fault.Fault{
		"cut before":             {{Path: "/api2/admin/domain/register", Kind: fault.Cut, Count: 1}},
		"cut after":              {{Path: "/api2/admin/domain/register", Kind: fault.CutAfter, Count: 1}},
		"a proxy's page after":   {{Path: "/api2/admin/domain/register", Kind: fault.StatusAfter, Count: 1}},
		"unknown twice":          {{Path: "/api2/admin/domain/register", Kind: fault.Status, Status: 200, Body: unknown, Count: 2}},
		"unknown, but done":      {{Path: "/api2/admin/domain/register", Kind: fault.StatusAfter, Status: 200, Body: unknown, Count: 1}},
		"no success after":       {{Path: "/api2/admin/domain/register", Kind: fault.StatusAfter, Status: 200, Body: `{}`, Count: 1}},
		"unknown where it looks": {{Path: "/api2/admin/domain/*", Kind: fault.Status, Status: 200, Body: unknown, Count: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.under(fault.Conditions{Faults: faults})
			c := s.client(yandexsim.Token)
			d, err := c.Register(t.Context(), "example.com")
			if name == "cut before" {
				wantError(t, err, api.ErrOutcomeUnknown, "safe to run again")
				d, err = c.Register(t.Context(), "example.com")
			}
			if err != nil || d.Secrets == nil {
				t.Fatalf("%+v, %v", d, err)
			}
			if all, err := c.Domains(t.Context()); err != nil || len(all) != 1 {
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
}

// A list of three pages that somebody else changes between two of them.
func TestSimulatedListThatChanges(t *testing.T) {
	s := newSimulation(t)
	c, ctx := s.verified(), t.Context()
	for _, local := range boxes(1, 25) {
		if _, err := c.CreateAccount(ctx, local+"@example.com", password, yandexapi.Profile{}); err != nil {
			t.Fatal(err)
		}
	}
	s.under(fault.Conditions{Settings: map[string]string{yandexsim.SettingAccountsPage: "10"}})
	s.made()
	var want []string
	s.after = func(call string, nth int) {
		if call != "GET email/list" || nth != 1 {
			return
		}
		// The third mailbox goes and another comes, so that the counts agree.
		err := store.Update(s.Store, yandexsim.Section, func(st *yandexsim.State) error {
			d := &st.Domains[0]
			d.Accounts = append(slices.Delete(d.Accounts, 2, 3), yandexsim.Account{UID: 1130000000009999, Login: "new", Enabled: true})
			for _, a := range d.Accounts {
				want = append(want, a.Login+"@example.com")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	reader := s.client(yandexsim.Token)
	all, err := reader.Accounts(ctx, "example.com")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.Email)
	}
	if len(want) != 25 || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestSimulatedDelegatedDomain(t *testing.T) {
	for name, conditions := range map[string]fault.Conditions{"as it is": {}, "yes and no": {Switches: map[string]bool{yandexsim.SwitchYesNo: true}}} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.under(conditions)
			s.Publish("NS", "example.com", yandexsim.NameServers...)
			c, ctx := s.client(yandexsim.Token), t.Context()
			d, err := c.Register(ctx, "example.com")
			if err != nil || d.Status == yandexapi.DomainActivate {
				t.Fatalf("%+v, %v", d, err)
			}
			if listed, err := c.Domain(ctx, "example.com"); err != nil || !listed.Delegated {
				t.Errorf("%+v, %v", listed, err)
			}
			if details, err := c.Details(ctx, "example.com"); err != nil || !details.Delegated {
				t.Errorf("%+v, %v", details, err)
			}
		})
	}
}

// 20 domains of 50 mailboxes each are read by a call each, and one for the list of domains.
func TestSimulatedReadingOfMany(t *testing.T) {
	s := newSimulation(t)
	err := store.Update(s.Store, yandexsim.Section, func(st *yandexsim.State) error {
		for i := range 20 {
			d := yandexsim.Domain{Name: fmt.Sprintf("d%d.example", i), User: "user", Status: yandexsim.StatusAdded}
			for _, local := range boxes(1, 50) {
				st.LastUID++
				d.Accounts = append(d.Accounts, yandexsim.Account{UID: st.LastUID, Login: local, Enabled: true})
			}
			st.Domains = append(st.Domains, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.under(fault.Conditions{Settings: map[string]string{yandexsim.SettingRecheck: "0s"}})
	c := s.client(yandexsim.Token)
	for i := range 20 {
		for _, local := range boxes(1, 50) {
			if _, err := c.Account(t.Context(), fmt.Sprintf("%s@d%d.example", local, i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Domain(t.Context(), fmt.Sprintf("d%d.example", i)); err != nil {
			t.Error(err)
		}
	}
	if made := s.made(); !reflect.DeepEqual(made, map[string]int{"GET domain/domains": 1, "GET email/list": 20}) {
		t.Errorf("calls %v", made)
	}
}
