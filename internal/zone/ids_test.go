package zone_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

func TestAuthorizationIDs(t *testing.T) {
	for text, want := range map[string]zone.AuthorizationID{
		"cloudflare/example.com":                   {Host: "cloudflare", Domain: "example.com"},
		"cloudflare/Example.COM.":                  {Host: "cloudflare", Domain: "example.com"},
		"namecheap@agency/bücher.example":          {Host: "namecheap", Account: "agency", Domain: "xn--bcher-kva.example"},
		"rfc2136/mail.example.com/Example.com":     {Host: "rfc2136", Domain: "mail.example.com", Zone: "example.com"},
		"godaddy@a.b-c_d/_dmarc.example.com/b.com": {Host: "godaddy", Account: "a.b-c_d", Domain: "_dmarc.example.com", Zone: "b.com"},
	} {
		got, err := world.Hosts().ParseID(text)
		if err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
			continue
		}
		if again, err := world.Hosts().ParseID(got.String()); err != nil || again != got {
			t.Errorf("%s, written as %s, is %+v, %v", text, got, again, err)
		}
	}
}

func TestAuthorizationIDsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "is not the id of a DNS authorization",
		"example.com":                "is not the id of a DNS authorization",
		"cloudflare":                 "such as cloudflare/example.com",
		"cloudflare/":                "it is empty",
		"cloudflare/a..com":          "two dots in a row",
		"cloudflare/a.com/b.com/c":   "is not the id of a DNS authorization",
		"cloudflare/a.com/":          "it is empty",
		"nobody/example.com":         "the hosts are " + hostNames(),
		"cloudflare /example.com":    "the hosts are",
		"cloudflare@/example.com":    "account",
		"cloudflare@a b/example.com": "account",
	} {
		id, err := world.Hosts().ParseID(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %+v, %v; want an error with %q", text, id, err, want)
		}
	}
}

func TestZoneOfAuthorizationID(t *testing.T) {
	for text, want := range map[string]string{
		"cloudflare/mail.example.com":             "mail.example.com",
		"cloudflare/mail.example.com/example.com": "example.com",
	} {
		id, err := world.Hosts().ParseID(text)
		if err != nil || id.Within() != want {
			t.Errorf("the zone of %s is looked for by %q, %v", text, id.Within(), err)
		}
	}
}
