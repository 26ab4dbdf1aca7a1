package estate_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// resource is one of a state in the form of `terraform show -json`.
func resource(kind, values string) string {
	return `{"address": "` + kind + `.x", "mode": "managed", "type": "` + kind + `", "values": ` + values + `}`
}

func stateOf(resources ...string) string {
	return `{"format_version": "1.0", "values": {"root_module": {"resources": [` + strings.Join(resources, ",") + `]}}}`
}

func read(t *testing.T, text string) *estate.Estate {
	t.Helper()
	e, err := estate.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func domain(t *testing.T, e *estate.Estate, name string) *estate.Domain {
	t.Helper()
	for _, d := range e.Domains {
		if d.Name == name {
			return d
		}
	}
	t.Fatalf("there is no domain %s", name)
	return nil
}

const mailAndSender = `
	{"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "mailserver/example.com", "domain": "Example.COM.", "first_account": {"local_part": "postmaster", "password": "hidden"}}},
	{"mode": "managed", "type": "postmaster_mail_user", "values": {"mail_domain_id": "mailserver/example.com", "local_part": "anna"}},
	{"mode": "managed", "type": "postmaster_mail_user", "values": {"mail_domain_id": "mailserver/example.com", "local_part": "postmaster"}},
	{"mode": "managed", "type": "postmaster_mail_user", "values": {"mail_domain_id": "mailserver/elsewhere.example", "local_part": "otto"}},
	{"mode": "managed", "type": "postmaster_dkim_key", "values": {"mail_domain_id": "mailserver/example.com", "selector": "mail", "key_type": "rsa", "key_bits": 2048, "keepers": {"rotated": "2026-03", "why": "a secret reason"}}},
	{"mode": "managed", "type": "postmaster_sender_domain", "values": {"id": "sendgrid/42", "domain": "news.example.com"}},
	{"mode": "managed", "type": "postmaster_sender_domain", "values": {"id": "octeth/campaign/1", "domain": "example.com"}},
	{"mode": "managed", "type": "postmaster_domain_verification", "values": {"domain_id": "sendgrid/42", "valid": true, "verified_at": "2026-05-04T03:02:01Z"}},
	{"mode": "managed", "type": "postmaster_domain_verification", "values": {"domain_id": "octeth/campaign/1", "valid": false}},
	{"mode": "managed", "type": "postmaster_letsencrypt_cert", "values": {"hostname": "mx.example.net", "issuer": "CN=Invented", "not_before": "2026-05-01T00:00:00Z", "not_after": "2026-07-30T00:00:00Z"}},
	{"mode": "managed", "type": "postmaster_tls_certificate", "values": {"hostname": "www.news.example.com", "not_after": "2026-08-01T00:00:00Z"}},
	{"mode": "managed", "type": "postmaster_dns_authorization", "values": {"id": "cloudflare/example.com", "domain": "example.com", "dns_provider": "cloudflare", "zone": "example.com"}},
	{"mode": "managed", "type": "postmaster_dns_authorization", "values": {"id": "godaddy/unused.example", "domain": "unused.example", "dns_provider": "godaddy", "zone": "unused.example"}},
	{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
		"mx": {"name": "example.com", "type": "MX", "value": "mx.example.net", "priority": 10},
		"spf": {"name": "example.com", "type": "TXT", "value": "v=spf1 a:mx.example.net ~all", "priority": null},
		"key": {"name": "mail._domainkey.example.com", "type": "TXT", "value": "v=DKIM1; p=", "priority": null}}}},
	{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
		"spf": {"name": "example.com", "type": "TXT", "value": "v=spf1 a:mx.example.net include:spf.example.org ~all", "priority": null},
		"em": {"name": "s1._domainkey.news.example.com", "type": "CNAME", "value": "s1.example.org", "priority": null}}}},
	{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "rfc2136/other.example", "zone": "other.example", "published": {
		"x": {"name": "_dmarc.other.example", "type": "TXT", "value": "v=DMARC1; p=none", "priority": null}}}}`

func TestRead(t *testing.T) {
	e := read(t, stateOf(mailAndSender))
	var names []string
	for _, d := range e.Domains {
		names = append(names, d.Name)
	}
	if want := []string{"elsewhere.example", "example.com", "news.example.com", "other.example"}; !slices.Equal(names, want) {
		t.Fatalf("the domains are %q, want %q", names, want)
	}
	d := domain(t, e, "example.com")
	if !slices.Equal(d.Services, []string{"mailserver", "octeth"}) || !slices.Equal(d.DNSHosts, []string{"cloudflare"}) || d.Mailboxes == nil || *d.Mailboxes != 2 {
		t.Errorf("services %q, hosts %q, mailboxes %v", d.Services, d.DNSHosts, d.Mailboxes)
	}
	// Of two SPF records of one name, the one that contains the other is left.
	var records []string
	for _, r := range d.Records {
		records = append(records, r.Name+" "+r.Type+" "+r.Data())
	}
	if want := []string{"example.com MX 10 mx.example.net", "example.com TXT v=spf1 a:mx.example.net include:spf.example.org ~all", "mail._domainkey.example.com TXT v=DKIM1; p="}; !slices.Equal(records, want) {
		t.Errorf("the records are %q, want %q", records, want)
	}
	if len(d.Keys) != 1 || d.Keys[0].Selector != "mail" || !d.Keys[0].Since.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the keys are %+v", d.Keys)
	}
	if len(d.Certificates) != 1 || d.Certificates[0].Host != "mx.example.net" {
		t.Errorf("the certificates are %+v, want that of the MX host", d.Certificates)
	}
	if valid, known, _ := d.Verified(); valid || !known {
		t.Errorf("a domain that a service has not verified: valid %t, known %t", valid, known)
	}
	news := domain(t, e, "news.example.com")
	if valid, known, at := news.Verified(); !valid || !known || at.Format(time.DateOnly) != "2026-05-04" {
		t.Errorf("valid %t, known %t, at %s", valid, known, at)
	}
	if len(news.Certificates) != 1 || len(news.Records) != 1 || !slices.Equal(news.Selectors(), []string{"s1"}) {
		t.Errorf("certificates %+v, %d records, selectors %q", news.Certificates, len(news.Records), news.Selectors())
	}
	if other := domain(t, e, "other.example"); !slices.Equal(other.DNSHosts, []string{"rfc2136"}) || other.Mailboxes != nil {
		t.Errorf("records without a known authorization: %+v", other)
	}
	if _, known, _ := domain(t, e, "other.example").Verified(); known {
		t.Error("a domain that nobody verifies has a verification")
	}
}

