package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestUnsupportedHost(t *testing.T) {
	for name, want := range map[string]string{
		"Cloudflare": `write "cloudflare"`, " godaddy ": `write "godaddy"`, "GoDaddy.com": `write "godaddy"`, "name-cheap": `write "namecheap"`,
		"RFC 2136": `write "rfc2136"`, "bind": `write "rfc2136"`, "PowerDNS": `write "rfc2136"`, "knot": `write "rfc2136"`,
		"another host": "for_each = postmaster_sender_domain.NAME.dns_records", "nobody": "that host's own Terraform provider", "": hostNames(),
	} {
		if got := world.Hosts().Unsupported(name); !strings.Contains(got, want) {
			t.Errorf("of %q it says %q, and not %q", name, got, want)
		}
	}
}

func TestUnsupportedHostAtValidate(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("nobody", "example.com"), PlanOnly: true, ExpectError: world.Saying("use that host's own Terraform provider")},
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("bind", "example.com"), PlanOnly: true, ExpectError: world.Saying(`write "rfc2136"`)},
	)
}
