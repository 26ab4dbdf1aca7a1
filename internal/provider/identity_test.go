package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Each resource that can be imported has an identity, and only those: an identity is another way to
// import.
func TestImportableResourcesHaveAnIdentity(t *testing.T) {
	c := world.NewHasty(t).Client(t)
	for typeName := range c.Schema.ResourceSchemas {
		resp, err := c.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: "no such id"})
		if err != nil {
			t.Fatal(err)
		}
		importable := !strings.Contains(resp.Diagnostics[0].Summary, "Import Not Implemented")
		_, has := c.Identities[typeName]
		if importable != has {
			t.Errorf("%s can be imported: %v; it has an identity: %v", typeName, importable, has)
		}
	}
}

// An import that names no object says what is wrong with the identity.
func TestWrongIdentities(t *testing.T) {
	c := world.NewHasty(t).Client(t)
	for name, test := range map[string]struct {
		typeName string
		identity map[string]string
		says     string
	}{
		"a service that is none":              {"postmaster_mail_domain", map[string]string{"service": "nobody", "domain": "example.com"}, `"nobody/example.com" is not the id of a mail domain`},
		"no mail domain":                      {"postmaster_mail_domain", map[string]string{"service": "mailserver", "domain": "example..com"}, "example..com"},
		"an address without a domain":         {"postmaster_mail_user", map[string]string{"service": "mailserver", "email": "alice"}, "is not the id of a mailbox"},
		"a sender that is none":               {"postmaster_sender_domain", map[string]string{"service": "nobody", "object": "1"}, `"nobody" is not a sender`},
		"an account at a sender without them": {"postmaster_sender_domain", map[string]string{"service": "octeth", "object": "campaign/1", "account": "x"}, "has no further accounts"},
		"a host that is none":                 {"postmaster_dns_authorization", map[string]string{"host": "nobody", "domain": "example.com"}, "the hosts are"},
		"a zone id that can be none":          {"postmaster_dns_authorization", map[string]string{"host": "cloudflare", "domain": "example.com", "zone_id": "1"}, "32 hexadecimal digits"},
		"a zone id where there are none":      {"postmaster_dns_authorization", map[string]string{"host": "namecheap", "domain": "example.org", "zone_id": "1"}, "Leave zone_id out"},
		"the digits of a set of one's own":    {"postmaster_dns_records", map[string]string{"authorization": "cloudflare/example.com", "set": "1f2e3d4c"}, "import by id"},
		"a set that the zone does not have":   {"postmaster_dns_records", map[string]string{"authorization": "cloudflare/example.com", "set": "mail-bimi"}, "has no records that belong to mail-bimi"},
		"a time that is none":                 {"postmaster_mail_domain_export", map[string]string{"service": "mailserver", "domain": "example.com", "time": "now"}, "is not a time"},
		"another service's certificate":       {"postmaster_letsencrypt_cert", map[string]string{"service": "yandex", "hostname": "mail.example.com"}, "is not the id of a certificate"},
	} {
		if _, said := c.ImportBy(t, test.typeName, "", identityOf(t, c, test.typeName, test.identity)); !strings.Contains(said, test.says) {
			t.Errorf("%s: it is said: %s", name, said)
		}
	}
}

// identityOf makes an identity in which what is not given is null.
func identityOf(t *testing.T, c world.Client, typeName string, given map[string]string) tftypes.Value {
	t.Helper()
	of, ok := c.Identities[typeName].ValueType().(tftypes.Object)
	if !ok {
		t.Fatalf("the identity of %s is no object", typeName)
	}
	members := map[string]tftypes.Value{}
	for name := range of.AttributeTypes {
		members[name] = tftypes.NewValue(tftypes.String, nil)
		if value, is := given[name]; is {
			members[name] = tftypes.NewValue(tftypes.String, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, is := members[name]; !is {
			t.Fatalf("the identity of %s has no attribute %s", typeName, name)
		}
	}
	return tftypes.NewValue(of, members)
}
