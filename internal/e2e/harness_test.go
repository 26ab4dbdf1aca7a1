package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// installation is the built provider, shared by all tests.
var installation *terraformcli.Installation

// TestMain builds the provider once. Like all acceptance tests, these run only if TF_ACC is set.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if os.Getenv("TF_ACC") == "" {
		return m.Run()
	}
	var err error
	installation, err = terraformcli.Install(context.Background(), filepath.Join("..", ".."))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := installation.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	return m.Run()
}

// workspaces counts the workspaces, because a test may have several.
var workspaces atomic.Int32

// workspace is a Terraform working directory with a configuration.
type workspace struct {
	*terraformcli.Workspace
}

// newWorkspace returns an initialised workspace.
func newWorkspace(t *testing.T, config string) *workspace {
	t.Helper()
	if installation == nil {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	name := fmt.Sprintf("%s-%d", strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()), workspaces.Add(1))
	w, err := installation.Workspace(name)
	if err != nil {
		t.Fatal(err)
	}
	out := &workspace{w}
	out.write(t, "main.tf", terraformcli.RequiredProviders+config)
	out.must(t, "init", "-no-color", "-input=false")
	return out
}

func (w *workspace) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workspace) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// must runs a command and fails the test if the command fails. It returns the output.
func (w *workspace) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.Run(t.Context(), args...)
	if err != nil {
		t.Fatalf("%s\n%s", err, output(err))
	}
	return out
}

// apply runs an apply and returns its output, and whether it succeeded.
func (w *workspace) apply(t *testing.T, args ...string) (string, bool) {
	t.Helper()
	out, err := w.Run(t.Context(), append([]string{"apply", "-auto-approve", "-no-color", "-input=false"}, args...)...)
	if err != nil {
		return output(err), false
	}
	return out, true
}

// mustApply runs an apply and fails the test if it fails.
func (w *workspace) mustApply(t *testing.T, args ...string) {
	t.Helper()
	if out, ok := w.apply(t, args...); !ok {
		t.Fatalf("apply failed:\n%s", out)
	}
}

// mustPlanNothing fails the test if a plan has changes.
func (w *workspace) mustPlanNothing(t *testing.T, args ...string) {
	t.Helper()
	changes, out, err := w.Plan(t.Context(), append([]string{"-no-color", "-input=false"}, args...)...)
	if err != nil {
		t.Fatalf("%s\n%s", err, output(err))
	}
	if changes {
		t.Fatalf("the plan is not empty:\n%s", out)
	}
}

// mustRefuse runs a command that must fail with this text and must not change the state.
func (w *workspace) mustRefuse(t *testing.T, text string, args ...string) {
	t.Helper()
	before := w.addresses(t)
	_, err := w.Run(t.Context(), args...)
	if err == nil {
		t.Fatalf("%q succeeded", args)
	}
	if said := strings.Join(strings.Fields(strings.ReplaceAll(output(err), "│", " ")), " "); !strings.Contains(said, text) {
		t.Errorf("it does not say %q but\n%s", text, said)
	}
	if after := w.addresses(t); after != before {
		t.Errorf("the state held\n%sand now holds\n%s", before, after)
	}
}

// addresses returns the addresses of the resources in the state.
func (w *workspace) addresses(t *testing.T) string {
	t.Helper()
	return w.must(t, "state", "list")
}

func output(err error) string {
	var failed *terraformcli.CommandError
	if errors.As(err, &failed) {
		return failed.Output
	}
	return err.Error()
}

// mailServer is a simulated mail server behind a real socket, with its DNS.
type mailServer struct {
	*sandbox.Sandbox
	url  string
	file string

	mu      sync.Mutex
	observe func(call string)
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{file: filepath.Join(t.TempDir(), "sandbox.json")}
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: s.file, Observe: func(_, method, path string, _ int) {
		s.mu.Lock()
		observe := s.observe
		s.mu.Unlock()
		if observe != nil {
			observe(method + " " + path)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Sandbox = box
	server := httptest.NewServer(box.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = server.URL + "/" + mailserversim.Section
	return s
}

// onCall calls fn for each call that the server has carried out, before it sends the answer.
func (s *mailServer) onCall(fn func(call string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.observe = fn
}

// provider returns a provider block that points at the server.
func (s *mailServer) provider(t *testing.T) string {
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
`, s.url, mailserversim.Username, mailserversim.Password, resolver)
}

// stateOf returns the state of the simulated mail server in a sandbox's file.
func stateOf(t *testing.T, file string) mailserversim.State {
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
