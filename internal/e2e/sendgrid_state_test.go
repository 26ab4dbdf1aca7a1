package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// stateOf010 returns a workspace with a state of version 0.1.0, its configuration, and the sandbox
// that has its objects.
func stateOf010(t *testing.T, folder string) *workspace {
	t.Helper()
	fixture := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata", folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	w := newWorkspace(t, fixture("main.tf"))
	w.write(t, "terraform.tfstate", fixture("state.json"))
	w.write(t, "sandbox.json", fixture("sandbox.json"))
	return w
}

// change edits the configuration. Each text to replace must be there exactly once.
func (w *workspace) change(t *testing.T, replacements ...string) {
	t.Helper()
	config := w.read(t, "main.tf")
	for i := 0; i < len(replacements); i += 2 {
		if strings.Count(config, replacements[i]) != 1 {
			t.Fatalf("%q is there %d times", replacements[i], strings.Count(config, replacements[i]))
		}
		config = strings.Replace(config, replacements[i], replacements[i+1], 1)
	}
	w.write(t, "main.tf", config)
}

// plan returns whether a plan has changes, and its output on one line.
func (w *workspace) plan(t *testing.T, args ...string) (changes bool, said string) {
	t.Helper()
	changes, out, err := w.Plan(t.Context(), append([]string{"-no-color", "-input=false"}, args...)...)
	if err != nil {
		t.Fatalf("%s\n%s", err, output(err))
	}
	return changes, strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " ")
}

// A state of version 0.1.0 plans no change: with a refresh, without one, and after the apply that
// saves notes about the domains' owners. If username was an association, a warning gives the line
// to write instead. Writing it changes nothing at SendGrid.
func TestSendGridStateOf010(t *testing.T) {
	t.Parallel()
	w := stateOf010(t, "sendgrid-0.1.0")
	for _, args := range [][]string{{"-refresh=false"}, nil} {
		changes, said := w.plan(t, args...)
		if changes {
			t.Fatalf("with %q, the plan is not empty: %s", args, said)
		}
	}
	_, said := w.plan(t)
	for _, text := range []string{
		"username of associated.example.com is not its owner", `Write subusers = ["newsletter"] instead of username = "newsletter"`,
		"username of associated-in-part.example.com is not its owner", `Write subusers = ["shop"] instead of username = "shop"`,
		"selector-added.example.com does not have the configured DKIM selector",
	} {
		if !strings.Contains(said, text) {
			t.Errorf("it does not say %q: %s", text, said)
		}
	}
	for _, domain := range []string{"username of owned", "username of europe", "username of imported", "username of automatic"} {
		if strings.Contains(said, domain) {
			t.Errorf("it says something of the %s: %s", domain, said)
		}
	}
	w.mustApply(t) // which saves what the refresh has found
	w.mustPlanNothing(t)

	before := w.must(t, "state", "pull")
	w.change(t, "sendgrid = { username = \"newsletter\" }\n}\n\nresource \"postmaster_sender_domain\" \"associated_in_part\"",
		"sendgrid = { subusers = [\"newsletter\"] }\n}\n\nresource \"postmaster_sender_domain\" \"associated_in_part\"",
		`{ username = "shop" }`, `{ subusers = ["shop"], username = "sandbox" }`, `{ custom_dkim_selector = "xyz" }`, `{}`)
	if changes, said := w.plan(t); !changes || !strings.Contains(said, "0 to add, 3 to change, 0 to destroy") || strings.Contains(said, "is not its owner") {
		t.Fatalf("the advice is followed: %s", said)
	}
	w.mustApply(t)
	changes, said := w.plan(t)
	if changes || strings.Contains(said, "is not its owner") || strings.Contains(said, "DKIM selector") {
		t.Errorf("after the advice was followed: %s", said)
	}
	after := w.must(t, "state", "pull")
	for _, id := range []string{"45000001", "45000003", "45000004"} {
		if strings.Count(before, "sendgrid/"+id) != strings.Count(after, "sendgrid/"+id) {
			t.Errorf("the domain %s was replaced", id)
		}
	}
}

// An association that 0.1.0 made and somebody has removed is made again. It is not taken for
// another owner, and no domain is replaced.
func TestSendGridAssociationOf010LostMeanwhile(t *testing.T) {
	t.Parallel()
	w := stateOf010(t, "sendgrid-0.1.0")
	associated := func(change func(*sendgridsim.Domain)) {
		st, err := store.Open(filepath.Join(w.Dir, "sandbox.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Update(st, sendgridsim.Section, func(st *sendgridsim.State) error {
			for _, d := range st.Domains {
				if d.Domain == "associated.example.com" {
					change(d)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	associated(func(d *sendgridsim.Domain) { d.Subusers = nil })
	changes, said := w.plan(t)
	if !changes || !strings.Contains(said, "0 to add, 1 to change, 0 to destroy") || !strings.Contains(said, `subusers = ["newsletter"]`) {
		t.Fatalf("the plan: %s", said)
	}
	w.mustApply(t)
	w.mustPlanNothing(t)
	associated(func(d *sendgridsim.Domain) {
		if len(d.Subusers) != 1 || d.Subusers[0] != "newsletter" || d.Owner != "sandbox" {
			t.Errorf("%+v", d)
		}
	})
}
