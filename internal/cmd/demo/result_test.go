package main

import (
	"strings"
	"testing"
)

const outputs = `{
  "certificate": {"sensitive": false, "type": "dynamic", "value": {"hostname": "mail.example.com", "issuer": "CN=Invented CA", "not_after": "2031-05-04T03:02:01Z"}},
  "domains": {"sensitive": false, "type": "dynamic", "value": {
    "example.org": {"mailboxes": 13, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048},
    "example.com": {"mailboxes": 119, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048}
  }},
  "published": {"sensitive": false, "type": "dynamic", "value": {
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

func TestWriteResult(t *testing.T) {
	r, err := readResult([]byte(outputs))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.zones[0].Records {
		r.zones[0].Records[i].seen = true
	}
	var got strings.Builder
	if err := r.write(&got); err != nil {
		t.Fatal(err)
	}
	want := `
  DOMAIN        MAILBOXES   DKIM KEY   SELECTOR
  example.com         119   RSA 2048   mail
  example.org          13   RSA 2048   mail

  CERTIFICATE        VALID UNTIL   ISSUER
  mail.example.com   2031-05-04    CN=Invented CA

  RECORD                        TYPE   VALUE                                      DNS HOST     SEEN
  example.com                   MX     10 mail.example.com                        cloudflare   ✓
  example.com                   TXT    v=spf1 a:mail.example.com ~all             cloudflare   ✓
  _dmarc.example.com            TXT    v=DMARC1; p=none                           cloudflare   ✓
  mail._domainkey.example.org   TXT    v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgk…   namecheap    no
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if r.records() != 4 || r.seen() != 3 {
		t.Errorf("%d of %d records count as seen; want 3 of 4", r.seen(), r.records())
	}
}

func TestReadResultOfNothing(t *testing.T) {
	for _, outputs := range []string{
		`{}`, `not JSON`,
		`{"domains": {"value": {}}, "published": {"value": {}}}`,
		`{"domains": {"value": {"example.com": {}}}, "published": {"value": {"example.com": {"records": []}}}}`,
	} {
		if _, err := readResult([]byte(outputs)); err == nil {
			t.Errorf("the outputs %s were taken for a result", outputs)
		}
	}
}
