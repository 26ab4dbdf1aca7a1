package dns_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestFaultsOfRecords(t *testing.T) {
	for _, test := range []struct {
		recordType, value string
		severity          dns.Severity // "" for none
		says              string
	}{
		{"TXT", `"v=spf1 mx -all"`, dns.Error, "without quotes and escapes"},
		{"TXT", "token ", dns.Warning, "a blank"},
		{"TXT", "v=spf1 mx -all", "", ""},
		{"SPF", "v=spf1 mx -all", dns.Error, "with the type TXT"},
		{"CNAME", "192.0.2.1", dns.Error, "is an address, 192.0.2.1"},
		{"NS", "192.0.2.1", dns.Error, "is an address"},
		{"PTR", "192.0.2.1.", dns.Error, "is an address"},
		{"ALIAS", "192.0.2.1", dns.Error, "is an address"},
		{"SRV", "0 5 443 192.0.2.1", dns.Error, "is an address, 192.0.2.1"},
		{"SRV", "0 5 443 192.0.2.1.", dns.Error, "is an address"},
		{"HTTPS", "1 192.0.2.1", dns.Error, "is an address"},
		{"SVCB", "1 192.0.2.1.", dns.Error, "is an address"},
		{"CNAME", "www", dns.Warning, `"www" is taken as it is`},
		{"CNAME", "s1._domainkey", dns.Warning, "write its whole name"},
		{"SRV", "0 5 443 sip", dns.Warning, `"sip"`},
		{"SRV", "0 0 0 .", "", ""},
		{"SRV", "0 1 0 imap.example.com.", dns.Error, "nothing can be reached at its port, 0"},
		{"HTTPS", "1 . alpn=h2", "", ""},
		{"SRV", "0 5 443 sip.example.com.", "", ""},
		{"CNAME", "u1.wl.example.net", "", ""},
		{"MX", "mail.example.com", "", ""},
		{"A", "192.0.2.1", "", ""},
		{"CAA", `0 issue "example.net"`, "", ""},
	} {
		r, err := dns.NewRecord("www.example.com", test.recordType, test.value)
		if err != nil {
			t.Errorf("%s %s: %v", test.recordType, test.value, err)
			continue
		}
		faults := r.Faults()
		switch {
		case test.severity == "" && faults == nil:
		case len(faults) != 1 || faults[0].Severity != test.severity || !strings.Contains(faults[0].Reason, test.says):
			t.Errorf("%s: %+v, not one %s that says %q", r, faults, test.severity, test.says)
		}
	}
}

// A record without effect is not written. One that an earlier version has written stays until
// somebody changes or removes it.
func TestPlanOfFaultyRecords(t *testing.T) {
	const quotes, include = `\"v=spf1 mx -all\"`, "v=spf1 include=_spf.example.net -all"
	before := func(line string) []dns.Published {
		w := wanted(t, line)[0]
		return []dns.Published{{Key: w.Key, Wanted: w.Record, Record: w.Record}}
	}
	runPlans(t, []planTest{
		{
			name: "a new one", p: dns.Publication{Wanted: wanted(t, `@ TXT "`+quotes+`"`, "www A 192.0.2.1")},
			problems: [][]string{{"error a", "DNS record without effect", "example.com TXT: this is meant to be an SPF record, but it is in quotes"}},
		},
		{
			name: "each of them is named", p: dns.Publication{Wanted: wanted(t, `@ TXT "`+quotes+`"`, `_dmarc TXT "v=DMARC1 p=none"`, "_sip._tcp SRV 0 5 443 192.0.2.1.", `x TXT "token "`)},
			problems: [][]string{{"error a"}, {"error b", "a semicolon is missing"}, {"error c", "is an address"}, {"warning d", "Questionable DNS record"}},
		},
		{
			name: "a modifier that should be a mechanism", p: dns.Publication{Wanted: wanted(t, `@ TXT "`+include+`"`)},
			problems: [][]string{{"error a", "include:_spf.example.net"}},
		},
		{
			name: "in a record of others it stays", zone: []string{`@ TXT "` + include + `"`}, p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 mx ~all"`)},
			changes: []string{`~ @ 300 TXT "` + include + `" => @ 300 TXT "v=spf1 include=_spf.example.net mx -all"`},
		},
		{
			name: "one that was published stays", zone: []string{`@ TXT "` + quotes + `"`}, p: dns.Publication{Previous: before(`@ TXT "` + quotes + `"`), Wanted: wanted(t, `@ TXT "`+quotes+`"`)},
		},
		{
			name: "others can be changed beside it", zone: []string{`@ TXT "` + quotes + `"`}, p: dns.Publication{Previous: before(`@ TXT "` + quotes + `"`), Wanted: wanted(t, `@ TXT "`+quotes+`"`, "www A 192.0.2.1")},
			changes: []string{"+ www 300 A 192.0.2.1"},
		},
		{
			name: "it is replaced", zone: []string{`@ TXT "` + quotes + `"`}, p: dns.Publication{Previous: before(`@ TXT "` + quotes + `"`), Wanted: wanted(t, `@ TXT "v=spf1 mx -all"`)},
			changes: []string{`- @ 300 TXT "` + quotes + `"`, `+ @ 300 TXT "v=spf1 mx -all"`},
		},
		{
			name: "it is removed", zone: []string{`@ TXT "` + quotes + `"`}, p: dns.Publication{Previous: before(`@ TXT "` + quotes + `"`)},
			changes: []string{`- @ 300 TXT "` + quotes + `"`},
		},
		{
			name: "the zone's name twice", p: dns.Publication{Wanted: wanted(t, "_dmarc.example.com.example.com. CNAME x.example.net.", "www CNAME x.example.com.example.com.", "example.com TXT x")},
			changes: []string{"+ _dmarc.example.com 300 CNAME x.example.net", "+ www 300 CNAME x.example.com.example.com", `+ example.com 300 TXT "x"`},
			problems: [][]string{
				{"warning a", "Name of the zone twice", `write "_dmarc.example.com"`}, {"warning b", "Name of the zone twice", `write "x.example.com"`},
				{"warning c", "Name of the zone twice", `write "example.com"`},
			},
		},
		{
			name: "names that are not whole", p: dns.Publication{Wanted: wanted(t, "www. A 192.0.2.1", "_dmarc. TXT x", "www.example.org. A 192.0.2.1")},
			problems: [][]string{{"error a", `Names are written whole`, `write "www.example.com"`}, {"error b", `write "_dmarc.example.com"`}, {"error c", "the zone that holds www.example.org"}},
		},
		{
			name: "MTA-STS, TLS-RPT and BIMI are looked at, too", p: dns.Publication{Wanted: wanted(t, `_mta-sts TXT "v=STSv1; id=2026-01-01"`, `_smtp._tls TXT "v=TLSRPTv1"`, `default._bimi TXT "v=BIMI1; l=http://example.com/l.svg"`)},
			changes:  []string{`+ _mta-sts 300 TXT "v=STSv1; id=2026-01-01"`, `+ _smtp._tls 300 TXT "v=TLSRPTv1"`, `+ default._bimi 300 TXT "v=BIMI1; l=http://example.com/l.svg"`},
			problems: [][]string{{"warning a", "id="}, {"warning b", "rua="}, {"warning c", "https://"}},
		},
	})
}
