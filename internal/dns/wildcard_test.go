package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestPlanWarnsOfHiddenWildcards(t *testing.T) {
	runPlans(t, []planTest{
		{
			name: "the name itself", zone: []string{"* A 192.0.2.1", "* MX 10 mx.example.org."}, p: dns.Publication{Wanted: wanted(t, "em CNAME x.example.net.")},
			changes:  []string{"+ em 300 CNAME x.example.net"},
			problems: [][]string{{"warning a", "*.example.com", "for em.example.com", "A 192.0.2.1", "MX 10 mx.example.org"}},
		},
		{
			name: "an address is missed at names of hosts only", zone: []string{"* A 192.0.2.1", "* AAAA 2001:db8::1", "* CAA 0 issue x"},
			p:       dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`, "s1._domainkey CNAME x.example.net.")},
			changes: []string{`+ _dmarc 300 TXT "v=DMARC1; p=none"`, "+ s1._domainkey 300 CNAME x.example.net"},
		},
		{
			name: "a text, an MX and an alias are missed everywhere", zone: []string{"* TXT x", "* MX 10 mx.example.org.", "* A 192.0.2.1"}, p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`)},
			changes:  []string{`+ _dmarc 300 TXT "v=DMARC1; p=none"`},
			problems: [][]string{{"warning a", "for _dmarc.example.com.", `with "*.example.com TXT \"x\"", "*.example.com MX 10 mx.example.org".`}},
		},
		{
			name: "an alias", zone: []string{"* CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`)},
			changes:  []string{`+ _dmarc 300 TXT "v=DMARC1; p=none"`},
			problems: [][]string{{"warning a", "CNAME web.example.net"}},
		},
		{
			name: "names between", zone: []string{"* A 192.0.2.1"}, p: dns.Publication{Wanted: wanted(t, `_dmarc.shop TXT "v=DMARC1; p=none"`, "s1._domainkey.shop CNAME x.example.net.")},
			changes:  []string{`+ _dmarc.shop 300 TXT "v=DMARC1; p=none"`, "+ s1._domainkey.shop 300 CNAME x.example.net"},
			problems: [][]string{{"warning a", "answers for shop.example.com."}},
		},
		{
			name: "names between, all of them", zone: []string{"* TXT x"}, p: dns.Publication{Wanted: wanted(t, `_dmarc.shop TXT "v=DMARC1; p=none"`, "s1._domainkey.shop CNAME x.example.net.")},
			changes:  []string{`+ _dmarc.shop 300 TXT "v=DMARC1; p=none"`, "+ s1._domainkey.shop 300 CNAME x.example.net"},
			problems: [][]string{{"warning a", "_dmarc.shop.example.com and shop.example.com"}, {"warning b", "for s1._domainkey.shop.example.com and _domainkey.shop.example.com. Until"}},
		},
		{
			name: "a name that is there hides it already", zone: []string{"* A 192.0.2.1", "shop TXT x"}, p: dns.Publication{Wanted: wanted(t, "www.shop TXT x", "shop TXT y")},
			changes: []string{`+ www.shop 300 TXT "x"`, `+ shop 300 TXT "y"`},
		},
		{
			name: "an empty non-terminal hides it already", zone: []string{"* A 192.0.2.1", "a.shop TXT x"}, p: dns.Publication{Wanted: wanted(t, "shop TXT y")},
			changes: []string{`+ shop 300 TXT "y"`},
		},
		{
			name: "a wildcard further up", zone: []string{"* A 192.0.2.1", "shop A 192.0.2.2"}, p: dns.Publication{Wanted: wanted(t, "www.shop TXT x")},
			changes: []string{`+ www.shop 300 TXT "x"`},
		},
		{
			name: "a wildcard below another one", zone: []string{"* A 192.0.2.1"}, p: dns.Publication{Wanted: wanted(t, "* TXT x", "*.shop TXT x")},
			changes:  []string{`+ * 300 TXT "x"`, `+ *.shop 300 TXT "x"`},
			problems: [][]string{{"warning b", "for shop.example.com."}},
		},
		{
			name: "a wildcard does not hide itself", p: dns.Publication{Wanted: wanted(t, "* TXT x", "* MX 10 mx.example.net.")},
			changes: []string{`+ * 300 TXT "x"`, `+ * 300 MX 10 mx.example.net`},
		},
		{
			name: "a wildcard that comes with the name has not answered yet", p: dns.Publication{Wanted: wanted(t, "* TXT x", "www TXT y")},
			changes: []string{`+ * 300 TXT "x"`, `+ www 300 TXT "y"`},
		},
	})
}
