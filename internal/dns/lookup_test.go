package dns

import (
	"context"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// world is a fixed set of zones to look things up in.
type world []dnsserver.Zone

func (w world) Zones() ([]dnsserver.Zone, error) { return w, nil }

// records parses zone-file lines.
func records(t *testing.T, lines ...string) []miekg.RR {
	t.Helper()
	var rrs []miekg.RR
	for _, line := range lines {
		rr, err := miekg.NewRR(line)
		if err != nil {
			t.Fatalf("record %q: %v", line, err)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

// lookupIn starts a DNS server with these zones, and returns a Lookup for
// which it is the resolver and every name server.
func lookupIn(t *testing.T, zones ...dnsserver.Zone) *Lookup {
	t.Helper()
	server, err := dnsserver.Serve("127.0.0.1:0", world(zones))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewLookup(LookupConfig{
		Resolvers:     []string{server.Addr()},
		AuthorityAddr: func(string) (string, bool) { return server.Addr(), true },
		Timeout:       time.Second,
	})
}

func TestAuthoritative(t *testing.T) {
	l := lookupIn(t, dnsserver.Zone{
		Apex:        "example.com",
		NameServers: []string{"ns2.host.example", "ns1.host.example"},
		Records: records(t,
			`example.com. 300 IN TXT "v=spf1 -all"`,
			`s1._domainkey.example.com. 300 IN CNAME s1.domainkey.sender.example.`,
		),
	})
	authority, err := l.Authoritative(context.Background(), "Example.com.", miekg.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	if len(authority.Answers) != 2 {
		t.Fatalf("%d answers, want one of each of the two name servers", len(authority.Answers))
	}
	for _, answer := range authority.Responding() {
		if len(answer.Records) != 1 || answer.Records[0].(*miekg.TXT).Txt[0] != "v=spf1 -all" {
			t.Errorf("%s answered %v", answer.Server, answer.Records)
		}
	}
}
