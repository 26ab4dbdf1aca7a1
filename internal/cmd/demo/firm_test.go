package main

import (
	"slices"
	"strings"
	"testing"
)

const firmOutputs = `{"domains": {"sensitive": false, "type": "dynamic", "value": {
  "example.org": {
    "role": "the workshop's mailboxes", "service": "yandex", "dns_host": "namecheap", "zone": "example.org",
    "valid": false, "verified_at": null, "mailboxes": 5, "certificate_ends": null,
    "records": [
      {"name": "example.org", "type": "TXT", "value": "v=spf1 include:_spf.example.net ~all", "priority": null, "ttl": 1799},
      {"name": "example.org", "type": "MX", "value": "mx.example.net", "priority": 10, "ttl": 1799}
    ]
  },
  "example.com": {
    "role": "receipts", "service": "sendgrid", "dns_host": "cloudflare", "zone": "example.com",
    "valid": true, "verified_at": "2031-05-04T03:02:01Z", "mailboxes": null, "certificate_ends": null,
    "records": [
      {"name": "s1._domainkey.example.com", "type": "CNAME", "value": "s1.domainkey.example.net", "priority": null, "ttl": 1}
    ]
  },
  "corp.example": {
    "role": "the staff's mailboxes", "service": "mailserver", "dns_host": "rfc2136", "zone": "corp.example",
    "valid": null, "verified_at": null, "mailboxes": 19, "certificate_ends": "2031-08-02T03:02:01Z",
    "records": [
      {"name": "mail._domainkey.corp.example", "type": "TXT", "value": "v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", "priority": null, "ttl": 3600}
    ]
  }
}}}`

func TestFirm(t *testing.T) {
	f, err := readFirm([]byte(firmOutputs))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.records() {
		if r.Type != "MX" {
			r.found = []string{r.data()}
		}
	}
	var got strings.Builder
	if err := f.write(&got); err != nil {
		t.Fatal(err)
	}
	want := `
  SEEN   RECORD                         TYPE    VALUE
  ✓      mail._domainkey.corp.example   TXT     v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCA…
  ✓      s1._domainkey.example.com      CNAME   s1.domainkey.example.net
  ✗      example.org                    MX      10 mx.example.net
  ✓      example.org                    TXT     v=spf1 include:_spf.example.net ~all

  DOMAIN         ROLE                           SERVICE      CERTIFICATE ENDS   DNS HOST     RECORDS   VERIFIED
  corp.example   the staff's mailboxes (19)     mailserver   2031-08-02         rfc2136      ✓         -
  example.com    receipts                       sendgrid     -                  cloudflare   ✓         ✓ 2031-05-04
  example.org    the workshop's mailboxes (5)   yandex       -                  namecheap    ✗✓        ✗
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if got := f.unverified(); !slices.Equal(got, []string{"example.org"}) {
		t.Errorf("unverified are %q", got)
	}
}

func TestFirmOfNothing(t *testing.T) {
	for _, outputs := range []string{
		`{}`, `not JSON`,
		`{"domains": {"value": {}}}`,
		`{"domains": {"value": {"example.com": {"role": "receipts", "valid": true, "records": []}}}}`,
	} {
		if _, err := readFirm([]byte(outputs)); err == nil {
			t.Errorf("the outputs %s were taken for a result", outputs)
		}
	}
}
