package mailserverapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// write is one of the client's changes, and how to see whether it has happened.
type write struct {
	name, method, path string
	make               func(context.Context, *mailserverapi.Client) error
	done               func(mailserversim.State) bool
	again              error // what a second run may say where the first has happened; nil: success alone
}

var writes = []write{
	{
		"create domain", "POST", "/domains",
		func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.CreateDomain(ctx, "example.net", "postmaster@example.net", password)
			return err
		},
		func(st mailserversim.State) bool {
			return slices.ContainsFunc(st.Domains, func(d mailserversim.Domain) bool { return d.Name == "example.net" })
		}, api.ErrConflict,
	},
	{
		"delete domain", "DELETE", "/domain",
		func(ctx context.Context, c *mailserverapi.Client) error { return c.DeleteDomain(ctx, "example.org") },
		func(st mailserversim.State) bool {
			return !slices.ContainsFunc(st.Domains, func(d mailserversim.Domain) bool { return d.Name == "example.org" })
		}, nil,
	},
	{
		"create account", "POST", "/users/*",
		func(ctx context.Context, c *mailserverapi.Client) error {
			return c.CreateAccount(ctx, "bob@example.com", hash)
		},
		func(st mailserversim.State) bool { return hasAccount(st, "bob@example.com") }, api.ErrConflict,
	},
	{
		"delete account", "DELETE", "/users",
		func(ctx context.Context, c *mailserverapi.Client) error { return c.DeleteAccount(ctx, alice) },
		func(st mailserversim.State) bool { return !hasAccount(st, alice) }, nil,
	},
	{
		"change password", "POST", "/user-change-password",
		func(ctx context.Context, c *mailserverapi.Client) error { return c.SetPassword(ctx, alice, hash) },
		func(st mailserversim.State) bool {
			return slices.ContainsFunc(st.Accounts, func(a mailserversim.Account) bool { return a.Email == alice && a.PasswordHash == hash.Value })
		}, nil,
	},
	{
		"add DKIM key", "POST", "/dkim/add-new-domain",
		func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.AddDKIMKey(ctx, "example.com")
			return err
		},
		func(st mailserversim.State) bool { return len(st.DKIM.KeyTable) == 1 }, nil,
	},
	{
		"export", "GET", "/export/domain",
		func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.ExportDomain(ctx, "example.com")
			return err
		},
		func(st mailserversim.State) bool { return len(st.Archives) > 0 }, nil,
	},
}

func hasAccount(st mailserversim.State, email string) bool {
	return slices.ContainsFunc(st.Accounts, func(a mailserversim.Account) bool { return a.Email == email })
}

// trouble is what befalls a change.
type trouble struct {
	name  string
	begin func(*simulation, write)
}

func troubles() []trouble {
	var all []trouble
	for _, kind := range []fault.Kind{fault.Cut, fault.CutAfter, fault.TruncatedBody, fault.StatusAfter, fault.EmptyError, fault.InvalidJSON} {
		for count, often := range []string{"for ever", "once"} {
			all = append(all, trouble{string(kind) + " " + often, func(s *simulation, w write) {
				s.set(fault.Conditions{
					Settings: map[string]string{mailserversim.SettingPasswordChangeDelay: "0s", mailserversim.SettingDKIMBits: "1024"},
					Faults:   []fault.Fault{{Method: w.method, Path: w.path, Count: count, Kind: kind}},
				})
			}})
		}
	}
	down := func(s *simulation, _ write) { s.switchOn(mailserversim.SwitchDatabaseDown) }
	return append(all, trouble{"database down", down}, trouble{"database down from the first list on", func(s *simulation, w write) {
		s.after("GET /domains", func() { down(s, w) })
	}})
}

