package zone_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

func TestAuthorizationIDs(t *testing.T) {
	for text, want := range map[string]zone.AuthorizationID{
		"cloudflare/example.com":                    {Host: "cloudflare", Domain: "example.com"},
		"cloudflare/Example.COM.":                   {Host: "cloudflare", Domain: "example.com"},
		"namecheap@agency/bücher.example":           {Host: "namecheap", Account: "agency", Domain: "xn--bcher-kva.example"},
		"rfc2136/mail.example.com/Example.com":      {Host: "rfc2136", Domain: "mail.example.com", Zone: "example.com"},
		"godaddy@a.b-c_d/_dmarc.example.com/b.com":  {Host: "godaddy", Account: "a.b-c_d", Domain: "_dmarc.example.com", Zone: "b.com"},
		"cloudflare/a.example.com#zone_id=Z1":       {Host: "cloudflare", Domain: "a.example.com", ZoneID: "Z1"},
		"cloudflare@x/a.b.com/b.com#zone_id=/a/b":   {Host: "cloudflare", Account: "x", Domain: "a.b.com", Zone: "b.com", ZoneID: "/a/b"},
		"cloudflare/b.com#zone_id=a%2Fb%23c%25d%3F": {Host: "cloudflare", Domain: "b.com", ZoneID: "a/b#c%d?"},
		"cloudflare/b.com#zone_id=ü@b:c=d&e+f":      {Host: "cloudflare", Domain: "b.com", ZoneID: "ü@b:c=d&e+f"},
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

		"cloudflare/b.com#zone_id=":    "after #zone_id= comes the host's id",
		"cloudflare/b.com#zone_id=%zz": "is not escaped",
		"cloudflare#zone_id=Z1/b.com":  "is not the id of a DNS authorization",
		"cloudflare/b.com#zone=Z1":     "",
		"cloudflare/b.com#mail-mx":     "",
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

// An import ID has the zone's own ID before what else an import needs.
func TestImportIDsWithAZoneID(t *testing.T) {
	r := &zone.AuthorizationResource{Hosts: world.Hosts(), Delegates: world.Authorizations(nil).Delegates}
	id, via, err := r.ParseImport("cloudflare@a/b.com#zone_id=x%2Fy#via=octeth")
	if want := (zone.AuthorizationID{Host: "cloudflare", Account: "a", Domain: "b.com", ZoneID: "x/y"}); err != nil || id != want || via != "octeth" {
		t.Errorf("it is %+v, %q, %v", id, via, err)
	}
	for text, want := range map[string][2]string{
		"cloudflare/b.com#mail-mx":               {"cloudflare/b.com", "mail-mx"},
		"cloudflare/b.com#zone_id=x%23y#mail-mx": {"cloudflare/b.com#zone_id=x%23y", "mail-mx"},
		`cloudflare/b.com#zone_id=x#{"a":"#b"}`:  {"cloudflare/b.com#zone_id=x", `{"a":"#b"}`},
		`cloudflare/b.com#{"a":"#zone_id=x#b"}`:  {"cloudflare/b.com", `{"a":"#zone_id=x#b"}`},
		"cloudflare/b.com#zone_id=x":             {"", ""},
		"cloudflare/b.com":                       {"", ""},
	} {
		authorization, records, found := zone.CutRecords(text)
		if found != (want[0] != "") || found && (authorization != want[0] || records != want[1]) {
			t.Errorf("%s is %q and %q, %t", text, authorization, records, found)
		}
	}
}
