package check

import (
	"crypto/x509"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The names of the fields in JSON are read by programs of others. Some may be added; none is renamed
// or removed.
func TestNamesInJSON(t *testing.T) {
	s := newScene(t)
	s.spf("v=spf1 a:gone.example.com include:spf.example.net include:gone.example.net -all").dmarc("v=DMARC1; p=reject; sp=none; np=quarantine; t=y; rua=mailto:a@example.com")
	s.drop("s2._domainkey IN TXT").add("s2._domainkey IN CNAME s1._domainkey", `s3._domainkey IN TXT "v=DKIM1; t=y; p="`)
	s.options.Selectors = []string{"s1", "s2", "s3", "s4"}
	s.mailCertificate(x509.Certificate{DNSNames: []string{"other.example.com"}})
	written, err := json.Marshal(s.run())
	if err != nil {
		t.Fatal(err)
	}
	var read any
	if err := json.Unmarshal(written, &read); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	collect(names, "", read)
	want := `answers certificates certificates.days_left certificates.host certificates.issuer certificates.not_after certificates.port certificates.problem
checked_at dkim dkim.aliases dkim.bits dkim.problem dkim.revoked dkim.selector dkim.testing dkim.type
dmarc dmarc.domain dmarc.nonexistent dmarc.policy dmarc.reports dmarc.subdomains dmarc.testing dmarc.text domain
mta_sts mta_sts.id mta_sts.max_age mta_sts.mode mta_sts.mx mx mx.addresses mx.host mx.preference questions
results results.expected results.found results.group results.id results.severity results.source results.status results.title results.why
seconds spf spf.domain spf.lookups spf.terms spf.terms.lookups spf.terms.record spf.terms.record.domain spf.terms.record.lookups
spf.terms.record.problem spf.terms.record.terms spf.terms.record.terms.lookups spf.terms.record.terms.text spf.terms.record.text
spf.terms.text spf.terms.void spf.text version zone zone.apex zone.name_servers zone.signed`
	if got := slices.Sorted(maps.Keys(names)); !slices.Equal(got, strings.Fields(want)) {
		t.Errorf("the names are\n%s", strings.Join(got, " "))
	}
}

// collect notes the names of all fields, with those of the objects that they are in.
func collect(names map[string]bool, above string, value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			collect(names, above, element)
		}
	case map[string]any:
		for name, element := range value {
			names[above+name] = true
			collect(names, above+name+".", element)
		}
	}
}
