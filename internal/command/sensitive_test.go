package command

import (
	"fmt"
	"strings"
	"testing"
)

// marked is a state with a record that holds a secret, beside one that does not. MARKS are those of
// the resource.
const marked = `{"root_module": {"child_modules": [{"resources": [
	{"address": "postmaster_mail_domain.d", "mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "mailserver/example.com", "domain": "example.com", "mx_hostname": "mail.example.com"}},
	{"address": "postmaster_dns_records.r", "mode": "managed", "type": "postmaster_dns_records", "sensitive_values": MARKS, "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com",
		"records": {"s": {"name": "sekrit.example.com", "type": "TXT", "value": "Correct-Horse-7", "priority": null}},
		"published": {"s": {"name": "sekrit.example.com", "type": "TXT", "value": "Correct-Horse-7", "priority": null, "ttl": 300}}}},
	{"address": "postmaster_dns_records.spf", "mode": "managed", "type": "postmaster_dns_records", "sensitive_values": SPFMARKS, "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com",
		"records": {"spf": {"name": "EXAMPLE.com.", "type": "TXT", "value": "v=spf1 ip4:198.51.100.77 -all", "priority": null}},
		"published": {"spf": {"name": "example.com", "type": "TXT", "value": "v=spf1 ip4:198.51.100.77 -all", "priority": null}}}},
	{"address": "postmaster_dns_records.other", "mode": "managed", "type": "postmaster_dns_records", "sensitive_values": {"published": {}, "records": {}}, "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com",
		"records": {"mx": {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10}},
		"published": {
			"mx": {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10},
			"beside": {"name": "sekrit.example.com", "type": "TXT", "value": "a text that is gone", "priority": null},
			"merged": {"name": "example.com", "type": "TXT", "value": "v=spf1 mx ip4:198.51.100.77 -all", "priority": null}}}}
]}]}}`

// The mark of a configured record counts for what was published of it, and for other records that
// repeat it. Terraform marks only the configured one.
func TestStatusHidesMarkedRecords(t *testing.T) {
	const spf = `{"records": {"spf": {"value": true}}, "published": {"spf": {}}}`
	box := sandboxFile(t, "example.com", append(good, `sekrit TXT "Correct-Horse-7"`)...)
	for _, marks := range []string{
		`{"records": {"s": {"value": true}}, "published": {"s": {}}}`,
		`{"records": {"s": {"name": true}}, "published": {"s": {}}}`,
		`{"records": {"s": {"type": true}}}`,
		`{"records": {"s": true}, "published": {"s": {}}}`,
		`{"records": true, "published": {"s": {}}}`,
		`{"records": {"other": {"value": true}, "s": {"value": {"deep": [true]}}}}`,
		`{"published": {"s": {"value": true}}}`,
		`true`,
	} {
		with := func(marks, spf string) string {
			return strings.NewReplacer("SPFMARKS", spf, "MARKS", marks).Replace(marked)
		}
		documents := map[string]string{
			"state":                          fmt.Sprintf(`{"format_version": "1.0", "values": %s}`, with(marks, spf)),
			"plan":                           fmt.Sprintf(`{"format_version": "1.2", "planned_values": %s, "prior_state": {"values": %s}}`, with(marks, spf), with(marks, spf)),
			"plan of a state without marks":  fmt.Sprintf(`{"format_version": "1.2", "planned_values": %s, "prior_state": {"values": %s}}`, with(marks, spf), with(`{}`, `{"records": {"spf": {}}}`)),
			"plan that takes the marks away": fmt.Sprintf(`{"format_version": "1.2", "planned_values": %s, "prior_state": {"values": %s}}`, with(`{}`, `{}`), with(marks, spf)),
		}
		for name, text := range documents {
			for _, format := range []string{"table", "json", "markdown", "html"} {
				got := call(text, "status", "--sandbox", box, "--format", format, "--dns-only", "--only", "mx")
				for _, secret := range []string{"Correct-Horse-7", "198.51.100.77"} {
					if strings.Contains(got.out+got.err, secret) {
						t.Errorf("%s, %s of a %s shows %s:\n%s%s", marks, format, name, secret, got.out, got.err)
					}
				}
				if !strings.Contains(got.out, "a text that is gone") || format == "json" && !strings.Contains(got.out, `"mail.example.com"`) {
					t.Errorf("%s, %s of a %s lacks what is not marked:\n%s%s", marks, format, name, got.out, got.err)
				}
				if want := map[bool]string{true: `"withheld": 3`, false: "as sensitive"}[format == "json"]; !strings.Contains(got.out, want) {
					t.Errorf("%s, %s of a %s does not say %s:\n%s%s", marks, format, name, want, got.out, got.err)
				}
			}
		}
	}
}

