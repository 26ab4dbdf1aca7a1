package estate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// A key that a sender has below a subdomain is one of the domain.
func TestSelectorsBelowASubdomain(t *testing.T) {
	e := read(t, stateOf(resource("postmaster_sender_domain", `{"id": "octeth/campaign/1", "domain": "example.com"}`),
		resource("postmaster_dns_records", `{"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
			"a": {"name": "Key1._DomainKey.sl.example.com", "type": "CNAME", "value": "key1.example.net"},
			"b": {"name": "s1._domainkey.example.com", "type": "TXT", "value": "v=DKIM1; p="},
			"c": {"name": "a.b._domainkey.x.y.example.com", "type": "TXT", "value": "v=DKIM1; p="},
			"d": {"name": "_domainkey.example.com", "type": "TXT", "value": "o=-"},
			"e": {"name": "mx._domainkey.example.com", "type": "MX", "value": "mail.example.com", "priority": 10}}}`)))
	want := []string{"a.b._domainkey.x.y.example.com", "key1._domainkey.sl.example.com", "s1"}
	if got := domain(t, e, "example.com").Selectors(); !slices.Equal(got, want) {
		t.Errorf("the selectors are %q, want %q", got, want)
	}
}

// A domain that only lends its name to a sender needs no MX and no SPF record, if the return path is
// at a name below it.
func TestLookAtASender(t *testing.T) {
	const key = `"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`
	server := serve(t, "example.com", "key1._domainkey.sl TXT "+key, "em CNAME bounces", `bounces TXT "v=spf1 ip4:192.0.2.1 -all"`, "link CNAME web", "web A 192.0.2.80", "sl CNAME nowhere", `r TXT "v=spf1 -all"`, "_x.sl CNAME bounces")
	record := func(name, kind, value string) string {
		return `"` + name + `": {"name": "` + name + `example.com", "type": "` + kind + `", "value": "` + value + `"}`
	}
	dkim := record("key1._domainkey.sl.", "TXT", strings.Trim(key, `"`))
	const sender = `{"id": "sendgrid/1", "domain": "example.com"}`
	for name, test := range map[string]struct {
		kind, values string
		records      []string
		want         check.Status
		uses         string
	}{
		"an alias of a name with SPF": {"postmaster_sender_domain", sender, []string{record("em.", "CNAME", "bounces.example.com")}, check.Info, "em.example.com"},
		"a key below an alias":        {"postmaster_sender_domain", sender, []string{record("sl.", "CNAME", "nowhere.example.com"), dkim}, check.Info, "sl.example.com"},
		"an SPF record":               {"postmaster_sender_domain", sender, []string{record("r.", "TXT", "v=spf1 -all")}, check.Info, "r.example.com"},
		"an alias for links":          {"postmaster_sender_domain", sender, []string{record("link.", "CNAME", "web.example.com")}, check.Fail, ""},
		"a name of another use":       {"postmaster_sender_domain", sender, []string{record("_x.sl.", "CNAME", "bounces.example.com")}, check.Fail, ""},
		"a record that is missing":    {"postmaster_sender_domain", sender, []string{record("gone.", "TXT", "v=spf1 -all")}, check.Fail, ""},
		"an SPF record of its own":    {"postmaster_sender_domain", sender, []string{record("r.", "TXT", "v=spf1 -all"), record("", "TXT", "v=spf1 mx -all")}, check.Fail, ""},
		"a mail domain":               {"postmaster_mail_domain", `{"id": "mailserver/example.com", "domain": "example.com"}`, []string{record("r.", "TXT", "v=spf1 -all")}, check.Fail, ""},
	} {
		e := read(t, stateOf(resource(test.kind, test.values),
			resource("postmaster_dns_records", `{"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {`+strings.Join(test.records, ",")+`}}`)))
		lookup := dns.NewLookup(dns.LookupConfig{Resolvers: []string{server}, AuthorityAddr: func(string) (string, bool) { return server, true }, Timeout: time.Second})
		err := e.Look(t.Context(), estate.LookOptions{Check: check.Options{Lookup: lookup, DNSOnly: true, Only: []string{"mx_present", "spf_present", "sts_record", "tlsrpt_record", "dkim_present"}, Timeout: 20 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"mx_present", "spf_present", "sts_record", "tlsrpt_record"} {
			want := test.want
			if want == check.Fail && !strings.HasSuffix(id, "_present") {
				want = check.Warn
			}
			r, _ := e.Domains[0].Check.Result(id)
			if r.Status != want || !strings.Contains(r.Found, test.uses) || strings.Contains(r.Expected, "mx ") {
				t.Errorf("%s: %s is %+v, want %s and the name %q", name, id, r, want, test.uses)
			}
		}
		if slices.Contains(test.records, dkim) {
			if r, _ := e.Domains[0].Check.Result("dkim_present"); r.Status != check.Pass {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}
