package check

import (
	"fmt"
	"testing"
)

// Records that are nearly right are reported with what is wrong, and not only as missing.
func TestNearMisses(t *testing.T) {
	const spf, dmarc, dkim, sts, rpt, bimi = "@", "_dmarc", "s1._domainkey", "_mta-sts", "_smtp._tls", "default._bimi"
	ids := map[string]string{spf: "spf_syntax", dmarc: "dmarc_syntax", dkim: "dkim_syntax", sts: "sts_record", rpt: "tlsrpt_record", bimi: "bimi_record"}
	for i, test := range []struct{ name, text string }{
		{spf, `\"v=spf1 mx -all\"`}, {spf, " v=spf1 mx -all"}, {spf, `\194\160v=spf1 mx -all`}, {spf, "v=spf1; mx -all"}, {spf, "v=spf1include:spf.example.net -all"},
		{spf, `v=spf1\009mx -all`}, {spf, `v=spf1 mx\010-all`}, {spf, "v=spf2 mx -all"}, {spf, "v=spf1 include=spf.example.net -all"}, {spf, "v=spf1 ip4=192.0.2.25 -all"},
		{spf, "v=spf1 mx, -all"}, {spf, "spf1 mx -all"}, {spf, "v=v=spf1 mx -all"}, {spf, "v=spf1 mx - all"},
		{dmarc, `v=DMARC1\\; p=none`}, {dmarc, "p=none; v=DMARC1"}, {dmarc, "v=DMARC1 p=none"}, {dmarc, "v=dmarc1; p=none"}, {dmarc, "v=DMARC; p=none"},
		{dmarc, `\"v=DMARC1; p=none\"`}, {dmarc, "p=none"}, {dmarc, " v=DMARC1; p=none"}, {dmarc, "v=DMARC1; p=none rua=mailto:a@example.com"}, {dmarc, "v=DMARC1; p=discard"},
		{dmarc, "v=DMARC1; P"}, {dmarc, "v=DMARC1; rua=a@example.com"}, {dmarc, "v=DMARC1; sp=reject"},
		{dkim, `\"v=DKIM1; p=\" \"AAAA\"`}, {dkim, `v=DKIM1\\; p=AAAA`}, {dkim, "v=DKIM2; p=AAAA"}, {dkim, "v=DKIM1; k=rsa; p=MIIBIjANBg...cut"}, {dkim, ""},
		{sts, "v=STSV1; id=1"}, {sts, "v=STSv1 id=1"}, {sts, "id=1"}, {sts, "v=STSv1; id=a-b"}, {sts, "v=STSv1; id=123456789012345678901234567890123"},
		{rpt, "v=TLSRPT1; rua=mailto:a@example.com"}, {rpt, "rua=mailto:a@example.com"}, {rpt, "v=tlsrptv1; rua=mailto:a@example.com"},
		{bimi, "v=BIMI; l=https://www.example.com/logo.svg"}, {bimi, "l=https://www.example.com/logo.svg"}, {bimi, "v=BIMI1"},
	} {
		t.Run(fmt.Sprintf("%d/%s", i, ids[test.name]), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.options.Selectors, s.options.DNSOnly = []string{"s1"}, true
			s.drop(test.name + " IN TXT").add(fmt.Sprintf(`%s IN TXT "%s"`, test.name, test.text))
			if result, _ := s.run().Result(ids[test.name]); result.Status != Fail || result.Found == "" {
				t.Errorf("%q: %s: %s", test.text, result.Status, result.Found)
			}
		})
	}
}