// The name of a domain, a host or a selector is also in ids and in computed records.
func TestStatusHidesMarkedNames(t *testing.T) {
	const objects = `
		{"mode": "managed", "type": "postmaster_mail_domain", "sensitive_values": %s, "values": {"id": "mailserver/hidden.example", "domain": "Hidden.Example.", "mx_hostname": "mail.secret.example"}},
		{"mode": "managed", "type": "postmaster_mail_user", "values": {"mail_domain_id": "mailserver/hidden.example", "local_part": "anna"}},
		{"mode": "managed", "type": "postmaster_sender_domain", "values": {"id": "sendgrid/1", "domain": "shown.example"}},
		{"mode": "managed", "type": "postmaster_sender_domain", "values": {"id": "sendgrid/2", "domain": "nothidden.example"}},
		{"mode": "managed", "type": "postmaster_letsencrypt_cert", "sensitive_values": {}, "values": {"hostname": "mail.secret.example", "not_after": "2099-01-01T00:00:00Z"}},
		{"mode": "managed", "type": "postmaster_dkim_key", "sensitive_values": %s, "values": {"mail_domain_id": "mailserver/hidden.example", "selector": "sel7", "key_type": "rsa"}},
		{"mode": "managed", "type": "postmaster_dns_authorization", "values": {"id": "cloudflare/hidden.example", "domain": "hidden.example", "zone": "hidden.example"}},
		{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/hidden.example", "zone": "hidden.example", "published": {
			"mx": {"name": "hidden.example", "type": "MX", "value": "mail.secret.example", "priority": 10},
			"key": {"name": "sel7._domainkey.hidden.example", "type": "TXT", "value": "v=DKIM1; p=", "priority": null},
			"dmarc": {"name": "_dmarc.hidden.example", "type": "TXT", "value": "v=DMARC1; p=none", "priority": null}}}}`
	box := sandboxFile(t, "shown.example", "@ MX 10 mail", "mail A 192.0.2.25")
	for _, test := range []struct {
		domainMarks, keyMarks string
		hidden                []string
		shown                 []string
	}{
		{`{"domain": true}`, `{}`, []string{".hidden.example", `"hidden.example`, "/hidden.example"}, []string{"nothidden.example", "mail.secret.example"}},
		{`{"mx_hostname": true}`, `{}`, []string{"secret.example"}, []string{"_dmarc.hidden.example", "sel7"}},
		{`{}`, `{"selector": true}`, []string{"sel7"}, []string{"_dmarc.hidden.example", "mail.secret.example"}},
		{`true`, `true`, []string{".hidden.example", `"hidden.example`, "/hidden.example", "sel7", "secret.example"}, []string{"nothidden.example"}},
	} {
		state := `{"format_version": "1.0", "values": {"root_module": {"resources": [` + fmt.Sprintf(objects, test.domainMarks, test.keyMarks) + `]}}}`
		for _, format := range []string{"json", "table", "markdown", "html"} {
			got := call(state, "status", "--sandbox", box, "--format", format, "--dns-only", "--only", "mx_present")
			for _, text := range test.hidden {
				if strings.Contains(got.out+got.err, text) {
					t.Errorf("%s, %s: %s shows %s:\n%s%s", test.domainMarks, test.keyMarks, format, text, got.out, got.err)
				}
			}
			for _, text := range test.shown {
				if format == "json" && !strings.Contains(got.out, text) {
					t.Errorf("%s, %s: %s lacks %s:\n%s%s", test.domainMarks, test.keyMarks, format, text, got.out, got.err)
				}
			}
		}
	}
}
