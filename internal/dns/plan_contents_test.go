package dns_test

import (
	"context"
	"errors"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestQuestionableContents(t *testing.T) {
	const key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	const testing, broken = "v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "v=DKIM1; k=ed25519; p=c2hvcnQ="
	runPlans(t, []planTest{
		{
			name: "a key for testing", p: dns.Publication{Wanted: wanted(t, `s1._domainkey TXT "`+testing+`"`)},
			changes:  []string{`+ s1._domainkey 300 TXT "` + testing + `"`},
			problems: [][]string{{"warning a", "Questionable DNS record", "s1._domainkey.example.com", "t=y"}},
		},
		{
			name: "a key that nobody can use", p: dns.Publication{Wanted: wanted(t, `s1._domainkey TXT "`+broken+`"`)},
			changes:  []string{`+ s1._domainkey 300 TXT "` + broken + `"`},
			problems: [][]string{{"warning a", "Questionable DNS record", "32"}},
		},
		{
			name: "a policy with a tag of former times", p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none; pct=50"`)},
			changes:  []string{`+ _dmarc 300 TXT "v=DMARC1; p=none; pct=50"`},
			problems: [][]string{{"warning a", "Questionable DNS record", "_dmarc.example.com", "pct=50"}},
		},
		{
			name: "a policy that nobody can read", p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=perhaps"`)},
			changes:  []string{`+ _dmarc 300 TXT "v=DMARC1; p=perhaps"`},
			problems: [][]string{{"warning a", "Questionable DNS record", "perhaps"}},
		},
		{
			name: "nothing is said of what is there", zone: []string{`_dmarc TXT "v=DMARC1; p=none; pct=50"`},
			p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none; pct=50"`), Adopt: true},
		},
		{
			name: "a second key at a selector with dots", zone: []string{`mail.2026._domainkey TXT "` + testing + `"`},
			p:        dns.Publication{Wanted: wanted(t, `mail.2026._domainkey TXT "`+key+`"`)},
			problems: [][]string{{"error a", "one DKIM key"}},
		},
	})
}

// Reports go to another domain only if that domain agrees.
func TestReportsToOthers(t *testing.T) {
	for name, test := range map[string]struct {
		published []string
		err       error
		warnings  [][]string
	}{
		"agreed":           {published: []string{"v=DMARC1;"}},
		"not agreed":       {published: []string{"v=spf1 -all"}, warnings: [][]string{{"warning a", "DMARC reports not agreed to", "example.com._report._dmarc.reports.example.net"}}},
		"cannot find out":  {err: errors.New("SERVFAIL")},
		"nothing is there": {warnings: [][]string{{"warning a", "DMARC reports not agreed to", `"v=DMARC1;"`}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			editor := dns.NewEditor(h, dns.EditorOptions{Lookup: func(_ context.Context, name, recordType string) ([]string, error) {
				if name != "example.com._report._dmarc.reports.example.net" || recordType != "TXT" {
					t.Errorf("asked for %s %s", recordType, name)
				}
				return test.published, test.err
			}})
			planned, err := editor.Plan(t.Context(), zone, dns.Publication{
				Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none; rua=mailto:a@reports.example.net,mailto:b@mail.example.com"`)})
			if err != nil {
				t.Fatal(err)
			}
			checkProblems(t, planned.Problems, test.warnings...)
		})
	}
}
