package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestAmbiguousZoneDelegated(t *testing.T) {
	err := &dns.AmbiguousZoneError{Apex: "example.com", Zones: []dns.HostedZone{
		{Apex: "example.com", ID: "Z1", NameServers: []string{"ns1.example.net", "ns2.example.net"}},
		{Apex: "example.com", ID: "Z2", NameServers: []string{"ns2.example.net", "ns3.example.net"}},
		{Apex: "example.com", ID: "Z3"},
	}}
	tests := []struct {
		name    string
		servers []string
		want    string
	}{
		{"all of one", []string{"ns2.example.net", "ns1.example.net"}, "Z1"},
		{"one server of one", []string{"ns3.example.net"}, "Z2"},
		{"one server of two", []string{"ns2.example.net"}, ""},
		{"servers of several zones", []string{"ns1.example.net", "ns3.example.net"}, ""},
		{"another host", []string{"ns1.example.org"}, ""},
		{"no delegation", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone, ok := err.Delegated(tt.servers)
			if zone.ID != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q, %v; want %q", zone.ID, ok, tt.want)
			}
		})
	}
	want := "the account has several zones called example.com: Z1 (name servers ns1.example.net, ns2.example.net); " +
		"Z2 (name servers ns2.example.net, ns3.example.net); Z3"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}
