package main

import (
	"strings"
	"testing"
)

const outputs = `{
  "certificate": {"sensitive": false, "type": "dynamic", "value": {"hostname": "mail.example.com", "issuer": "CN=Invented CA", "not_after": "2031-05-04T03:02:01Z"}},
  "domains": {"sensitive": false, "type": "dynamic", "value": {
    "example.org": {"mailboxes": 13, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048, "dns_records": [
      {"name": "mail._domainkey.example.org", "type": "TXT", "value": "v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "priority": null}
    ]},
    "example.com": {"mailboxes": 119, "dkim_selector": "mail", "dkim_key_type": "rsa", "dkim_key_bits": 2048, "dns_records": [
      {"name": "example.com", "type": "TXT", "value": "v=spf1 a:mail.example.com ~all", "priority": null},
      {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10}
    ]}
  }}
}`

func TestWriteResult(t *testing.T) {
	var got strings.Builder
	if err := writeResult(&got, []byte(outputs)); err != nil {
		t.Fatal(err)
	}
	want := `
  DOMAIN        MAILBOXES   DKIM KEY   SELECTOR
  example.com         119   RSA 2048   mail
  example.org          13   RSA 2048   mail

  CERTIFICATE        VALID UNTIL   ISSUER
  mail.example.com   2031-05-04    CN=Invented CA

  RECORD TO PUBLISH             TYPE   VALUE
  example.com                   MX     10 mail.example.com
  example.com                   TXT    v=spf1 a:mail.example.com ~all
  mail._domainkey.example.org   TXT    v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgk…
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestWriteResultOfNothing(t *testing.T) {
	for _, outputs := range []string{`{}`, `{"domains": {"value": {}}}`, `not JSON`} {
		if err := writeResult(&strings.Builder{}, []byte(outputs)); err == nil {
			t.Errorf("the outputs %s were shown as a result", outputs)
		}
	}
}