// Success means that it has happened, and an error that does not call the outcome unknown means
// that it has not. The next run goes on from either.
func TestWritesWithstand(t *testing.T) {
	for _, w := range writes {
		for _, trouble := range troubles() {
			t.Run(w.name+", "+trouble.name, func(t *testing.T) {
				t.Parallel()
				s := newSimulation(t)
				s.seed("example.com", "example.org")
				s.addAccount(1, alice)
				trouble.begin(s, w)
				err := w.make(t.Context(), s.client())
				s.set(fault.Conditions{Settings: map[string]string{mailserversim.SettingDKIMBits: "1024"}})
				s.after("", nil)
				s.hashOf(alice) // waits for the background
				done := w.done(s.state())
				switch {
				case err == nil && !done:
					t.Error("recorded, but it did not happen")
				case err != nil && done && !errors.Is(err, api.ErrOutcomeUnknown) && w.name != "export":
					t.Errorf("it happened, but the error says that it did not: %v", err)
				case err != nil && strings.Contains(err.Error(), password.Value):
					t.Errorf("the error shows the password: %v", err)
				}
				if lost := s.state().LostMail; len(lost) != 0 && !strings.Contains(err.Error(), "mail") {
					t.Errorf("mail of %q was lost without a word: %v", lost, err)
				}
				err = w.make(t.Context(), s.client())
				if err != nil && (!done || w.again == nil || !errors.Is(err, w.again)) {
					t.Errorf("the next run, done before %v: %v", done, err)
				}
				s.hashOf(alice)
				if !w.done(s.state()) {
					t.Error("the next run has not done it")
				}
			})
		}
	}
}

// With the database down the server would delete the mail and not the domain, so it is asked before
// anything is sent.
func TestDeletingADomainWithoutDatabaseLosesNoMail(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.switchOn(mailserversim.SwitchDatabaseDown)
	wantError(t, c.DeleteDomain(t.Context(), "example.com"), mailserverapi.ErrNoDomains)
	if lost := s.state().LostMail; len(lost) != 0 {
		t.Errorf("the mail of %q was deleted", lost)
	}
	s.set(fault.Conditions{})
	s.after("GET /domains", func() { s.switchOn(mailserversim.SwitchDatabaseDown) })
	wantError(t, c.DeleteDomain(t.Context(), "example.com"), api.ErrOutcomeUnknown, "whether the mail is still there", "database")
}

// An answer is held against what was asked.
func TestAnswersAboutAnotherObject(t *testing.T) {
	const accounts = `{"users":[{"id":7,"domain_id":9,"email":"alice@example.com"}]}`
	for name, c := range map[string]struct {
		call, answer string
		ask          func(context.Context, *mailserverapi.Client) error
		says         string
	}{
		"accounts of another domain": {"GET /users/2", accounts, func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.Accounts(ctx, "example.com")
			return err
		}, "domain with id 9, not 2"},
		"account to change": {"GET /users/2", accounts, func(ctx context.Context, c *mailserverapi.Client) error {
			return c.SetPassword(ctx, alice, password)
		}, "domain with id 9, not 2"},
		"account to delete": {"GET /users/2", accounts, func(ctx context.Context, c *mailserverapi.Client) error {
			return c.DeleteAccount(ctx, alice)
		}, "domain with id 9, not 2"},
		"another domain's export": {
			"GET /export/domain", `{"accounts":[],"dkim":{"public":"x"},"domainName":"bank.example","export_filename":"/x"}`,
			func(ctx context.Context, c *mailserverapi.Client) error {
				_, err := c.ExportDomain(ctx, "example.com")
				return err
			}, "bank.example",
		},
		"another domain's key": {
			"POST /dkim/add-new-domain", `{"result":true,"public":"mail._domainkey\tIN\tTXT\t( \"v=DKIM1; p=AAAA\" )  ; ----- DKIM key mail for bank.example\n"}`,
			func(ctx context.Context, c *mailserverapi.Client) error {
				_, err := c.AddDKIMKey(ctx, "example.com")
				return err
			}, "another domain, bank.example",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.says("GET /domains", `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`)
			s.says(c.call, c.answer)
			wantError(t, c.ask(t.Context(), s.client()), api.ErrUnavailable, "example.com", c.says)
			if n := s.count("POST /user-change-password") + s.count("DELETE /users"); n != 0 {
				t.Errorf("%d changes sent", n)
			}
		})
	}
}

