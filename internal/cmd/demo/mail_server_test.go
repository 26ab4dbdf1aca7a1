package main

import (
	"strings"
	"testing"
)

const mailServerOutputs = `{
  "certificate": {"sensitive": false, "type": "dynamic", "value": {"hostname": "mail.example.com", "issuer": "CN=Invented CA", "not_after": "2031-05-04T03:02:01Z"}},
  "domains": {"sensitive": false, "type": "dynamic", "value": {
    "example.org": {"mailboxes": 13, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048},
    "example.com": {"mailboxes": 119, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048}
  }},
  "published": {"sensitive": false, "type": "dynamic", "value": {
    "corp.example": {"dns_host": "rfc2136", "records": [
      {"name": "corp.example", "type": "MX", "value": ".", "priority": 0, "ttl": 300}
    ]},
    "example.org": {"dns_host": "namecheap", "records": [
      {"name": "mail._domainkey.example.org", "type": "TXT", "value": "v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "priority": null, "ttl": 1799}
    ]},
    "example.com": {"dns_host": "cloudflare", "records": [
      {"name": "_dmarc.example.com", "type": "TXT", "value": "v=DMARC1; p=none", "priority": null, "ttl": null},
      {"name": "example.com", "type": "TXT", "value": "v=spf1 a:mail.example.com ~all", "priority": null, "ttl": 300},
      {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10, "ttl": 300}
    ]}
  }}
}`

func TestMailServer(t *testing.T) {
	r, err := readMailServer([]byte(mailServerOutputs))
	if err != nil {
		t.Fatal(err)
	}
	for i, rec := range r.records() {
		if i != 1 {
			rec.found = []string{rec.data()}
		}
	}
	var got strings.Builder
	if err := r.write(&got); err != nil {
		t.Fatal(err)
	}
	want := `
  DOMAIN         MAILBOXES   DKIM KEY   SELECTOR   DNS HOST     RECORDS
  corp.example           -   -          -          rfc2136      ✓
  example.com          119   RSA 2048   mail       cloudflare   ✗✓✓
  example.org           13   RSA 2048   mail       namecheap    ✓

  CERTIFICATE        ENDS         ISSUER
  mail.example.com   2031-05-04   CN=Invented CA
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if missing := unseen(r.records()); len(r.records()) != 5 || len(missing) != 1 || missing[0].data() != "10 mail.example.com" {
		t.Errorf("of %d records, %d are missing; want the MX record of 5", len(r.records()), len(missing))
	}
}

func TestMailServerOfNothing(t *testing.T) {
	for _, change := range []struct{ what, old, new string }{
		{"all", mailServerOutputs, `{}`},
		{"JSON", mailServerOutputs, `not JSON`},
		{"domains", `"domains"`, `"others"`},
		{"records", `"published"`, `"others"`},
		{"certificate", `"not_after"`, `"other"`},
	} {
		if _, err := readMailServer([]byte(strings.Replace(mailServerOutputs, change.old, change.new, 1))); err == nil {
			t.Errorf("outputs without %s were taken for a result", change.what)
		}
	}
}
