package report

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// The page and the Markdown show the most urgent checks first, whatever the order of the catalogue is.
func TestUrgentChecksComeFirst(t *testing.T) {
	r := check.Report{Domain: "example.com", Results: []check.Result{
		{ID: "a_one", Status: check.Unknown, Severity: check.Critical}, {ID: "a_two", Status: check.Warn, Severity: check.Low},
		{ID: "a_three", Status: check.Pass, Severity: check.Critical}, {ID: "a_four", Status: check.Fail, Severity: check.Low},
		{ID: "a_five", Status: check.Warn, Severity: check.High}, {ID: "a_six", Status: check.Fail, Severity: check.Critical},
	}}
	for _, format := range []Format{Markdown, HTML} {
		var out bytes.Buffer
		if err := WriteCheck(&out, format, Style{}, r); err != nil {
			t.Fatal(err)
		}
		want := []string{"a_six", "a_four", "a_five", "a_two", "a_one", "a_three"}
		if got := regexp.MustCompile(`a_[a-z]+`).FindAllString(out.String(), -1); !slices.Equal(got, want) {
			t.Errorf("%s has the order %q, want %q", format, got, want)
		}
	}
}

// The page names each check for people, beside its ID.
func TestPageHasTitles(t *testing.T) {
	for title, page := range pages(t) {
		for _, result := range sampleReport().Results {
			if !bytes.Contains(page, []byte(result.Title+" <code>"+result.ID+"</code>")) {
				t.Errorf("%s lacks the title of %s", title, result.ID)
			}
		}
	}
}
