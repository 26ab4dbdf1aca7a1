package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/standin"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// modulesFromGuide is how a step of a guide refers to the modules of the examples. The workspace has
// a copy of them.
const modulesFromGuide = "../../../modules/"

// guide is a workspace in which a reader follows a guide: one configuration of the guide after the
// other, with the same state.
type guide struct {
	*workspace
	examples string // the folder with all examples
}

// openGuide makes a workspace for the examples of a guide, which are in a folder below
// examples/guides. Other providers are stand-ins.
func openGuide(t *testing.T, hooks standin.Hooks) *guide {
	t.Helper()
	if installation == nil {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	w, err := installation.Workspace(fmt.Sprintf("guide-%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), workspaces.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	running, err := standin.Serve(t.Context(), hooks)
	if err != nil {
		t.Fatal(err)
	}
	w.Setenv(standin.Variable, running)
	g := &guide{&workspace{w}, filepath.Join("..", "..", "examples")}
	if err := os.CopyFS(filepath.Join(w.Dir, "modules"), os.DirFS(filepath.Join(g.examples, "modules"))); err != nil {
		t.Fatal(err)
	}
	return g
}

// sandbox has the provider work in a sandbox of the workspace, and returns it.
func (g *guide) sandbox(t *testing.T) *world.World {
	t.Helper()
	folder := filepath.Join(g.Dir, ".postmaster")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	g.Setenv("POSTMASTER_SANDBOX", "1")
	return world.NewAt(t, filepath.Join(folder, "sandbox.json"))
}

// turnTo replaces the configuration by the files of a folder below examples/guides, and initialises
// it.
func (g *guide) turnTo(t *testing.T, folder string) {
	t.Helper()
	before, err := filepath.Glob(filepath.Join(g.Dir, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range before {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(g.examples, "guides", filepath.FromSlash(folder), "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the guide has no files in %s (%v)", folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g.write(t, filepath.Base(file), strings.ReplaceAll(string(text), modulesFromGuide, "./modules/"))
	}
	g.must(t, "init", "-no-color", "-input=false")
}

// mustPlan checks the summary of the plan, such as "Plan: 1 to add, 0 to change, 0 to destroy.".
func (g *guide) mustPlan(t *testing.T, summary string, args ...string) {
	t.Helper()
	out := g.must(t, append([]string{"plan", "-no-color", "-input=false"}, args...)...)
	if !strings.Contains(out, summary) {
		t.Errorf("the plan does not say %q but\n%s", summary, out)
	}
}

// apply applies the configuration that the guide is at. The next plan has to be empty.
func (g *guide) apply(t *testing.T, args ...string) {
	t.Helper()
	g.mustApply(t, args...)
	g.mustPlanNothing(t, args...)
}

// mustHold checks the addresses in the state.
func (g *guide) mustHold(t *testing.T, want ...string) {
	t.Helper()
	if got := strings.Fields(g.addresses(t)); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the state holds %q, not %q", got, want)
	}
}
