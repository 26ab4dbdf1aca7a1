package report

import (
	"reflect"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

var sampleTime = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// sampleReport has something of everything.
func sampleReport() check.Report {
	return check.Report{
		Version: check.ReportVersion, Domain: "example.com", CheckedAt: sampleTime, Seconds: 0.4, Questions: 31, Answers: 31,
		Results: []check.Result{
			{ID: "mx_present", Title: "MX record", Group: "mx", Status: check.Pass, Severity: check.High, Found: "10 mail.example.com", Why: "Mail goes there.", Source: "RFC 5321 section 5.1"},
			{ID: "spf_lookups", Title: "DNS lookups of SPF", Group: "spf", Status: check.Fail, Severity: check.High, Found: "12 of 10 lookups", Expected: "at most 10", Why: "Receivers stop at ten.", Source: "RFC 7208 section 4.6.4"},
			{ID: "spf_void", Title: "Void lookups of SPF", Group: "spf", Status: check.Warn, Severity: check.Medium, Found: `"a:gone.example.net" finds nothing | ` + "`x`", Expected: "two at most", Why: "Receivers stop at two.", Source: "RFC 7208 section 4.6.4"},
			{ID: "spf_sender", Title: "SPF for the sending addresses", Group: "spf", Status: check.Skip, Severity: check.High, Found: "no sending addresses were given", Why: "They have to pass.", Source: "RFC 7208"},
			{ID: "smtp_connect", Title: "Connection to port 25", Group: "smtp", Status: check.Unknown, Severity: check.High, Found: "could not look: port 25 is closed here", Expected: "each host answers", Why: "Mail is delivered there.", Source: "RFC 5321"},
			{ID: "caa_present", Title: "CAA records", Group: "caa", Status: check.Info, Severity: check.Low, Found: "there are no CAA records", Why: "They say who may issue.", Source: "RFC 8659"},
		},
		Zone: &check.Zone{Apex: "example.com", NameServers: []string{"ns1.example.net", "ns2.example.net"}, Signed: true},
		MX:   []check.MXHost{{Preference: 10, Host: "mail.example.com", Addresses: []string{"192.0.2.25", "2001:db8::25"}}},
		SPF: &check.SPFRecord{Domain: "example.com", Text: "v=spf1 include:spf.example.net a:gone.example.net ~all", Lookups: 12, AtLeast: true, Terms: []check.SPFTerm{
			{Text: "include:spf.example.net", Lookups: 11, Record: &check.SPFRecord{Domain: "spf.example.net", Lookups: 10, AtLeast: true, Terms: []check.SPFTerm{
				{Text: "include:loop.example.net", Lookups: 1, Record: &check.SPFRecord{Domain: "loop.example.net", Problem: "there is no SPF record"}},
				{Text: "ip4:192.0.2.0/24"}}}},
			{Text: "a:gone.example.net", Lookups: 1, Void: true}, {Text: "~all"}}},
		DKIM: []check.DKIMKey{
			{Selector: "mail", Type: "rsa", Bits: 2048},
			{Selector: "old", Type: "rsa", Bits: 1024, Testing: true, Aliases: []string{"old.example.net"}},
			{Selector: "gone", Revoked: true, Problem: "the key is empty"}},
		DMARC:        &check.DMARCPolicy{Domain: "example.com", Text: "v=DMARC1; p=none; rua=mailto:d@example.com", Policy: "none", Subdomains: "reject", Reports: []string{"mailto:d@example.com"}},
		STS:          &check.STSPolicy{ID: "20260701", Mode: "testing", MX: []string{"*.example.com"}, MaxAge: 604800},
		Certificates: []check.Certificate{{Host: "mail.example.com", Port: 25, Issuer: "Invented CA", NotAfter: sampleTime.AddDate(0, 0, 9), DaysLeft: 9}},
	}
}

func sampleEstate() *estate.Estate {
	checked := sampleReport()
	five, ten := 5, uint16(10)
	return &estate.Estate{
		Version: estate.Version, LookedAt: sampleTime, FromPlan: true, Withheld: 2,
		Domains: []*estate.Domain{
			{
				Name: "example.com", Services: []string{"mailserver", "sendgrid"}, DNSHosts: []string{"cloudflare"}, Mailboxes: &five,
				Keys:          []estate.Key{{Selector: "mail", Type: "rsa", Bits: 2048, Since: sampleTime.AddDate(0, 0, -40)}, {Selector: "next", Type: "ed25519"}},
				Verifications: []estate.Verification{{Service: "sendgrid", Valid: true, At: sampleTime.AddDate(0, -1, 0)}},
				Certificates:  []estate.Certificate{{Host: "mail.example.com", Issuer: "CN=Invented", NotAfter: sampleTime.AddDate(0, 0, -3), DaysLeft: -3}},
				Records: []*estate.Record{
					{Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: &ten, Presence: estate.Seen},
					{Name: "example.com", Type: "TXT", Value: "v=spf1 include:spf.example.net ~all", Presence: estate.Missing, Problem: `not at ns1.example.net (has "v=spf1 -all")`},
					{Name: "mail._domainkey.example.com", Type: "TXT", Value: "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", Presence: estate.Unknown, Problem: "no name server answers"},
				},
				Check: &checked,
			},
			{Name: "example.org", Services: []string{"yandex"}, DNSHosts: []string{"namecheap"}, Verifications: []estate.Verification{{Service: "yandex"}}, Records: []*estate.Record{{Name: "example.org", Type: "MX", Value: "mx.example.net", Priority: &ten, Presence: estate.Seen}}},
		},
	}
}

// fill puts a text into every string below a value, and two elements into each empty list.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() { // and not a Status
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Len() == 0 && v.CanSet() && v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	}
}
