package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A zone at each of the other hosts can be simulated: the name servers made for it lead back to it.
func TestExampleNameServers(t *testing.T) {
	for _, host := range dns.OtherHosts() {
		servers := host.ExampleNameServers()
		if len(servers) < 2 {
			t.Errorf("%s has the name servers %q", host.Name, servers)
		}
		for _, server := range servers {
			if _, err := dns.Canonical(server); err != nil {
				t.Errorf("%s: %v", host.Name, err)
			}
			if got := dns.DetectHost(dns.Zone{Apex: "shop.example", NameServers: []string{server}}); got.Name != host.Name {
				t.Errorf("%s of %s leads to %q", server, host.Name, got.Name)
			}
		}
	}
}
