package sandbox_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
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

// A zone is not taken from the host that has it unless that is asked for, and it can be given back.
func TestZonesStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	nameServer := func(apex string) string {
		t.Helper()
		found := answers(t, s, apex, miekg.TypeNS)
		if len(found) == 0 {
			return ""
		}
		return found[0].(*miekg.NS).Ns
	}
	const (
		godaddy, rfc2136, cloudflare = "ns01.domaincontrol.com.", "ns1.nameserver.example.", "ns.cloudflare.com."
		ovh, gandi, published        = "ns1.ovh.net.", "ns1.gandi.net.", "ns1.sandbox.invalid."
	)
	for i, step := range []struct {
		method, path, body string
		status             int
		says               string
		apex, nameServer   string
	}{
		{"PUT", "zones/example.net", "@ MX 10 mail", 409, "example.net is at godaddy", "example.net", godaddy},
		{"PUT", "zones/Example.NET.", "@ MX 10 mail", 409, "is at godaddy", "example.net", godaddy},
		{"PUT", "hosts/rfc2136/example.net", "", 409, "example.net is at godaddy", "example.net", godaddy},
		{"PUT", "hosts/ovh/example.net", "", 409, "example.net is at godaddy", "example.net", godaddy},
		{"PUT", "hosts/nobody/example.net", "", 400, `no DNS host "nobody"`, "example.net", godaddy},
		{"PUT", "hosts/godaddy/example.net", "", 204, "", "example.net", godaddy},
		{"PUT", "zones/sendgrid.net", "", 409, "is at sendgrid", "sendgrid.net", "ns1.sendgrid.net."},
		// published by hand, and given back
		{"PUT", "zones/example.net?move=true", "@ MX 10 mail", 204, "", "example.net", published},
		{"PUT", "zones/example.net", "@ MX 20 mail", 204, "", "example.net", published},
		{"PUT", "hosts/rfc2136/example.net", "", 409, "no particular host", "example.net", published},
		{"DELETE", "zones/example.net", "", 204, "", "example.net", godaddy},
		{"DELETE", "zones/example.net", "", 404, "no zone example.net", "example.net", godaddy},
		// from host to host and back, whatever their order
		{"PUT", "hosts/rfc2136/example.net?move=true", "", 204, "", "example.net", rfc2136},
		{"PUT", "hosts/cloudflare/example.net?move=true", "", 204, "", "example.net", cloudflare},
		{"PUT", "hosts/godaddy/example.net", "", 409, "is at cloudflare", "example.net", cloudflare},
		{"PUT", "hosts/godaddy/example.net?move=true", "", 204, "", "example.net", godaddy},
		{"PUT", "hosts/gandi/example.net?move=true", "", 204, "", "example.net", gandi},
		{"PUT", "hosts/rfc2136/example.net?move=true", "", 204, "", "example.net", rfc2136},
		// a new zone at hosts without an API
		{"PUT", "hosts/ovh/shop.example", "", 204, "", "shop.example", ovh},
		{"PUT", "hosts/ovh/shop.example", "", 204, "", "shop.example", ovh},
		{"PUT", "zones/shop.example", "www A 192.0.2.1", 204, "", "shop.example", ovh},
		{"PUT", "hosts/gandi/shop.example", "", 409, "shop.example is at ovh", "shop.example", ovh},
		{"PUT", "hosts/gandi/shop.example?move=true", "", 204, "", "shop.example", gandi},
		{"PUT", "zones/shop.example", "@ NS ns.other.example.\nwww A 192.0.2.1", 204, "", "shop.example", "ns.other.example."},
		{"DELETE", "zones/shop.example", "", 204, "", "shop.example", ""},
		{"PUT", "hosts/namecheap/shop.example", "", 204, "", "shop.example", "dns1.registrar-servers.com."},
	} {
		got := request(t, step.method, server.URL+"/_sandbox/"+step.path, step.body)
		if got.Status != step.status || !strings.Contains(got.Body, step.says) {
			t.Errorf("step %d, %s %s: %d %s, want %d and %q", i+1, step.method, step.path, got.Status, got.Body, step.status, step.says)
		}
		if at := nameServer(step.apex); !strings.HasSuffix(at, step.nameServer) || step.nameServer == "" && at != "" {
			t.Errorf("after step %d, %s %s, the domain is at %s, want %s", i+1, step.method, step.path, at, step.nameServer)
		}
	}
	// The records of a zone survive its move between hosts without an API.
	must(t, "PUT", server.URL+"/_sandbox/hosts/ovh/moving.example", "")
	must(t, "PUT", server.URL+"/_sandbox/zones/moving.example", "www A 192.0.2.1")
	must(t, "PUT", server.URL+"/_sandbox/hosts/unknown/moving.example?move=true", "")
	if found := answers(t, s, "www.moving.example", miekg.TypeA); len(found) != 1 {
		t.Errorf("after its move, the zone has %v", found)
	}
	if at := nameServer("moving.example"); at != "ns1.dns-host.example." {
		t.Errorf("an unknown host has the name server %s", at)
	}
}

// In a configuration's zones, a host that no service supports is a host like any other.
func TestAddZonesElsewhere(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	hosts := map[string]string{}
	for _, host := range dns.OtherHosts() {
		if host.Name != "yandex" { // which is simulated
			hosts[strings.ReplaceAll(host.Name, ".", "-")+".example"] = host.Name
		}
	}
	hosts["lost.example"] = dns.HostUnknown
	for range 2 { // the second time, nothing changes
		if err := s.AddZones(hosts); err != nil {
			t.Fatal(err)
		}
		for apex, host := range hosts {
			var servers []string
			for _, rr := range answers(t, s, apex, miekg.TypeNS) {
				servers = append(servers, rr.(*miekg.NS).Ns)
			}
			if got := dns.DetectHost(dns.Zone{Apex: apex, NameServers: servers}).Name; got != host {
				t.Errorf("%s at %s has the name servers %q, which are those of %s", apex, host, servers, got)
			}
		}
		if err := s.PutZone("ovh.example", []string{"www A 192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
	}
	if found := answers(t, s, "www.ovh.example", miekg.TypeA); len(found) != 1 {
		t.Errorf("the zone lost what was published: %v", found)
	}
	// The configuration has the domain at another host now.
	if err := s.AddZones(map[string]string{"ovh.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	if found := answers(t, s, "ovh.example", miekg.TypeNS); len(found) == 0 || !strings.HasSuffix(found[0].String(), ".ns.cloudflare.com.") {
		t.Errorf("the domain is at %v", found)
	}
}
