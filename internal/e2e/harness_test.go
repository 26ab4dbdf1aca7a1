package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// installation is the built provider, shared by all tests.
var installation *terraformcli.Installation

// TestMain builds the provider once. Like all acceptance tests these run only where TF_ACC is set.
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

// workspaces counts them, as a test may have several.
var workspaces atomic.Int32

// workspace is a Terraform working directory with a configuration.
type workspace struct {
	*terraformcli.Workspace
}

// newWorkspace makes one and initialises it.
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

// must runs a command that has to succeed.
func (w *workspace) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.Run(t.Context(), args...)
	if err != nil {
		t.Fatalf("%s\n%s", err, output(err))
	}
	return out
}

// apply runs an apply and returns all it printed, and whether it succeeded.
func (w *workspace) apply(t *testing.T, args ...string) (string, bool) {
	t.Helper()
	out, err := w.Run(t.Context(), append([]string{"apply", "-auto-approve", "-no-color", "-input=false"}, args...)...)
	if err != nil {
		return output(err), false
	}
	return out, true
}

// mustApply is an apply that has to succeed.
func (w *workspace) mustApply(t *testing.T, args ...string) {
	t.Helper()
	if out, ok := w.apply(t, args...); !ok {
		t.Fatalf("apply failed:\n%s", out)
	}
}

// mustPlanNothing fails the test where a plan would change anything.
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

// mustRefuse runs a command that has to fail, saying text, and leave the state as it is.
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

// addresses are those of the resources in the state.
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
