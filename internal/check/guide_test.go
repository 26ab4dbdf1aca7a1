package check

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// guide is where users read what is checked.
const guide = "../../templates/guides/domain-check.md.tmpl"

// The guide lists all checks. If this fails, replace the rows of its table by those that it shows.
func TestGuideListsAllChecks(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	words := map[Need]string{NeedsHTTPS: "HTTPS", NeedsSMTP: "port 25", NeedsValidation: "validation", NeedsInput: "input"}
	var rows []string
	for _, e := range Catalogue() {
		var needs []string
		for _, need := range e.Needs {
			needs = append(needs, words[need])
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |", e.ID, e.Title, e.Severity, strings.Join(needs, ", "), e.Rule, e.Source))
	}
	if want := strings.Join(rows, "\n") + "\n"; !strings.Contains(string(text), want) {
		t.Errorf("the table of %s is not that of the catalogue, which is:\n%s", guide, want)
	}
}
