package zone

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// setsOf describes sets, in their order, with the keys of their records.
func setsOf(sets []mailSet, domain string) string {
	var lines []string
	for _, set := range sets {
		lines = append(lines, set.title(domain)+": "+strings.Join(kit.SortedKeys(set.keyed(domain)), ", "))
	}
	return strings.Join(lines, "\n")
}

func TestMailSets(t *testing.T) {
	of := func(name, recordType, value string) dns.Record {
		return dns.Record{Name: name, Type: recordType, Value: value}
	}
	records := []dns.Record{
		of("example.com", "NS", "ns1.example.net"),
		of("example.com", "TXT", "some-verification=1"),
		of("example.com", "TXT", "V=SPF1 include:_spf.google.com include:sendgrid.net ~all"),
		{Name: "example.com", Type: "MX", Value: "aspmx.l.google.com", Priority: 1},
		{Name: "example.com", Type: "MX", Value: "alt1.aspmx.l.google.com", Priority: 5},
		{Name: "example.com", Type: "MX", Value: "alt1.aspmx.l.google.com", Priority: 10},
		{Name: "sub.example.com", Type: "MX", Value: "mx.example.net", Priority: 10},
		of("www.example.com", "CNAME", "example.com"),
		of("google._domainkey.example.com", "TXT", "v=DKIM1; p=AAAA"),
		of("s1._domainkey.example.com", "CNAME", "s1.domainkey.u1.wl001.sendgrid.net"),
		of("a.b._domainkey.example.com", "TXT", "p="),
		of("s1._domainkey.sub.example.com", "TXT", "p="),
		of("_domainkey.example.com", "TXT", "o=~"),
		of("ns._domainkey.example.com", "NS", "ns.example.net"),
		of("_dmarc.example.com", "TXT", "v=DMARC1; p=none"),
		of("_mta-sts.example.com", "TXT", "v=STSv1; id=1"),
		of("mta-sts.example.com", "A", "192.0.2.1"),
		of("_smtp._tls.example.com", "TXT", "v=TLSRPTv1; rua=mailto:a@example.com"),
		of("default._bimi.example.com", "TXT", "v=BIMI1; l=https://example.com/l.svg"),
		of("autodiscover.example.com", "CNAME", "autodiscover.outlook.com"),
		of("_imaps._tcp.example.com", "SRV", "0 1 993 mail.example.com"),
		{Name: "autoconfig.example.com", Type: "CNAME", Value: "mail.example.com", Proxied: true},
		of("example.org", "MX", "mx.example.org"),
		of("notexample.com", "MX", "mx.example.org"),
	}
	want := strings.Join([]string{
		"example.com mail-mx, 3 records (Google): alt1.aspmx.l.google.com, alt1.aspmx.l.google.com 2, aspmx.l.google.com",
		"example.com mail-spf (Google, SendGrid): txt",
		"example.com mail-dkim-a.b: txt",
		"example.com mail-dkim-google: txt",
		"example.com mail-dkim-s1 (SendGrid): cname",
		"example.com mail-dmarc: txt",
		"example.com mail-mta-sts, 2 records: _mta-sts txt, mta-sts a",
		"example.com mail-tls-rpt: txt",
		"example.com mail-bimi: default._bimi txt",
		"example.com mail-clients, 2 records: _imaps._tcp srv, autodiscover cname",
	}, "\n")
	if got := setsOf(mailSets("example.com", records), "example.com"); got != want {
		t.Errorf("the sets are\n%s\nand not\n%s", got, want)
	}
	for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
		records[i], records[j] = records[j], records[i]
	}
	if got := setsOf(mailSets("example.com", records), "example.com"); got != want {
		t.Errorf("in another order, the sets are\n%s", got)
	}
	for _, set := range mailSets("example.com", records) {
		if !isMailSetLabel(set.Label) {
			t.Errorf("%s is no label", set.Label)
		}
	}
	for _, text := range []string{"", "mail-dkim-", "mail-x", "1f2e3d4c", "mail-mx "} {
		if isMailSetLabel(text) {
			t.Errorf("%q is a label", text)
		}
	}
}
