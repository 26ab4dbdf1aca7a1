package check

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Everybody who silences or asks for a check does so by its ID, so none is renamed.
func TestCatalogue(t *testing.T) {
	ids := map[string]bool{}
	for _, e := range Catalogue() {
		if ids[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		ids[e.ID] = true
		if !regexp.MustCompile(`^[a-z][a-z0-9_]+$`).MatchString(e.ID) || e.Group == "" || e.Source == "" || !slices.Contains(Severities(), e.Severity) {
			t.Errorf("%+v is not complete", e)
		}
		for _, sentence := range []string{e.Rule, e.Why} {
			if !strings.HasSuffix(sentence, ".") || strings.ToUpper(sentence[:1]) != sentence[:1] {
				t.Errorf("%s: %q is not a sentence", e.ID, sentence)
			}
		}
	}
	const all = 84
	if len(ids) != all {
		t.Errorf("the catalogue has %d checks, want %d", len(ids), all)
	}
}
