package provider_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// TestMain keeps the tests apart from the environment of whoever runs them.
func TestMain(m *testing.M) {
	for _, name := range []string{"MAILSERVER_URL", "MAILSERVER_USERNAME", "MAILSERVER_PASSWORD", "POSTMASTER_SANDBOX",
		"SENDGRID_API_KEY", "SENDGRID_REGION", "SENDGRID_ON_BEHALF_OF", "SENDGRID_BASE_URL", "OCTETH_URL", "OCTETH_API_KEY", "OCTETH_SESSION_ID", "YANDEX_PDD_TOKEN", "YANDEX_PDD_BASE_URL"} {
		if err := os.Unsetenv(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	// Terraform's processes live for moments, and spend a fifth of them collecting garbage.
	if err := os.Setenv("GOGC", "400"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Factories serve the provider to Terraform from within the test process.
var Factories = map[string]func() (tfprotov6.ProviderServer, error){
	"postmaster": providerserver.NewProtocol6WithError(provider.New("test")()),
}

// MailServer is a simulated mail server behind a real socket, with its DNS.
type MailServer struct {
	*sandbox.Sandbox
	URL  string
	File string

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

// OnCall has something happen for each call that the server has carried out, before its
// answer leaves, from now on.
func (s *MailServer) OnCall(happens func(call string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.then = happens
}

// After has something happen before the answer to each such call leaves, from now on.
func (s *MailServer) After(call string, happens func()) {
	s.OnCall(func(c string) {
		if c == call {
			happens()
		}
	})
}

// ForgetCalls starts the counting anew.
func (s *MailServer) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// CallsSoFar are the calls since.
func (s *MailServer) CallsSoFar() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

// Saying matches a text in Terraform's output, which wraps lines where it likes.
func Saying(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`))
}

// Count is how often a call has been made since.
func (s *MailServer) Count(call string) (n int) {
	for _, c := range s.CallsSoFar() {
		if c == call {
			n++
		}
	}
	return n
}

// SandboxProvider is the configuration block of a sandbox with its file in a
// folder of the test's.
func SandboxProvider(t *testing.T) (config, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "sandbox.json")
	return SandboxBlock(file, ""), file
}

// SandboxBlock is the configuration block of the sandbox in a file. The block has an alias
// if one is given.
func SandboxBlock(file, alias string) string {
	if alias != "" {
		alias = fmt.Sprintf("\n  alias = %q", alias)
	}
	return fmt.Sprintf("\nprovider \"postmaster\" {%s\n  sandbox = {\n    path = %q\n  }\n}\n", alias, file)
}

// OpenBox opens the sandbox of a file with all simulated services. It closes with the test.
func OpenBox(t *testing.T, file string, observe func(service, method, path string, status int)) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return box
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
	st, err := store.Open(s.File)
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

// HashOf is the hash of the password that an account has, or is about to have;
// empty if there is no such account.
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
