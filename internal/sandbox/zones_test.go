package sandbox_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

func ask(t *testing.T, server, name string, qtype uint16) *miekg.Msg {
	t.Helper()
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(name), qtype)
	answer, _, err := new(miekg.Client).Exchange(query, server)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestZones(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s, other := open(t, sandbox.Options{Path: path}), open(t, sandbox.Options{Path: path})
	server, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.DNSAddr(); err != nil || again != server {
		t.Errorf("asked again, the address is %q, %v", again, err)
	}
	if rcode := ask(t, server, "www.example.com", miekg.TypeA).Rcode; rcode != miekg.RcodeNameError {
		t.Errorf("before there is a zone: %s", miekg.RcodeToString[rcode])
	}
	// This stands in for another process that adds the zone.
	if err := other.PutZone("Example.COM.", []string{"@ IN MX 10 mail", `@ TXT "v=spf1 mx ~all"`, "www 60 IN A 192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	answer := ask(t, server, "www.example.com", miekg.TypeA)
	if len(answer.Answer) != 1 || answer.Answer[0].(*miekg.A).A.String() != "192.0.2.1" || answer.Answer[0].Header().Ttl != 60 {
		t.Errorf("www: %v", answer)
	}
	answer = ask(t, server, "example.com", miekg.TypeMX)
	if len(answer.Answer) != 1 || answer.Answer[0].(*miekg.MX).Mx != "mail.example.com." || answer.Answer[0].Header().Ttl != sandbox.DefaultTTL {
		t.Errorf("MX: %v", answer)
	}
	if err := s.PutZone("example.com", nil); err != nil {
		t.Fatal(err)
	}
	if answer := ask(t, server, "www.example.com", miekg.TypeA); answer.Rcode != miekg.RcodeNameError {
		t.Errorf("after the zone was emptied: %v", answer)
	}
	for name, c := range map[string]struct {
		apex    string
		records []string
		says    string
	}{
		"no name":     {"exa mple.com", nil, "exa mple"},
		"no record":   {"example.com", []string{"www A 192.0.2.1", "www A here"}, "line: 2"},
		"outside":     {"example.com", []string{"www.example.org. A 192.0.2.1"}, "outside of the zone"},
		"other files": {"example.com", []string{"$INCLUDE /etc/hostname"}, "INCLUDE"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.PutZone(c.apex, c.records); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one with %q", err, c.says)
			}
		})
	}
}

func TestSourceKeepsUnchangedZones(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.PutZone("example.com", []string{"www A 192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	first, err := s.ZoneSources().Zones()
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.ZoneSources().Zones()
	if err != nil || &first[0] != &second[0] {
		t.Errorf("unchanged zones were parsed again (%v)", err)
	}
	if err := s.PutZone("example.com", []string{"www A 192.0.2.2"}); err != nil {
		t.Fatal(err)
	}
	third, err := s.ZoneSources().Zones()
	if err != nil || !strings.Contains(third[len(third)-1].Records[0].String(), "192.0.2.2") {
		t.Errorf("after a change: %v, %v", third, err)
	}
}

// The zones of DNS hosts are served next to those without a host, by the hosts' own name servers.
func TestZonesOfHosts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, sandbox.Options{Path: path})
	server, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutZone("example.com", []string{"www A 192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := namecheapsim.New(namecheapsim.Config{Store: st}).AddZone("example.org"); err != nil {
		t.Fatal(err)
	}
	if answer := ask(t, server, "example.org", miekg.TypeNS); len(answer.Answer) != 2 || answer.Answer[0].(*miekg.NS).Ns != "dns1.registrar-servers.com." {
		t.Errorf("the zone of a host: %v", answer)
	}
	if answer := ask(t, server, "www.example.com", miekg.TypeA); len(answer.Answer) != 1 {
		t.Errorf("the zone of no host: %v", answer)
	}
}
