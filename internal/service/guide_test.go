package service_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// The guide describes all fields of conditions, all kinds of faults, and all switches and settings.
func TestGuideDescribesConditions(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "sandbox.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	if want := describeConditions(t); !strings.HasSuffix(string(guide), "\n"+want) {
		t.Errorf("the guide has to end with\n%s", want)
	}
}

// describeConditions returns the end of the guide.
func describeConditions(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "| Field | Value | What it means |\n|---|---|---|\n")
	for _, f := range fault.Fields() {
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", f.Name, inTable(f.Type), inTable(f.Description))
	}
	fmt.Fprintf(&text, "\nThese are the kinds of faults:\n\n| Kind | What happens |\n|---|---|\n")
	for _, k := range fault.Kinds() {
		fmt.Fprintf(&text, "| `%s` | %s |\n", k.Kind, inTable(k.Description))
	}
	fmt.Fprintf(&text, "\n### Switches and settings of the services\n\nA setting with a duration is written like `30m`.\n\n| Service | Name | What it does |\n|---|---|---|\n")
	found := simulations(t)
	for _, s := range kit.With[kit.Simulator](service.All) {
		write := func(kind string, options []simulation.Option) {
			for _, o := range options {
				fmt.Fprintf(&text, "| `%s` | %s `%s` | %s |\n", s.Name(), kind, o.Name, inTable(o.Description))
			}
		}
		write("switch", found[s.Name()].Switches)
		write("setting", found[s.Name()].Settings)
	}
	return text.String()
}

// inTable writes a text as it has to be in a cell of a Markdown table.
func inTable(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`).Replace(text)
}
