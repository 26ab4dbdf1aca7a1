package report

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// Every form for people shows the most urgent checks first, whatever the order of the catalogue is.
func TestUrgentChecksComeFirst(t *testing.T) {
	r := check.Report{Domain: "example.com", Results: []check.Result{
		{ID: "a_one", Status: check.Unknown, Severity: check.Critical}, {ID: "a_two", Status: check.Warn, Severity: check.Low},
		{ID: "a_three", Status: check.Pass, Severity: check.Critical}, {ID: "a_four", Status: check.Fail, Severity: check.Low},
		{ID: "a_five", Status: check.Warn, Severity: check.High}, {ID: "a_six", Status: check.Fail, Severity: check.Critical},
	}}
	for _, format := range []Format{Table, Markdown, HTML} {
		var out bytes.Buffer
		if err := WriteCheck(&out, format, Style{All: true}, r); err != nil {
			t.Fatal(err)
		}
		want := []string{"a_six", "a_four", "a_five", "a_two", "a_one", "a_three"}
		if got := regexp.MustCompile(`a_[a-z]+`).FindAllString(out.String(), -1); !slices.Equal(got, want) {
			t.Errorf("%s has the order %q, want %q", format, got, want)
		}
	}
}

// Each form for people names each check by its title, beside its ID.
func TestTitles(t *testing.T) {
	for format, form := range map[Format]string{Table: "%s (%s)", Markdown: "%s `%s`", HTML: "%s <code>%s</code>"} {
		var out bytes.Buffer
		if err := WriteCheck(&out, format, Style{All: true}, sampleReport()); err != nil {
			t.Fatal(err)
		}
		for _, result := range sampleReport().Results {
			if want := fmt.Sprintf(form, result.Title, result.ID); !strings.Contains(out.String(), want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
	for _, format := range []Format{Table, Markdown, HTML} {
		var out bytes.Buffer
		if err := WriteEstate(&out, format, Style{}, sampleEstate()); err != nil {
			t.Fatal(err)
		}
		for _, title := range []string{"DNS lookups of SPF", "Published records", "Verification by the service", "Managed certificate"} {
			if !strings.Contains(out.String(), title) {
				t.Errorf("%s lacks %q", format, title)
			}
		}
	}
}

// The titles of the catalogue stand in Markdown as they are: none of them is code.
func TestTitlesAreWords(t *testing.T) {
	for _, e := range check.Catalogue() {
		if !plainWords.MatchString(e.Title) {
			t.Errorf("Markdown shows the title %q of %s as code", e.Title, e.ID)
		}
	}
}

// A table leaves out what passes unless it is asked for all, and counts it.
func TestTableShowsWhatDoesNotPass(t *testing.T) {
	r := sampleReport()
	table := func(style Style, r check.Report) string {
		var out bytes.Buffer
		if err := WriteCheck(&out, Table, style, r); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	short, all := table(Style{}, r), table(Style{All: true}, r)
	for _, result := range r.Results {
		urgent := result.Status == check.Fail || result.Status == check.Warn || result.Status == check.Unknown
		if strings.Contains(short, result.ID) != urgent || !strings.Contains(all, result.ID) {
			t.Errorf("%s (%s): shown %t, among all %t", result.ID, result.Status, strings.Contains(short, result.ID), strings.Contains(all, result.ID))
		}
	}
	if !strings.Contains(short, "Not shown: 1 note, 1 passed, 1 skipped. --all") || strings.Contains(all, "Not shown") || strings.Contains(short, "DKIM keys") || !strings.Contains(all, "DKIM keys") {
		t.Errorf("short is\n%s\nall is\n%s", short, all)
	}
	r.Results = r.Results[:1]
	if fine := table(Style{}, r); !strings.Contains(fine, "✓ Nothing has to be looked at") {
		t.Errorf("without a problem:\n%s", fine)
	}
}

// The three forms for people have the same list of what to look at in all domains, in the same order.
func TestStatusHasOneList(t *testing.T) {
	e := sampleEstate()
	other := e.Domains[1] // by its name, it is the last one
	other.Check = &check.Report{Domain: "example.org", Results: []check.Result{
		{ID: "spf_single", Title: "Number of SPF records", Status: check.Fail, Severity: check.Critical, Found: "2 SPF records", Expected: "one"},
		{ID: "smtp_connect", Title: "Connection to port 25", Status: check.Unknown, Severity: check.High, Found: "could not look: port 25 is closed here"},
	}}
	other.Certificates = []estate.Certificate{{Host: "mx.example.net", NotAfter: sampleTime.AddDate(0, 0, 5), DaysLeft: 5}}
	other.Verifications = []estate.Verification{{Service: "yandex"}}
	want := []string{"spf_single", "state_records", "state_verified", "state_certificate", "spf_lookups", "state_certificate", "spf_void", "state_records", "smtp_connect"}
	for _, format := range []Format{Table, Markdown, HTML} {
		var out bytes.Buffer
		if err := WriteEstate(&out, format, Style{}, e); err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(out.String(), toLookAt)
		end := map[Format]string{Markdown: "<details>", HTML: "</section>"}[format]
		if end != "" {
			list, _, _ = strings.Cut(list, end)
		}
		if got := regexp.MustCompile(`(state|spf|smtp)_[a-z]+`).FindAllString(list, -1); !slices.Equal(got, want) {
			t.Errorf("%s lists\n%q, want\n%q, in\n%s", format, got, want, list)
		}
		// Both domains have the same unknown check, which is one line.
		if strings.Count(list, "port 25 is closed here") != 1 {
			t.Errorf("%s repeats what is the same:\n%s", format, list)
		}
		// The domain with the most urgent finding is the first of the table.
		if first := regexp.MustCompile(`example\.(com|org)`).FindString(out.String()); first != "example.org" {
			t.Errorf("%s begins with %s", format, first)
		}
	}
}
