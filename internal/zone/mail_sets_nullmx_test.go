package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A null MX beside other MX records is not offered: the plan of the imported records would be refused.
func TestNullMXBesideOthersIsNotOffered(t *testing.T) {
	const domain = "null.example"
	for _, host := range []string{"cloudflare", "route53", "google"} { // Azure takes no null MX
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{domain: host}); err != nil {
				t.Fatal(err)
			}
			w.Stranger(t, host, domain).Add(t,
				dns.Record{Name: domain, Type: "MX", Value: dns.NullTarget},
				dns.Record{Name: domain, Type: "MX", Value: "a.example.net", Priority: 10},
				dns.Record{Name: domain, Type: "MX", Value: "b.example.net", Priority: 20},
			)
			client := w.Client(t)
			said := ""
			for _, found := range client.List(t, "postmaster_dns_records", world.Attributes{"dns_authorization_id": host + "/" + domain}, true, 0) {
				for _, d := range found.Diagnostics {
					said += d.Detail + "\n"
				}
				if strings.Contains(found.Name, "mail-mx") {
					t.Errorf("%s is listed", found.Name)
				}
			}
			_, problem := client.ImportBy(t, "postmaster_dns_records", host+"/"+domain+"#mail-mx", tftypes.NewValue(tftypes.String, nil))
			for what, text := range map[string]string{"the list": said, "the import": problem} {
				if !strings.Contains(text, "A null MX says that the domain receives no mail, and cannot stand beside other MX records (RFC 7505 section 3). Delete the wrong ones by hand first.") {
					t.Errorf("%s says %q", what, text)
				}
			}
		})
	}
}
