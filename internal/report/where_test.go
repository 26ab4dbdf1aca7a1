package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// A finding begins with its title. It names its domains behind that, all of them where they fit.
func TestFindingsNameTheirDomains(t *testing.T) {
	e := &estate.Estate{}
	for i := range 60 {
		d := &estate.Domain{Name: fmt.Sprintf("d%02d.example", i), Check: &check.Report{}}
		add := func(id, title string) {
			d.Check.Results = append(d.Check.Results, check.Result{ID: id, Title: title, Status: check.Warn, Severity: check.Low, Found: "bad"})
		}
		add("a_all", "Of all")
		if i < 20 {
			add("b_some", "Of some")
		}
		if i < 50 {
			add("c_most", "Of most")
		}
		e.Domains = append(e.Domains, d)
	}
	for _, format := range []Format{Table, Markdown} {
		var out bytes.Buffer
		if err := WriteEstate(&out, format, Style{}, e); err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(out.String(), toLookAt)
		for _, want := range []string{"all 60 domains", "d19.example", "and 10 more, which the page and JSON name"} {
			if !strings.Contains(list, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, list)
			}
		}
		if strings.Contains(list, "d59.example") || format == Table && !strings.Contains(list, "  ! Of some (b_some), low\n      domains   d00.example, d01.example") {
			t.Errorf("%s:\n%s", format, list)
		}
	}
}
