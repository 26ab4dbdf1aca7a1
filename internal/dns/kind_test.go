package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// If receivers accept only one record of a kind, a second one is a conflict. Records that they
// ignore are none.
func TestPlanOfRecordsThatStandAlone(t *testing.T) {
	for _, kind := range []struct{ name, mine, same, other, broken, rule string }{
		{"_dmarc", "v=DMARC1; p=none; sp=none", "v=DMARC1;p=none;sp=none;", "v=DMARC1; p=reject", "v=dmarc1; p=reject", "one DMARC policy"},
		{"_dmarc.shop", "v=DMARC1; p=none", "v=DMARC1;p=none", "v=DMARC1; p=reject", "p=reject", "one DMARC policy"},
		{"_mta-sts", "v=STSv1; id=2", "v=STSv1;id=2;", "v=STSv1; id=1;", "v=STSv1 id=1", "one MTA-STS record"},
		{"_mta-sts.shop", "v=STSv1; id=2", "v=STSv1;id=2", "v=STSv1; id=1;", "hello", "one MTA-STS record"},
		{"_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1;rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com", "v=TLSRPT; rua=mailto:b@example.com", "one TLS-RPT record"},
		{"default._bimi", "v=BIMI1; l=https://example.com/a.svg; a=", "v=BIMI1; a=; l=https://example.com/a.svg", "v=BIMI1; l=", "l=", "one BIMI record"},
		{"brand._bimi.shop", "v=BIMI1; l=", "v=BIMI1;l=;", "v=BIMI1; l=https://example.com/b.svg", "x", "one BIMI record"},
	} {
		quoted := func(text string) string { return kind.name + ` TXT "` + text + `"` }
		ttl := func(text string) string { return kind.name + ` 300 TXT "` + text + `"` }
		mine := wanted(t, quoted(kind.mine))
		runPlans(t, []planTest{
			{
				name: kind.name + ": a second one", zone: []string{quoted(kind.other)}, p: dns.Publication{Wanted: mine},
				problems: [][]string{{"error a", kind.other, kind.rule, "overwrite = true"}},
			},
			{
				name: kind.name + ": overwritten, in its place", zone: []string{quoted(kind.other), quoted("else")}, p: dns.Publication{Wanted: mine, Overwrite: true},
				changes:  []string{"~ " + ttl(kind.other) + " => " + ttl(kind.mine)},
				problems: [][]string{{"warning a", kind.other, "replaces it"}},
			},
			{
				name: kind.name + ": two that were there, overwritten", zone: []string{quoted(kind.other), quoted(kind.other + " ")}, p: dns.Publication{Wanted: mine, Overwrite: true},
				changes:  []string{"- " + ttl(kind.other+" "), "~ " + ttl(kind.other) + " => " + ttl(kind.mine)},
				problems: [][]string{{"warning a"}, {"warning a"}},
			},
			{
				name: kind.name + ": the same in other words", zone: []string{quoted(kind.same)}, p: dns.Publication{Wanted: mine, Adopt: true},
			},
			{
				name: kind.name + ": one that came later", zone: []string{quoted(kind.mine), quoted(kind.other)}, p: dns.Publication{Wanted: mine, Adopt: true},
				problems: [][]string{{"warning a", kind.other, kind.rule}},
			},
			{
				name: kind.name + ": what receivers leave out of account", zone: []string{quoted(kind.broken)}, p: dns.Publication{Wanted: mine},
				changes: []string{"+ " + ttl(kind.mine)},
			},
			{
				name: kind.name + ": two of one's own", p: dns.Publication{Wanted: wanted(t, quoted(kind.mine), quoted(kind.other))},
				problems: [][]string{{"error b", "published together", kind.rule}},
			},
			{
				name: kind.name + ": changed", zone: []string{quoted(kind.other)}, p: dns.Publication{Wanted: mine, Previous: published(t, quoted(kind.other))},
				changes: []string{"~ " + ttl(kind.other) + " => " + ttl(kind.mine)},
			},
		})
	}
	// A receiver of reports may have several consents at a name (RFC 9990).
	runPlans(t, []planTest{{
		name: "a second consent", zone: []string{`example.org._report._dmarc TXT "v=DMARC1; rua=mailto:a@example.com"`},
		p:       dns.Publication{Wanted: wanted(t, `example.org._report._dmarc TXT "v=DMARC1"`)},
		changes: []string{`+ example.org._report._dmarc 300 TXT "v=DMARC1"`},
	}})
}