// A server, or a proxy in front of it, that repeats what it was sent.
func TestEchoedCredentials(t *testing.T) {
	const secret, login = "An-Invented-Secret+1", "invented login password"
	for _, w := range []string{"POST /domains", "POST /users/2", "POST /user-change-password"} {
		for _, status := range []int{200, 400, 502} {
			t.Run(fmt.Sprintf("%s %d", w, status), func(t *testing.T) {
				s := newScripted(t)
				s.says("GET /domains", `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`)
				s.says("GET /users/2", `{"users":[{"id":7,"domain_id":2,"email":"alice@example.com"}]}`)
				s.does(w, func(rw http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					rw.WriteHeader(status)
					text := strings.NewReplacer("\r\n", " ", `"`, "'").Replace(string(body)) + login + goodToken
					_, _ = fmt.Fprintf(rw, `{"result":false,"error":"%s"}`, text)
				})
				c, p := s.client(), mailserverapi.Credential{Value: secret}
				var err error
				switch w {
				case "POST /domains":
					_, err = c.CreateDomain(t.Context(), "example.net", "postmaster@example.net", p)
				case "POST /users/2":
					err = c.CreateAccount(t.Context(), "bob@example.com", p)
				default:
					err = c.SetPassword(t.Context(), alice, p)
				}
				if err == nil {
					t.Fatal("no error")
				}
				for _, hidden := range []string{secret, login, goodToken} {
					if strings.Contains(err.Error(), hidden) {
						t.Errorf("the error shows %q: %v", hidden, err)
					}
				}
			})
		}
	}
}

// restartable is a simulation whose server can be killed, with all its connections, and started
// again at the same address.
type restartable struct {
	*simulation
	handler http.Handler
	server  *httptest.Server
}

func newRestartable(t *testing.T) *restartable {
	t.Helper()
	s := newSimulation(t)
	r := &restartable{simulation: s, handler: s.handler}
	r.start("127.0.0.1:0")
	return r
}

func (r *restartable) start(address string) {
	r.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(r.t.Context(), "tcp", address)
	if err != nil {
		r.t.Error(err)
		return
	}
	r.server = httptest.NewUnstartedServer(r.handler)
	_ = r.server.Listener.Close()
	r.server.Listener = listener
	r.server.Start()
	r.url = r.server.URL
	r.t.Cleanup(r.server.Close)
}

// kill ends the server in the middle of its calls.
func (r *restartable) kill() (address string) {
	address = r.server.Listener.Addr().String()
	_ = r.server.Listener.Close()
	r.server.CloseClientConnections()
	return address
}

// The server is killed and started again in the middle of 50 creations.
func TestServerKilledDuringCreations(t *testing.T) {
	s := newRestartable(t)
	s.seed("example.com")
	const n = 50
	email := func(i int) string { return fmt.Sprintf("u%d@example.com", i) }
	var once sync.Once
	restarted := make(chan struct{})
	s.mu.Lock()
	creations := 0
	s.then = func(call string) {
		if call == "POST /users/ID" {
			s.mu.Lock()
			creations++
			now := creations == n/3
			s.mu.Unlock()
			if now {
				once.Do(func() {
					go func() {
						defer close(restarted)
						address := s.kill()
						time.Sleep(50 * time.Millisecond)
						s.start(address)
					}()
				})
			}
		}
	}
	s.mu.Unlock()
	errs := make([]error, n)
	c := s.client()
	inParallel(t, 10, n, func(ctx context.Context, i int) error {
		errs[i] = c.CreateAccount(ctx, email(i), hash)
		return nil
	})
	<-restarted
	there := func(i int) bool { return hasAccount(s.state(), email(i)) }
	failed := 0
	for i, err := range errs {
		switch {
		case err == nil && !there(i):
			t.Errorf("%s is recorded, but not there", email(i))
		case err != nil && there(i) && !errors.Is(err, api.ErrOutcomeUnknown) && !errors.Is(err, api.ErrConflict):
			t.Errorf("%s is there, but the error says that it is not: %v", email(i), err)
		case err != nil:
			failed++
		}
	}
	t.Logf("%d of %d creations failed", failed, n)
	next := s.client()
	inParallel(t, 10, n, func(ctx context.Context, i int) error {
		if errs[i] == nil {
			return nil
		}
		if err := next.CreateAccount(ctx, email(i), hash); err != nil && !errors.Is(err, api.ErrConflict) {
			return err
		}
		return nil
	})
	if got := len(s.state().Accounts); got != n+1 {
		t.Errorf("%d accounts, want %d", got, n+1)
	}
}
