package check

import (
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/knot"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/unbound"
)

// anchor returns the key of a signed zone.
func anchor(t *testing.T, addr, apex string) string {
	t.Helper()
	client := miekg.Client{Net: "tcp", Timeout: 5 * time.Second}
	reply, _, err := client.Exchange(new(miekg.Msg).SetQuestion(apex+".", miekg.TypeDNSKEY), addr)
	if err != nil || len(reply.Answer) == 0 {
		t.Fatalf("the key of %s: %v, %v", apex, reply, err)
	}
	return reply.Answer[0].String()
}

// DNSSEC is judged by a real resolver that validates, with signed zones and trust anchors.
func TestValidation(t *testing.T) {
	records := []string{"@ IN MX 10 mail", "mail IN A 192.0.2.25", "_25._tcp.mail IN TLSA 3 1 1 " + strings.Repeat("00", 32)}
	server := knot.Start(t,
		nameserver.Zone{Apex: "proof.example", Kind: nameserver.Signed},
		nameserver.Zone{Apex: "signed.example", Kind: nameserver.Signed, Records: records},
		nameserver.Zone{Apex: "forged.example", Kind: nameserver.Signed, Records: records},
		nameserver.Zone{Apex: "plain.example", Records: records})
	zones := map[string]string{}
	for _, apex := range []string{"proof.example", "signed.example", "forged.example", "plain.example"} {
		zones[apex] = server.Addr()
	}
	anchors := []string{anchor(t, server.Addr(), "proof.example"), anchor(t, server.Addr(), "signed.example"),
		// The key of another zone, as after a change of keys of which the zone above does not know.
		strings.Replace(anchor(t, server.Addr(), "signed.example"), "signed.example.", "forged.example.", 1)}
	validating := unbound.Start(t, unbound.Config{Zones: zones, Anchors: anchors})
	blind := unbound.Start(t, unbound.Config{Zones: zones, Blind: true})
	for _, test := range []struct {
		name, domain, resolver, proof string
		want                          map[string]Status
	}{
		{"signed", "signed.example", validating, "proof.example", map[string]Status{"dnssec_signed": Pass, "dnssec_valid": Pass, "dane_secure": Pass, "dane_present": Pass}},
		{"forged", "forged.example", validating, "proof.example", map[string]Status{"dnssec_signed": Pass, "dnssec_valid": Fail}},
		{"plain", "plain.example", validating, "proof.example", map[string]Status{"dnssec_signed": Info, "dnssec_valid": Skip, "dane_secure": Fail}},
		{"without a root", "signed.example", validating, "", map[string]Status{"dnssec_signed": Unknown, "dnssec_valid": Unknown, "dane_secure": Unknown}},
		{"a proof that is not signed", "signed.example", validating, "plain.example", map[string]Status{"dnssec_signed": Unknown, "dane_secure": Unknown}},
		{"a proof that is forged", "signed.example", validating, "forged.example", map[string]Status{"dnssec_signed": Unknown, "dane_secure": Unknown}},
		{"no validation", "signed.example", blind, "proof.example", map[string]Status{"dnssec_signed": Unknown, "dnssec_valid": Unknown, "dane_secure": Unknown}},
		{"no validation, forged", "forged.example", blind, "proof.example", map[string]Status{"dnssec_valid": Unknown}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var only []string
			for id := range test.want {
				only = append(only, id)
			}
			report, err := Run(t.Context(), Options{Domain: test.domain, Only: only, ProofZone: test.proof,
				Lookup: dns.NewLookup(dns.LookupConfig{Resolvers: []string{test.resolver}}), Allowed: prefixes("192.0.2.0/24"), DNSOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			for id, status := range test.want {
				if result, _ := report.Result(id); result.Status != status {
					t.Errorf("%s: %s: %s; want %s", id, result.Status, result.Found, status)
				}
			}
		})
	}
}
