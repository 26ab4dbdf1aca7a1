package dns

import (
	"strings"
	"testing"
)

func TestParseResolver(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"192.0.2.53": "192.0.2.53:53", "192.0.2.53:5353": "192.0.2.53:5353", "192.0.2.53:053": "192.0.2.53:53",
		"2001:DB8::53": "[2001:db8::53]:53", "[2001:db8::53]": "[2001:db8::53]:53", "[2001:db8::53]:5353": "[2001:db8::53]:5353",
		"fe80::1%eth0": "[fe80::1%eth0]:53", "::ffff:192.0.2.53": "192.0.2.53:53", "Dns.Example.": "dns.example:53", "localhost": "localhost:53", "dns.example.:5353": "dns.example:5353",
	} {
		if got, err := ParseResolver(text); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
		if again, err := ParseResolver(want); err != nil || again != want {
			t.Errorf("%q: %q, %v", want, again, err)
		}
	}
	for text, want := range map[string]string{
		"": "has no host", ":53": "has no host", "192.0.2.53:": "not a port", "192.0.2.53:0": "not a port", "192.0.2.53:65536": "not a port", "192.0.2.53:dns": "not a port", "192.0.2.53:-1": "not a port",
		"192.0.2.553": "not an IP address", "192.0.2": "not an IP address", "192.0.2.553:53": "not an IP address", "https://dns.example/dns-query": "is a URL", "tls://192.0.2.53": "is a URL",
		"2001:db8::53:5353x": "written in brackets", "[2001:db8::53": "not an address in brackets", "[dns.example]:53": "not an address in brackets", "[192.0.2.53:53": "in brackets",
		"0.0.0.0": "not the address of a host", "224.0.0.251": "not the address of a host", "*.example": "many names", "dns example": "not a domain name", "192.0.2.53,192.0.2.54": "not a domain name",
	} {
		if got, err := ParseResolver(text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a resolver is") {
			t.Errorf("%q: %q, %v; want an error with %q", text, got, err, want)
		}
	}
}
