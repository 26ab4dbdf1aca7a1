package dns

import (
	"strings"
	"testing"
)

// editable are hosts that a caller knows.
var editable = []KnownHost{
	{"cloudflare", "Cloudflare", []string{"ns.cloudflare.com", "foundationdns.com"}},
	{"namecheap", "Namecheap", []string{"registrar-servers.com"}},
	{"godaddy", "GoDaddy", []string{"domaincontrol.com"}},
	{"yandex", "Yandex.Mail for Domain", []string{"dns#.yandex.net"}},
	{"route53", "Amazon Route 53", []string{"awsdns-#.com", "awsdns-#.net", "awsdns-#.org", "awsdns-#.co.uk"}},
}

func TestDetectHost(t *testing.T) {
	tests := []struct {
		name    string
		servers string
		primary string
		want    Detection
	}{
		{"cloudflare", "ada.ns.cloudflare.com bob.ns.cloudflare.com", "", Detection{Name: "cloudflare", Title: "Cloudflare"}},
		{"case and trailing dot", "Ada.NS.Cloudflare.com. BOB.ns.cloudflare.com.", "", Detection{Name: "cloudflare", Title: "Cloudflare"}},
		{"namecheap", "dns1.registrar-servers.com dns2.registrar-servers.com", "", Detection{Name: "namecheap", Title: "Namecheap"}},
		{"godaddy", "ns57.domaincontrol.com ns58.domaincontrol.com", "", Detection{Name: "godaddy", Title: "GoDaddy"}},
		{"route 53 under four suffixes", "ns-1.awsdns-01.com ns-2.awsdns-17.net ns-3.awsdns-42.org ns-4.awsdns-63.co.uk", "", Detection{Name: "route53", Title: "Amazon Route 53"}},
		{"any suffix", "ns1.ui-dns.de ns2.ui-dns.biz", "", Detection{Name: "ionos", Title: "IONOS"}},
		{"numbered label", "dns1.yandex.net dns2.yandex.net", "", Detection{Name: "yandex", Title: "Yandex.Mail for Domain"}},
		{"another label of that domain", "ns1.yandex.net", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"a number is needed", "ns1.awsdns-x.com", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"whole labels", "ns1.notregistrar-servers.com", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"the end, not the middle", "ns.cloudflare.com.example.net", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"any label, but the last", "ns1.ultradns.example.net", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"two hosts", "ada.ns.cloudflare.com ns57.domaincontrol.com", "", Detection{Name: HostMixed, Title: "Cloudflare and GoDaddy"}},
		{"a host and a stranger", "ns1.example.net ada.ns.cloudflare.com", "ada.ns.cloudflare.com", Detection{Name: HostMixed, Title: "an unknown host and Cloudflare"}},
		{"own names, known primary", "ns1.example.com ns2.example.com", "ada.ns.cloudflare.com", Detection{Name: "cloudflare", Title: "Cloudflare", Vanity: true}},
		{"own names", "ns1.example.com ns2.example.com", "ns1.example.com", Detection{Name: HostVanity, Title: "name servers of the domain's own name"}},
		{"own name and a stranger's", "ns1.example.com ns2.example.net", "ns1.example.com", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"a name that only ends alike", "ns1.notexample.com", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
		{"a host that the caller does not know", "ns1.desec.io", "", Detection{Name: "desec", Title: "deSEC"}},
		{"none", "", "", Detection{Name: HostUnknown, Title: "an unknown host"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := DetectHost(Zone{Apex: "example.com", NameServers: strings.Fields(test.servers), PrimaryNS: test.primary}, editable...)
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// Each pattern is written in the form in which name servers are compared, and matches its own row
// and no earlier one.
func TestKnownHostsAreDistinct(t *testing.T) {
	names := map[string]bool{HostMixed: true, HostVanity: true, HostUnknown: true}
	for _, host := range otherHosts {
		if names[host.Name] {
			t.Errorf("%s is there twice", host.Name)
		}
		names[host.Name] = true
		for _, pattern := range host.NameServers {
			example := "ns1." + strings.NewReplacer("#", "12", "*", "net").Replace(pattern)
			if canonical, err := Canonical(example); err != nil || canonical != example {
				t.Errorf("%s: pattern %q is no name", host.Name, pattern)
			}
			if found := hostOf(example, nil); found == nil || found.Name != host.Name {
				t.Errorf("%s: %s is taken for %+v", host.Name, example, found)
			}
		}
	}
}
