package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// dnsProvider is the configuration block that points at the server's DNS hosts.
func dnsProvider(t *testing.T, s *world.MailServer) string {
	t.Helper()
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	address, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSuffix(s.URL, "/"+mailserversim.Section)
	return fmt.Sprintf(`
provider "postmaster" {
  cloudflare = {
    api_token = %q
    base_url  = %q
  }
  namecheap = {
    api_user  = %q
    api_key   = %q
    client_ip = %q
    base_url  = %q
  }
  rfc2136 = {
    server     = %q
    port       = %s
    key_name   = %q
    key_secret = %q
  }
  dns_resolvers = [%q]
}
`, cloudflaresim.Token, url+"/"+cloudflaresim.Section+cloudflaresim.BasePath,
		namecheapsim.APIUser, namecheapsim.APIKey, namecheapsim.ClientIP, url+"/"+namecheapsim.Section+namecheapsim.Path,
		host, port, rfc2136sim.KeyName, rfc2136sim.KeySecret, address)
}

const killedRecordsConfig = `
locals {
  domains = toset(["example.com", "example.org", "corp.example"])
}
resource "postmaster_dns_authorization" "a" {
  for_each = local.domains
  domain   = each.key
}
resource "postmaster_dns_records" "r" {
  for_each             = local.domains
  dns_authorization_id = postmaster_dns_authorization.a[each.key].id
  wait_for_propagation = false
  records = {
    spf   = { name = each.key, type = "TXT", value = "v=spf1 ip4:203.0.113.1 ~all" }
    dmarc = { name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=none" }
    em    = { name = "em.${each.key}", type = "CNAME", value = "u1.mailer.example" }
  }
}
`

// A power cut while records are published: the next apply goes on from what is there, without being
// told anything, and each record is there once. At Cloudflare a comment shows whose it is, so it
// goes at destroy. Elsewhere what the killed run has written stays, and is named. Of an SPF record
// that was there nothing is ours anywhere, so it is not looked for after the destroy.
func TestKilledWhilePublishing(t *testing.T) {
	for name, moment := range map[string]struct {
		call string
		nth  int
	}{
		"before Cloudflare is written to": {"GET /client/v4/zones/*/dns_records", 1},
		"after Cloudflare was written to": {"POST /client/v4/zones/*/dns_records/batch", 1},
		"after Cloudflare was read back":  {"GET /client/v4/zones/*/dns_records", 2},
		"before Namecheap is written to":  {"POST /xml.response", 1},
		"after Namecheap was written to":  {"POST /xml.response", 3},
		"before the server is written to": {"AXFR /corp.example", 1},
		"after the server was written to": {"UPDATE /corp.example", 1},
		"after the server was read back":  {"AXFR /corp.example", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := world.StartMailServer(t)
			w := newWorkspace(t, dnsProvider(t, s)+killedRecordsConfig)
			killAfter(t, s, w, moment.call, moment.nth)
			w.mustApply(t)
			w.mustPlanNothing(t)
			for _, domain := range []string{"example.com", "example.org", "corp.example"} {
				mustServe(t, s, domain, miekg.TypeTXT, "v=spf1 ip4:203.0.113.1 ~all")
				mustServe(t, s, "_dmarc."+domain, miekg.TypeTXT, "v=DMARC1; p=none")
				mustServe(t, s, "em."+domain, miekg.TypeCNAME, "u1.mailer.example")
			}
			stays := w.preexisting(t)
			if len(stays["example.com"]) > 0 {
				t.Errorf("at Cloudflare, %q count as somebody else's", stays["example.com"])
			}
			said := w.must(t, "destroy", "-auto-approve", "-no-color", "-input=false")
			for _, domain := range []string{"example.com", "example.org", "corp.example"} {
				if len(stays[domain]) == 0 {
					mustServe(t, s, "_dmarc."+domain, miekg.TypeTXT)
					mustServe(t, s, "em."+domain, miekg.TypeCNAME)
					continue
				}
				mustServe(t, s, "_dmarc."+domain, miekg.TypeTXT, "v=DMARC1; p=none")
				mustServe(t, s, "em."+domain, miekg.TypeCNAME, "u1.mailer.example")
				for _, name := range []string{"_dmarc." + domain + " TXT", "em." + domain + " CNAME"} {
					if !strings.Contains(said, name+" is left in place") {
						t.Errorf("the destroy does not say that %s stays:\n%s", name, said)
					}
				}
			}
		})
	}
}

// preexisting are the keys of the records that a destroy leaves, by domain, as the state has them.
func (w *workspace) preexisting(t *testing.T) map[string][]string {
	t.Helper()
	var state struct {
		Resources []struct {
			Type      string `json:"type"`
			Instances []struct {
				Key        string `json:"index_key"`
				Attributes struct {
					Preexisting []string `json:"preexisting"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal([]byte(w.read(t, "terraform.tfstate")), &state); err != nil {
		t.Fatal(err)
	}
	stays := map[string][]string{}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == "postmaster_dns_records" {
				stays[instance.Key] = instance.Attributes.Preexisting
			}
		}
	}
	return stays
}

// mustServe fails the test where a name does not have just these records of a type.
func mustServe(t *testing.T, s *world.MailServer, name string, qtype uint16, want ...string) {
	t.Helper()
	if got := resolved(t, s, name, qtype); !slices.Equal(got, want) {
		t.Errorf("%s %s is %q, not %q", name, miekg.TypeToString[qtype], got, want)
	}
}

// resolved are the records that a name has of a type.
func resolved(t *testing.T, s *world.MailServer, name string, qtype uint16) []string {
	t.Helper()
	address, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := dns.NewLookup(dns.LookupConfig{Resolvers: []string{address}}).Recursive(t.Context(), name, qtype)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, rr := range answer.Records {
		r, err := dns.RecordFromWire(rr)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Value)
	}
	return got
}
