package estate_test

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// fixedZones are zones that do not change.
type fixedZones []dnsserver.Zone

func (z fixedZones) Zones() ([]dnsserver.Zone, error) { return z, nil }

// serve serves a zone until the test ends, and returns the address of the server.
func serve(t *testing.T, apex string, lines ...string) (address string) {
	t.Helper()
	zone := dnsserver.Zone{Apex: apex}
	parser := miekg.NewZoneParser(strings.NewReader("$TTL 300\n"+strings.Join(lines, "\n")+"\n"), miekg.Fqdn(apex), "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		zone.Records = append(zone.Records, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	server, err := dnsserver.Serve("127.0.0.1:0", fixedZones{zone}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server.Addr()
}

// closedPort is an address at which nobody answers.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

const published = `{"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
	"mx": {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10},
	"other": {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 20},
	"spf": {"name": "example.com", "type": "TXT", "value": "v=spf1 a:mail.example.com ~all"},
	"key": {"name": "mail._domainkey.example.com", "type": "TXT", "value": "v=DKIM1; k=rsa; p="},
	"gone": {"name": "gone.example.com", "type": "CNAME", "value": "x.example.net"},
	"odd": {"name": "odd.example.com", "type": "URL301", "value": "https://example.net"}}}`

func presences(e *estate.Estate) []string {
	var all []string
	for _, r := range e.Records() {
		all = append(all, r.Type+" "+r.Data()+" "+string(r.Presence))
	}
	slices.Sort(all)
	return all
}

// The name servers are asked. Where they cannot be reached, the resolver is. Where nobody answers,
// nothing is said to be missing.
func TestLook(t *testing.T) {
	seen := []string{
		"CNAME x.example.net missing",
		"MX 10 mail.example.com seen",
		"MX 20 mail.example.com missing",
		"TXT v=DKIM1; k=rsa; p= seen",
		"TXT v=spf1 a:mail.example.com ~all seen",
		"URL301 https://example.net unknown",
	}
	var blind []string
	for _, line := range seen {
		blind = append(blind, line[:strings.LastIndex(line, " ")]+" unknown")
	}
	server := serve(t, "example.com", "@ MX 10 mail", "mail A 192.0.2.25", `@ TXT "v=spf1 ip4:192.0.2.1 a:mail.example.com ~all"`, `mail._domainkey TXT "v=DKIM1; k=rsa; p="`)
	nobody := closedPort(t)
	for _, test := range []struct {
		name, resolver, nameServer string
		want                       []string
		blind                      bool
	}{
		{"name servers", server, server, seen, false},
		{"resolver only", server, nobody, seen, false},
		{"nobody", nobody, nobody, blind, true},
	} {
		e := read(t, stateOf(resource("postmaster_dns_records", published)))
		lookup := dns.NewLookup(dns.LookupConfig{Resolvers: []string{test.resolver}, AuthorityAddr: func(string) (string, bool) { return test.nameServer, true }, Timeout: time.Second})
		var progress []string
		err := e.Look(t.Context(), estate.LookOptions{Check: check.Options{Lookup: lookup, DNSOnly: true, Only: []string{"mx", "dkim_present"}, Timeout: 20 * time.Second},
			Progress: func(done, total int, domain string) { progress = append(progress, domain) }})
		if err != nil {
			t.Fatal(err)
		}
		if got := presences(e); !slices.Equal(got, test.want) {
			t.Errorf("%s: the records are\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
		if e.Blind() != test.blind || !slices.Equal(progress, []string{"example.com"}) || e.LookedAt.IsZero() {
			t.Errorf("%s: blind %t, progress %q, at %s", test.name, e.Blind(), progress, e.LookedAt)
		}
		for _, r := range e.Records() {
			if (r.Problem == "") != (r.Presence == estate.Seen) {
				t.Errorf("%s: the problem of %+v", test.name, r)
			}
		}
		// The selector comes from the records.
		if key, found := e.Domains[0].Check.Result("dkim_present"); !test.blind && (!found || key.Status != check.Pass) {
			t.Errorf("%s: the check of the key is %+v", test.name, key)
		}
	}
}

// A zone that is not delegated has no records that anybody sees.
func TestLookAtAZoneThatIsNotDelegated(t *testing.T) {
	server := serve(t, "example.net", "@ TXT x")
	e := read(t, stateOf(resource("postmaster_dns_records", published)))
	lookup := dns.NewLookup(dns.LookupConfig{Resolvers: []string{server}, AuthorityAddr: func(string) (string, bool) { return server, true }})
	if err := e.Look(t.Context(), estate.LookOptions{Check: check.Options{Lookup: lookup}, RecordsOnly: true}); err != nil {
		t.Fatal(err)
	}
	for _, r := range e.Records() {
		if r.Type != "URL301" && (r.Presence != estate.Missing || !strings.Contains(r.Problem, "not at the resolver")) {
			t.Errorf("%+v", r)
		}
	}
	if e.Domains[0].Check != nil {
		t.Error("checks were made")
	}
}

// Days are counted from the time of the look.
func TestLookCountsDays(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for ends, want := range map[string]int{
		"2026-07-01T12:00:00Z": 0, "2026-07-01T11:59:59Z": -1, "2026-07-02T11:59:59Z": 0, "2026-07-02T12:00:00Z": 1, "2026-06-01T12:00:00Z": -30,
	} {
		e := read(t, stateOf(resource("postmaster_tls_certificate", `{"hostname": "mail.example.com", "not_after": "`+ends+`"}`)))
		options := check.Options{Lookup: dns.NewLookup(dns.LookupConfig{Resolvers: []string{closedPort(t)}}), Now: func() time.Time { return now }}
		if err := e.Look(t.Context(), estate.LookOptions{Check: options, RecordsOnly: true}); err != nil {
			t.Fatal(err)
		}
		if got := e.Domains[0].Certificates[0].DaysLeft; got != want {
			t.Errorf("%s: %d days left, want %d", ends, got, want)
		}
	}
}