// Objects in modules count like others, data sources do not, and a plan shows what it was made from.
func TestReadModulesAndPlans(t *testing.T) {
	sender := func(name string) string {
		return resource("postmaster_sender_domain", `{"id": "sendgrid/`+name+`", "domain": "`+name+`"}`)
	}
	values := `{"root_module": {"resources": [` + sender("a.example") + `, {"mode": "data", "type": "postmaster_sender_domain", "values": {"id": "sendgrid/1", "domain": "data.example"}}],
		"child_modules": [{"resources": [` + sender("b.example") + `], "child_modules": [{"resources": [` + sender("c.example") + `]}]}]}}`
	for name, text := range map[string]string{
		"state": `{"format_version": "1.0", "values": ` + values + `}`,
		"plan": `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [` + sender("planned.example") + `]}},
			"prior_state": {"format_version": "1.0", "values": ` + values + `}}`,
	} {
		e := read(t, text)
		var got []string
		for _, d := range e.Domains {
			got = append(got, d.Name)
		}
		if want := []string{"a.example", "b.example", "c.example"}; !slices.Equal(got, want) || e.FromPlan != (name == "plan") {
			t.Errorf("%s: %q, from a plan: %t; want %q", name, got, e.FromPlan, want)
		}
	}
	if e := read(t, `{"format_version": "1.0"}`); len(e.Domains) != 0 || e.FromPlan {
		t.Errorf("an empty state: %+v", e)
	}
	if e := read(t, `{"format_version": "1.2", "planned_values": {}}`); len(e.Domains) != 0 || !e.FromPlan {
		t.Errorf("the plan of a first apply: %+v", e)
	}
}

