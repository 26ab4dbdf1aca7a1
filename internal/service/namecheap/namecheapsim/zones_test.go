package namecheapsim

import (
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// served returns what the name servers serve of a zone, one record a line with single blanks; nil
// if they don't.
func (s *world) served(t *testing.T, apex string) []string {
	t.Helper()
	zones, err := s.Zones()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(zones, func(z dnsserver.Zone) bool { return z.Apex == apex })
	if i < 0 {
		return nil
	}
	lines := []string{}
	for _, rr := range zones[i].Records {
		lines = append(lines, strings.Join(strings.Fields(rr.String()), " "))
	}
	return lines
}

func TestZones(t *testing.T) {
	s := newWorld(t)
	if err := s.AddZone("example.org"); err != nil {
		t.Fatal(err)
	}
	err := s.SetZone("example.org", func(d *Domain) { d.NameServers = []string{"ns1.example.net", "ns2.example.net"} })
	if err != nil {
		t.Fatal(err)
	}
	s.ok(t, setting("MX", "@ MX mail.example.net. | 20 300", "www A 192.0.2.1 | 1 60", "*.shop TXT "+strings.Repeat("x", 256)+" | 1 60",
		"@ ALIAS www.example.com", "go URL https://example.net/ | 1 60", `@ CAA 0 issue "ca.example" | 1 60`))
	err = s.SetZone("example.com", func(d *Domain) {
		d.Hidden = []string{"_imaps._tcp.example.com. 60 IN SRV 0 1 993 mail.example.net."}
		d.Hosts = append(d.Hosts, Host{Name: "off", Type: "A", Address: "192.0.2.2", TTL: 60, Off: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"_imaps._tcp.example.com. 60 IN SRV 0 1 993 mail.example.net.",
		"example.com. 300 IN MX 20 mail.example.net.",
		"www.example.com. 60 IN A 192.0.2.1",
		`*.shop.example.com. 60 IN TXT "` + strings.Repeat("x", 255) + `" "x"`,
		"example.com. 1799 IN A 192.0.2.1",
		"go.example.com. 60 IN A 192.0.2.80",
		`example.com. 60 IN CAA 0 issue "ca.example"`,
	}
	if got := s.served(t, "example.com"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := s.served(t, "example.org"); got != nil {
		t.Errorf("a zone that is served elsewhere: %q", got)
	}

	s.ok(t, setting("FWD"))
	got := s.served(t, "example.com")
	if !slices.Contains(got, "example.com. 1799 IN MX 20 eforward5.registrar-servers.com.") || !slices.Contains(got, want[0]) || slices.Contains(got, want[1]) {
		t.Errorf("with forwarded mail:\n%s", strings.Join(got, "\n"))
	}
	s.Under(fault.Conditions{Switches: map[string]bool{SwitchDropsHidden: true}})
	s.ok(t, setting("NONE", "www A 192.0.2.1 | 1 60"))
	if got := s.served(t, "example.com"); !slices.Equal(got, want[2:3]) {
		t.Errorf("after a write that drops what it doesn't know: %q", got)
	}
}

func TestZonesAreKeptWhileNothingChanges(t *testing.T) {
	s := newWorld(t)
	first, err := s.Zones()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddZone("Example.COM."); err != nil {
		t.Fatal(err)
	}
	second, err := s.Zones()
	if err != nil || &second[0] != &first[0] {
		t.Errorf("the zones were made anew, %v", err)
	}
	s.ok(t, setting("NONE", "www A 192.0.2.1"))
	if got := s.served(t, "example.com"); len(got) != 1 {
		t.Errorf("after a change: %q", got)
	}
}

func TestAddZoneTakesRegistrableDomainsOnly(t *testing.T) {
	s := newWorld(t)
	for _, name := range []string{"com", "co.uk", "www.example.com", "exa mple.com"} {
		if err := s.AddZone(name); err == nil {
			t.Errorf("%s was registered", name)
		}
	}
	for _, name := range []string{"example.co.uk", "Bücher.example", "xn--80ak6aa92e.xn--p1ai"} {
		if err := s.AddZone(name); err != nil {
			t.Error(err)
		}
	}
	if got := s.served(t, "xn--bcher-kva.example"); got == nil {
		t.Error("the zone of a Unicode name is not there")
	}
}
