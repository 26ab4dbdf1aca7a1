package dns

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// A resolver that is asked for a name before it is published caches that there is none, and answers
// so to those who verify it.
func TestAuthoritativeDoesNotTellResolversTheName(t *testing.T) {
	authorities := serveZones(t, dnsserver.Zone{Apex: "example.com", NameServers: []string{"ns1.host.example"}})
	var mu sync.Mutex
	var heard []string
	resolver := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		mu.Lock()
		heard = append(heard, query.Question[0].Name)
		mu.Unlock()
		msg, err := miekg.Exchange(query, authorities)
		if err != nil {
			t.Error(err)
			return nil
		}
		return msg
	})
	l := NewLookup(LookupConfig{
		Resolvers:     []string{resolver},
		AuthorityAddr: func(string) (string, bool) { return authorities, true },
	})
	authority, err := l.Authoritative(t.Context(), "s1._domainkey.mail.example.com", miekg.TypeTXT)
	if err != nil || !authority.Answers[0].NXDomain {
		t.Fatalf("%+v, %v", authority, err)
	}
	if want := []string{"example.com.", "example.com."}; !slices.Equal(heard, want) {
		t.Errorf("the resolver heard of %q, want the apex only, for its SOA and NS records", heard)
	}
}

// delegationWorld has example.com on one server, and zones below it on the same server, on another
// one, and on a silent one.
func delegationWorld(t *testing.T) *Lookup {
	parent := serveZones(t,
		dnsserver.Zone{Apex: "example.com", NameServers: []string{"ns1.parent.example", "ns2.parent.example"}, Records: records(t,
			`away.example.com. 300 IN NS ns2.away.example.`,
			`away.example.com. 300 IN NS ns1.away.example.`,
			`dead.example.com. 300 IN NS ns.dead.example.`,
			`www.example.com. 300 IN CNAME example.org.`,
		)},
		dnsserver.Zone{Apex: "here.example.com", NameServers: []string{"ns.here.example"}, Records: records(t,
			`s1._domainkey.here.example.com. 300 IN CNAME s1.sender.example.`,
			`here.example.com. 300 IN TXT "here"`,
		)},
	)
	away := serveZones(t, dnsserver.Zone{Apex: "away.example.com", NameServers: []string{"ns1.away.example"}, Records: records(t,
		`a.b.away.example.com. 300 IN TXT "away"`,
		`deep.away.example.com. 300 IN NS ns.deep.example.`,
	)})
	deep := serveZones(t, dnsserver.Zone{Apex: "deep.away.example.com", Records: records(t, `deep.away.example.com. 300 IN TXT "deep"`)})
	silentAddr := silentServer(t)
	return NewLookup(LookupConfig{
		Resolvers: []string{parent},
		AuthorityAddr: func(server string) (string, bool) {
			switch {
			case server == "ns.deep.example":
				return deep, true
			case strings.HasSuffix(server, "away.example"):
				return away, true
			case server == "ns.dead.example":
				return silentAddr, true
			default:
				return parent, true
			}
		},
		Timeout: 200 * time.Millisecond,
	})
}

func TestAuthoritativeFollowsDelegations(t *testing.T) {
	l := delegationWorld(t)
	tests := []struct {
		what, name string
		apex       string
		servers    []string
		records    int
		alias      string
	}{
		{"not delegated", "www.example.com", "example.com", []string{"ns1.parent.example", "ns2.parent.example"}, 0, "example.org"},
		{"a zone on the same servers", "here.example.com", "here.example.com", []string{"ns.here.example"}, 1, ""},
		{"a missing name of it", "x.here.example.com", "here.example.com", []string{"ns.here.example"}, 0, ""},
		{"an alias in it", "s1._domainkey.here.example.com", "here.example.com", []string{"ns.here.example"}, 0, "s1.sender.example"},
		{"a zone on other servers", "a.b.away.example.com", "away.example.com", []string{"ns1.away.example", "ns2.away.example"}, 1, ""},
		{"a zone below that", "deep.away.example.com", "deep.away.example.com", []string{"ns.deep.example"}, 1, ""},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			authority, err := l.Authoritative(t.Context(), test.name, miekg.TypeTXT)
			if err != nil {
				t.Fatal(err)
			}
			if authority.Zone.Apex != test.apex || !slices.Equal(authority.Zone.NameServers, test.servers) {
				t.Errorf("zone %+v, want %s at %q", authority.Zone, test.apex, test.servers)
			}
			for _, answer := range authority.Answers {
				if answer.Err != nil || len(answer.Records) != test.records || answer.Alias != test.alias {
					t.Errorf("got %+v", answer)
				}
			}
		})
	}
}

func TestSilentDelegationIsNoBlockedPort(t *testing.T) {
	l := delegationWorld(t)
	for _, name := range []string{"dead.example.com", "x.dead.example.com"} {
		_, err := l.Authoritative(t.Context(), name, miekg.TypeTXT)
		var unreachable *UnreachableError
		if err == nil || errors.As(err, &unreachable) {
			t.Fatalf("%s: got %v", name, err)
		}
		for _, want := range []string{"zone example.com delegates dead.example.com to ns.dead.example", "those of example.com did", "no answer in time"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

func TestAuthoritativeOfNothing(t *testing.T) {
	_, err := lookupAt(serveZones(t)).Authoritative(t.Context(), "s1._domainkey.nowhere.example", miekg.TypeTXT)
	var none *NoSuchZoneError
	if !errors.As(err, &none) {
		t.Errorf("got %v, want a NoSuchZoneError", err)
	}
}

// While the servers of the upper zone learn of a delegation one after another, those that know it
// are right.
func TestServersThatDisagreeOnADelegation(t *testing.T) {
	old := serveZones(t, dnsserver.Zone{Apex: "example.com", NameServers: []string{"ns1.example", "ns2.example"}})
	current := serveZones(t, dnsserver.Zone{Apex: "example.com", NameServers: []string{"ns1.example", "ns2.example"}},
		dnsserver.Zone{Apex: "new.example.com", NameServers: []string{"ns2.example"}})
	l := NewLookup(LookupConfig{
		Resolvers: []string{old},
		AuthorityAddr: func(server string) (string, bool) {
			if server == "ns1.example" {
				return old, true
			}
			return current, true
		},
	})
	authority, err := l.Authoritative(t.Context(), "new.example.com", miekg.TypeTXT)
	if err != nil || authority.Zone.Apex != "new.example.com" || len(authority.Answers) != 1 {
		t.Errorf("%+v, %v", authority, err)
	}
}