// What cannot be read is an error that quotes nothing of it.
func TestReadRefuses(t *testing.T) {
	const secret = "Correct-Horse-7"
	for text, want := range map[string]string{
		"":       "there is nothing to read",
		" \n":    "there is nothing to read",
		secret:   "no JSON from byte 1",
		`{"a": `: "no JSON from byte",
		`[]`:     "another structure",
		`{}`:     "no format_version",
		`{"version": 4, "resources": [{"instances": [{"attributes": {"password": "` + secret + `"}}]}]}`: "no format_version",
		`{"format_version": "2.0"}`: `format version "2.0"`,
		`{"format_version": "1.0", "values": {"root_module": "` + secret + `"}}`:  "another structure",
		stateOf(resource("postmaster_mail_domain", `{"domain": ["`+secret+`"]}`)): "an object of type postmaster_mail_domain",
	} {
		_, err := estate.Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error is %v, want one with %q", text, err, want)
		}
	}
}

// What the configuration marks as sensitive is not read, and is counted if it would be shown.
func TestReadLeavesOutWhatIsSensitive(t *testing.T) {
	const secret = "Correct-Horse-7"
	for sensitive, withheld := range map[string]int{
		`{"published": {"mx": {}, "key": {"value": true}}}`: 1,
		`{"published": true, "records": true}`:              1,
		`{"records": true}`:                                 1,
		`{"displaced": [{"value": true}]}`:                  0,
	} {
		e := read(t, stateOf(`{"mode": "managed", "type": "postmaster_dns_records", "sensitive_values": `+sensitive+`, "values": {
			"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "records": {"key": {"value": "`+secret+`"}}, "displaced": [{"value": "`+secret+`"}],
			"published": {"mx": {"name": "example.com", "type": "MX", "value": "mx.example.net", "priority": 10},
				"key": {"name": "key.example.com", "type": "TXT", "value": "`+map[bool]string{true: secret, false: "public"}[withheld > 0]+`"}}}}`))
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if e.Withheld != withheld || bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s: %d are withheld, want %d; read was %s", sensitive, e.Withheld, withheld, text)
		}
		for _, r := range e.Records() {
			if r.Name == "key.example.com" && withheld > 0 {
				t.Errorf("%s: a record whose value is sensitive is looked for: %+v", sensitive, r)
			}
		}
	}
}

// The age of a key is known only if a keeper is a date.
func TestSince(t *testing.T) {
	for keepers, want := range map[string]string{
		`null`:                          "",
		`{"a": "once"}`:                 "",
		`{"a": "2026-02-03"}`:           "2026-02-03",
		`{"a": "2026-02-03T04:05:06Z"}`: "2026-02-03", // the id of time_rotating
		`{"a": "202602"}`:               "2026-02-01",
		`{"a": "2025-12", "b": "2026-01", "c": "2"}`: "2026-01-01",
		`{"a": "199901"}`: "", // no date of a DKIM key
		`{"a": "100000"}`: "",
	} {
		e := read(t, stateOf(resource("postmaster_dkim_key", `{"mail_domain_id": "yandex/example.com", "selector": "mail", "keepers": `+keepers+`}`)))
		got := ""
		if since := e.Domains[0].Keys[0].Since; !since.IsZero() {
			got = since.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: since %q, want %q", keepers, got, want)
		}
	}
}
