package check

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Everybody who silences or asks for a check does so by its ID, so none is renamed.
func TestCatalogue(t *testing.T) {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, e := range Catalogue() {
		if ids[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		ids[e.ID] = true
		if !regexp.MustCompile(`^[a-z][a-z0-9_]+$`).MatchString(e.ID) || e.Group == "" || e.Source == "" || !slices.Contains(Severities(), e.Severity) {
			t.Errorf("%+v is not complete", e)
		}
		if n := len(e.Title); n < 4 || n > 42 || strings.HasSuffix(e.Title, ".") || titles[e.Title] {
			t.Errorf("%s: %q is no short title of its own", e.ID, e.Title)
		}
		titles[e.Title] = true
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
