package estate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// What is the same at several domains is one finding, whose words name none of them.
func TestFindingsAreJoined(t *testing.T) {
	result := func(id string, status check.Status, severity check.Severity, found string) check.Result {
		return check.Result{ID: id, Status: status, Severity: severity, Found: found, Expected: "better"}
	}
	domain := func(name string, results ...check.Result) *Domain {
		return &Domain{Name: name, Check: &check.Report{Results: results}}
	}
	e := &Estate{Domains: []*Domain{
		domain("a.example", result("sts_record", check.Warn, check.Medium, "none at _mta-sts.a.example"), result("ns_parent", check.Unknown, check.Medium, "nobody knows a.example"), result("roles", check.Warn, check.Low, "missing: abuse")),
		domain("b.example", result("sts_record", check.Warn, check.Medium, "none at _mta-sts.b.example"), result("ns_parent", check.Unknown, check.Medium, "nobody knows b.example"), result("roles", check.Warn, check.Low, "missing: postmaster")),
		domain("c.example", result("spf_present", check.Fail, check.High, "none at c.example"), result("dnssec_valid", check.Unknown, check.Critical, "nobody knows c.example"), result("sts_record", check.Fail, check.Medium, "none at _mta-sts.c.example"), result("sts_record", check.Warn, check.Medium, "none at _mta-sts.c.example")),
	}}
	var got []string
	for _, f := range e.Findings() {
		got = append(got, fmt.Sprint(f.ID, " ", f.Status, " ", f.Domains, " ", f.Also, " ", f.Found))
	}
	want := []string{
		"spf_present fail [c.example] [] none at c.example",
		"sts_record fail [c.example] [] none at _mta-sts.c.example",
		"sts_record warn [a.example b.example c.example] [] none at _mta-sts.DOMAIN",
		"roles warn [a.example] [] missing: abuse",
		"roles warn [b.example] [] missing: postmaster",
		"dnssec_valid unknown [a.example b.example c.example] [ns_parent] nobody knows DOMAIN",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	var order []string
	for _, d := range e.ByUrgency() {
		order = append(order, d.Name)
	}
	if want := []string{"c.example", "a.example", "b.example"}; !slices.Equal(order, want) {
		t.Errorf("the domains are in the order %q, want %q", order, want)
	}
}

func TestWithoutName(t *testing.T) {
	for text, want := range map[string]string{
		"a.example": "DOMAIN", "at _mta-sts.a.example.": "at _mta-sts.DOMAIN.", "a.example has a.example, and x@a.example": "DOMAIN has DOMAIN, and x@DOMAIN",
		"aa.example": "aa.example", "a.example.com": "a.example.com", "a.examples": "a.examples", "-a.example": "-a.example", "": "",
	} {
		if got := withoutName(text, "a.example"); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := withoutName("text", ""); got != "text" {
		t.Errorf("%q", got)
	}
}
