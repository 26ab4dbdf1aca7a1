package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// The mark of a fact is the worst of what its checks say, in each form.
func TestFactsAreMarkedAsTheChecksSay(t *testing.T) {
	fine := func() check.Report {
		return check.Report{Domain: "example.com",
			SPF:          &check.SPFRecord{Domain: "example.com", Text: "v=spf1 -all"},
			DKIM:         []check.DKIMKey{{Selector: "mail", Type: "rsa", Bits: 4096}},
			DMARC:        &check.DMARCPolicy{Domain: "example.com", Text: "v=DMARC1; p=reject", Policy: "reject"},
			STS:          &check.STSPolicy{ID: "1", Mode: "enforce", MaxAge: 604800},
			Certificates: []check.Certificate{{Host: "mail.example.com", Port: 25, DaysLeft: 80}},
		}
	}
	one := func(id, group string, status check.Status, found string) func(*check.Report) {
		return func(r *check.Report) {
			r.Results = append(r.Results, check.Result{ID: id, Group: group, Title: "Title of " + id, Status: status, Severity: check.High, Found: found},
				check.Result{ID: group + "_other", Group: group, Status: check.Pass}, check.Result{ID: group + "_skip", Group: group, Status: check.Skip})
		}
	}
	for _, test := range []struct {
		section string
		change  func(*check.Report)
		want    check.Status
	}{
		{"SPF", one("spf_all", "spf", check.Fail, "+all"), check.Fail},
		{"SPF", one("spf_all", "spf", check.Warn, "?all"), check.Warn},
		{"SPF", one("spf_all", "spf", check.Unknown, "could not look"), check.Unknown},
		{"SPF", one("spf_all", "spf", check.Info, "a note"), check.Pass},
		{"SPF", one("mx_present", "mx", check.Fail, "none"), check.Pass},
		{"SPF", func(*check.Report) {}, check.Pass},
		{"SPF", func(r *check.Report) { r.SPF = nil; one("spf_single", "spf", check.Fail, "2 SPF records")(r) }, check.Fail},
		{"DMARC", func(r *check.Report) { r.DMARC = nil; one("dmarc_single", "dmarc", check.Fail, "2 DMARC records")(r) }, check.Fail},
		{"DMARC", one("dmarc_reports", "dmarc", check.Warn, "x"), check.Warn},
		{"MTA-STS", one("sts_mx", "sts", check.Fail, "the policy does not name it"), check.Fail},
		{"MTA-STS", func(r *check.Report) { r.STS.Mode = ""; one("sts_fetch", "sts", check.Fail, "404")(r) }, check.Fail},
		{"MTA-STS", func(r *check.Report) { r.STS.Mode = "" }, check.Unknown},
		{"DKIM keys", one("dkim_key", "dkim", check.Warn, "mail._domainkey.example.com has 1024 bits"), check.Warn},
		{"DKIM keys", func(r *check.Report) { r.DKIM[0].Bits = 1024 }, check.Warn},
		{"DKIM keys", func(r *check.Report) {
			r.DKIM[0] = check.DKIMKey{Selector: "mail", Problem: "could not look: no answer"}
		}, check.Unknown},
		{"DKIM keys", func(r *check.Report) {
			r.DKIM = append(r.DKIM, check.DKIMKey{Selector: "x", Type: "rsa", Bits: 2048})
			one("dkim_testing", "dkim", check.Fail, "x._domainkey.example.com: bad")(r)
		}, check.Pass},
		{"DKIM keys", func(r *check.Report) {
			r.DKIM = append(r.DKIM, check.DKIMKey{Selector: "x", Type: "rsa", Bits: 2048})
			one("dkim_testing", "dkim", check.Fail, "x._domainkey.example.com: bad; mail._domainkey.example.com: bad")(r)
		}, check.Fail},
		{"Certificates", func(r *check.Report) {
			r.Certificates[0].Problem = "it is for another host"
			one("smtp_cert", "smtp", check.Warn, "mail.example.com: it is for another host")(r)
		}, check.Warn},
		{"Certificates", func(r *check.Report) { r.Certificates[0].DaysLeft = -1 }, check.Fail},
		{"Certificates", func(r *check.Report) {
			r.Certificates[0].Problem = "it is not yet valid"
			one("smtp_expiry", "smtp", check.Fail, "mail.example.com: it is not yet valid")(r)
		}, check.Fail},
	} {
		r := fine()
		test.change(&r)
		all := sections(nil, &r)
		i := slices.IndexFunc(all, func(s section) bool { return s.Title == test.section })
		if i < 0 {
			t.Errorf("there is no section %s of %+v", test.section, r.Results)
			continue
		}
		if got := all[i].Lines[0]; got.Status != test.want {
			t.Errorf("%s with %+v is marked %s, want %s", test.section, r.Results, got.Status, test.want)
		}
	}
	r := fine()
	one("spf_all", "spf", check.Fail, "+all")(&r)
	r.STS.Mode = ""
	for format, want := range map[Format]string{Table: "✗ v=spf1 -all", Markdown: "- ❌ `v=spf1 -all`", HTML: `<span class="hidden">failed</span></span><code>v=spf1 -all</code>`} {
		var out bytes.Buffer
		if err := WriteCheck(&out, format, Style{All: true}, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "valid for 0 days") {
			t.Errorf("%s lacks %q:\n%s", format, want, out.String())
		}
	}
}
