package zone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Records that make each other invalid, such as two SPF records at one name, are not offered, and not
// listed: their import would fail. The reason names both. Other sets of the zone are offered.
func TestRivalsAreNotOffered(t *testing.T) {
	const domain = "rivals.example"
	for _, host := range []string{"cloudflare", "route53", "google", "azure"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{domain: host}); err != nil {
				t.Fatal(err)
			}
			w.Stranger(t, host, domain).Add(t,
				dns.Record{Name: domain, Type: "TXT", Value: "v=spf1 include:one.example.net ~all"},
				dns.Record{Name: domain, Type: "TXT", Value: "v=spf1 include:two.example.net ~all"},
				dns.Record{Name: domain, Type: "TXT", Value: "of somebody else"},
				dns.Record{Name: "_dmarc." + domain, Type: "TXT", Value: "v=DMARC1; p=none"},
				dns.Record{Name: "_dmarc." + domain, Type: "TXT", Value: "v=DMARC1; p=reject"},
				dns.Record{Name: domain, Type: "MX", Value: "mx1.example.net", Priority: 10},
				dns.Record{Name: domain, Type: "MX", Value: "mx2.example.net", Priority: 20},
				dns.Record{Name: "_smtp._tls." + domain, Type: "TXT", Value: "v=TLSRPTv1; rua=mailto:tls@example.com"},
			)
			client := w.Client(t)
			const id = "/" + domain
			var sets []string
			said := ""
			for _, found := range client.List(t, "postmaster_dns_records", world.Attributes{"dns_authorization_id": host + id}, true, 0) {
				for _, d := range found.Diagnostics {
					said += d.Detail + "\n"
				}
				if found.Name == "" {
					continue
				}
				sets = append(sets, strings.TrimSuffix(strings.Fields(found.Name)[1], ","))
				if _, problem := client.ImportBy(t, "postmaster_dns_records", "", found.Identity); problem != "" {
					t.Errorf("importing %s: %s", found.Name, problem)
				}
			}
			if !slices.Equal(sets, []string{"mail-mx", "mail-tls-rpt"}) {
				t.Errorf("the list has %q", sets)
			}
			reasons := []string{
				domain + ` TXT "v=spf1 include:one.example.net ~all": the zone also has`, `include:two.example.net ~all`, "Join them into one or delete the wrong ones by hand first.",
				"receivers accept none if there are two (RFC 7208 section 4.5). Join them into one",
				"_dmarc." + domain + ` TXT "v=DMARC1; p=none": the zone also has _dmarc.` + domain + ` TXT "v=DMARC1; p=reject". A domain has one DMARC policy`,
				"Delete the wrong ones by hand first.",
			}
			for _, reason := range reasons {
				if !strings.Contains(said, reason) {
					t.Errorf("the list says %q and nothing of %q", said, reason)
				}
			}
			_, problem := client.ImportBy(t, "postmaster_dns_records", host+id+"#mail-spf", tftypes.NewValue(tftypes.String, nil))
			if !strings.Contains(problem, "the zone also has") || !strings.Contains(problem, "Leave the import out, unless the cause can be removed") || strings.Contains(problem, "DMARC") {
				t.Errorf("the import says %q", problem)
			}
			schema := client.Schema.DataSourceSchemas["postmaster_zone_records"].ValueType()
			read, err := client.Server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
				TypeName: "postmaster_zone_records", Config: world.DynamicValue(t, schema, world.Attributes{"dns_authorization_id": host + id}),
			})
			if err != nil || len(read.Diagnostics) > 0 {
				t.Fatalf("%v, %v", read, err)
			}
			value, err := read.State.Unmarshal(schema)
			if err != nil {
				t.Fatal(err)
			}
			attributes := attributesIn(t, value)
			var offered map[string]tftypes.Value
			var left []tftypes.Value
			if attributes["sets"].As(&offered) != nil || attributes["left_out"].As(&left) != nil {
				t.Fatal(value)
			}
			if len(offered) != 2 || len(left) != 2 || offered["mail-mx"].IsNull() {
				t.Errorf("offered are %v, and left out %v", offered, left)
			}
		})
	}
}
