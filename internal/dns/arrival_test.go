package dns

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// lookupAtTwo has two name servers, of which the second lags behind, and a third one that does not
// answer.
func lookupAtTwo(t *testing.T, first, second []string) (*Lookup, Zone) {
	t.Helper()
	addresses := map[string]string{
		"ns1.example.com": serveZones(t, dnsserver.Zone{Apex: "example.com", Records: records(t, first...)}),
		"ns2.example.com": serveZones(t, dnsserver.Zone{Apex: "example.com", Records: records(t, second...)}),
		"ns3.example.com": closedPort(t),
	}
	lookup := NewLookup(LookupConfig{
		Resolvers:     []string{addresses["ns1.example.com"]},
		AuthorityAddr: func(server string) (string, bool) { a, ok := addresses[server]; return a, ok },
	})
	return lookup, Zone{Apex: "example.com", NameServers: []string{"ns1.example.com", "ns2.example.com", "ns3.example.com"}}
}

func TestArrivals(t *testing.T) {
	lookup, zone := lookupAtTwo(t,
		[]string{
			`example.com. 300 IN TXT "v=spf1 include:_spf.example.net a:mail.example.com -all"`,
			`mail._domainkey.example.com. 300 IN TXT "v=DKIM1; k=rsa; " "p=AAAA"`,
			`example.com. 300 IN MX 10 mail.example.com.`,
			`em1.example.com. 300 IN CNAME u1.example.net.`,
		},
		[]string{
			`example.com. 300 IN TXT "v=spf1 include:_spf.example.net -all"`,
			`mail._domainkey.example.com. 300 IN TXT "v=DKIM1; k=rsa; p=AAAA"`,
			`example.com. 300 IN MX 20 mail.example.com.`,
			`em1.example.com. 300 IN A 192.0.2.1`,
		})
	cases := map[string]struct {
		record Record
		lacks  string // what is said of the server that lags behind; empty: it has it
	}{
		"SPF that was merged":    {Record{Name: "example.com", Type: "TXT", Value: "v=spf1 a:mail.example.com ~all"}, `ns2.example.com (has "v=spf1 include:_spf.example.net -all")`},
		"the same key, split":    {Record{Name: "mail._domainkey.example.com", Type: "TXT", Value: "v=DKIM1; k=rsa; p=AAAA"}, ""},
		"another preference":     {Record{Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: 10}, "ns2.example.com (has 20 mail.example.com)"},
		"an address for a CNAME": {Record{Name: "em1.example.com", Type: "CNAME", Value: "u1.example.net"}, "ns2.example.com (has none)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := lookup.Arrivals(t.Context(), zone, []Record{c.record})[0]
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			if a.Arrived() != (c.lacks == "") {
				t.Errorf("arrived: %v; %s", a.Arrived(), a)
			}
			if c.lacks != "" && !strings.HasSuffix(a.String(), "not yet at "+c.lacks) {
				t.Errorf("it says %q", a)
			}
			// A silent server does not keep the record from counting as arrived.
			if len(a.Silent) != 1 || !strings.HasPrefix(a.Silent[0], "ns3.example.com (") {
				t.Errorf("silent: %q", a.Silent)
			}
		})
	}
}

func TestArrivalsAtAnAlias(t *testing.T) {
	zone := []string{`em1.example.com. 300 IN CNAME elsewhere.example.net.`}
	lookup, at := lookupAtTwo(t, zone, zone)
	a := lookup.Arrivals(t.Context(), at, []Record{{Name: "em1.example.com", Type: "TXT", Value: "x"}})[0]
	if a.Arrived() || !strings.Contains(a.String(), "has a CNAME to elsewhere.example.net") {
		t.Errorf("arrived: %v; %s", a.Arrived(), a)
	}
}

func TestArrivalsWithoutAnyServer(t *testing.T) {
	closed := closedPort(t)
	lookup := NewLookup(LookupConfig{Resolvers: []string{closed}, AuthorityAddr: func(string) (string, bool) { return closed, true }})
	a := lookup.Arrivals(t.Context(), Zone{Apex: "example.com", NameServers: []string{"ns1.example.com"}}, []Record{{Name: "example.com", Type: "TXT", Value: "x"}})[0]
	if a.Err == nil || a.Arrived() {
		t.Errorf("nobody can be asked, and it says %q", a)
	}
}

func TestArrivalsOfATypeThatOnlyTheHostKnows(t *testing.T) {
	lookup, zone := lookupAtTwo(t, nil, nil)
	a := lookup.Arrivals(t.Context(), zone, []Record{{Name: "example.com", Type: "URL301", Value: "https://example.net"}})[0]
	if a.Err == nil || !strings.Contains(a.Err.Error(), "URL301") {
		t.Errorf("it says %v", a.Err)
	}
}
