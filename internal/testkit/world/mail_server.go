package world

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// MailServer is a simulated mail server behind a real socket, with its DNS.
type MailServer struct {
	*sandbox.Sandbox
	URL  string // of its API
	File string // in which the sandbox keeps its state

	mu    sync.Mutex
	calls []string // "POST /users/3", in order
	then  func(call string)
}

// StartMailServer starts one that ends with the test.
func StartMailServer(t *testing.T) *MailServer {
	t.Helper()
	s := &MailServer{File: filepath.Join(t.TempDir(), "sandbox.json")}
	s.Sandbox = OpenBox(t, s.File, func(_, method, path string, _ int) {
		s.mu.Lock()
		s.calls = append(s.calls, method+" "+path)
		then := s.then
		s.mu.Unlock()
		if then != nil {
			then(method + " " + path)
		}
	})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	s.URL = server.URL + "/" + mailserversim.Section
	return s
}

// Provider is the configuration block that points at the server.
func (s *MailServer) Provider(t *testing.T) string {
	t.Helper()
	resolver, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
provider "postmaster" {
  mailserver = {
    url      = %q
    username = %q
    password = %q
  }
  dns_resolvers = [%q]
}
`, s.URL, mailserversim.Username, mailserversim.Password, resolver)
}

// With puts the server under conditions until the test ends or sets others.
func (s *MailServer) With(t *testing.T, c fault.Conditions) {
	t.Helper()
	if err := s.SetConditions(mailserversim.Section, c); err != nil {
		t.Fatal(err)
	}
}

// OnCall has something happen for each call that the server has carried out, before its answer
// leaves, from now on; nil ends it.
func (s *MailServer) OnCall(happens func(call string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.then = happens
}

// After has something happen before the answer to each call like "POST /users/3" leaves, from now
// on.
func (s *MailServer) After(call string, happens func()) {
	s.OnCall(func(c string) {
		if c == call {
			happens()
		}
	})
}

// ForgetCalls starts the list of calls anew.
func (s *MailServer) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// CallsSoFar are the calls since the start or ForgetCalls, as "POST /users/3", in order.
func (s *MailServer) CallsSoFar() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

// Count is how often a call is among CallsSoFar.
func (s *MailServer) Count(call string) (n int) {
	for _, c := range s.CallsSoFar() {
		if c == call {
			n++
		}
	}
	return n
}

// Client is somebody else who works on the same mail server.
func (s *MailServer) Client(t *testing.T) *mailserverapi.Client {
	t.Helper()
	u, err := api.ParseBaseURL(s.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	return mailserverapi.New(mailserverapi.Config{URL: u, Username: mailserversim.Username, Password: mailserversim.Password})
}

// Credential is a password in plain text, as the API takes it.
func Credential(password string) mailserverapi.Credential {
	return mailserverapi.Credential{Value: password}
}

// CreateDomain is somebody else who adds a domain with its first account.
func (s *MailServer) CreateDomain(t *testing.T, domain, localPart string) {
	t.Helper()
	if _, err := s.Client(t).CreateDomain(t.Context(), domain, localPart+"@"+domain, Credential("correct horse")); err != nil {
		t.Fatal(err)
	}
}

// DeleteDomain is somebody else who deletes one.
func (s *MailServer) DeleteDomain(t *testing.T, domain string) {
	t.Helper()
	if err := s.Client(t).DeleteDomain(t.Context(), domain); err != nil {
		t.Fatal(err)
	}
}

// State is what the mail server holds at this moment.
func (s *MailServer) State(t *testing.T) mailserversim.State {
	t.Helper()
	return MailServerState(t, s.File)
}

// MailServerState is what the simulated mail server holds in a sandbox's file at this moment.
func MailServerState(t *testing.T, file string) mailserversim.State {
	t.Helper()
	st, err := store.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	var state mailserversim.State
	if err := store.View(st, mailserversim.Section, func(v *mailserversim.State) error {
		state = *v
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return state
}

// HashOf is the hash of the password that an account has, or is about to have; empty if there is no
// such account.
func (s *MailServer) HashOf(t *testing.T, email string) string {
	t.Helper()
	state := s.State(t)
	for _, account := range state.Accounts {
		if account.Email != email {
			continue
		}
		for _, change := range slices.Backward(state.PasswordChanges) {
			if change.AccountID == account.ID {
				return change.PasswordHash
			}
		}
		return account.PasswordHash
	}
	return ""
}

// Accounts are the emails of all accounts that the server holds, sorted.
func (s *MailServer) Accounts(t *testing.T) []string {
	t.Helper()
	var emails []string
	for _, account := range s.State(t).Accounts {
		emails = append(emails, account.Email)
	}
	slices.Sort(emails)
	return emails
}
