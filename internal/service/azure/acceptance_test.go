package azure_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A zone at Azure DNS from the first plan to destroy: the host is detected, records join those of
// others, a linked set is a conflict that is named, and what was there stays.
func TestRecordsAtAzure(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	const domain = "azure.example"
	if err := w.Box.AddZones(map[string]string{domain: "azure"}); err != nil {
		t.Fatal(err)
	}
	err := azuresim.New(azuresim.Config{Store: w.Store(t)}).EditZone(azuresim.Group, domain, func(z *azuresim.Zone) {
		z.Sets = append(z.Sets,
			set(t, "A", "www", `{"TTL":60,"targetResource":{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/publicIPAddresses/web"}}`),
			set(t, "TXT", "@", `{"TTL":1,"metadata":{"owner":"web team"},"TXTRecords":[{"value":["v=spf1 mx -all"]},{"value":["theirs"]}]}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	config := func(more string) string {
		return w.Provider() + "resource \"postmaster_dns_authorization\" \"a\" {\n  domain = \"" + domain + "\"\n}\n" +
			world.RecordsConfig("r", `
				spf = { name = "azure.example", type = "TXT", value = "v=spf1 include:spf.example.net -all" }
				token = { name = "azure.example", type = "TXT", value = "token=1", ttl = 3600 }
				mx = { name = "mail.azure.example", type = "MX", value = "mx.example.net", priority = 10 }
				`+more, "")
	}
	stranger := w.Stranger(t, "azure", domain)
	w.Run(t,
		resource.TestStep{
			Config: config(""),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("dns_provider"), knownvalue.StringExact("azure")),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("write_access"), knownvalue.StringExact("proven")),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("delegated"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("zone_id"), knownvalue.StringExact(
					"/subscriptions/"+azuresim.Subscription+"/resourceGroups/postmaster-sandbox/providers/Microsoft.Network/dnsZones/"+domain)),
			},
			Check: stranger.Holds(t, domain, "TXT", "v=spf1 mx include:spf.example.net -all", "theirs", "token=1"),
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			Config:      config(`alias = { name = "www.azure.example", type = "CNAME", value = "host.example.net" }`),
			ExpectError: world.Saying("at Azure DNS is an alias of the Azure resource /subscriptions/S/resourceGroups/G"), PlanOnly: true,
		},
		resource.TestStep{
			Config:      config(`address = { name = "www.azure.example", type = "A", value = "192.0.2.1" }`),
			ExpectError: world.Saying("at Azure DNS is an alias of the Azure resource /subscriptions/S/resourceGroups/G"), PlanOnly: true,
		},
		resource.TestStep{
			Config: config(""), ResourceName: "postmaster_dns_authorization.a", ImportState: true, ImportStateId: "azure/" + domain, ImportStateVerify: true,
		},
		resource.TestStep{Config: w.Provider(), Check: func(s *terraform.State) error {
			return errors.Join(stranger.Holds(t, domain, "TXT", "v=spf1 mx -all", "theirs")(s), keepsMetadata(w.Store(t)))
		}},
	)
}

// keepsMetadata checks what others keep with a set, and its TTL.
func keepsMetadata(st *store.Store) error {
	return store.View(st, azuresim.Section, func(state *azuresim.State) error {
		for _, s := range state.Zones[0].Sets {
			var metadata map[string]string
			if s.Type == "TXT" && s.Name == "@" && json.Unmarshal(s.Properties["metadata"], &metadata) == nil && metadata["owner"] == "web team" && string(s.Properties["TTL"]) == "1" {
				return nil
			}
		}
		return errors.New("the metadata or the TTL of the record set is gone")
	})
}

// set is a record set with these properties.
func set(t *testing.T, recordType, name, properties string) *azuresim.Set {
	t.Helper()
	s := &azuresim.Set{Type: recordType, Name: name}
	if err := json.Unmarshal([]byte(properties), &s.Properties); err != nil {
		t.Fatal(err)
	}
	return s
}

// What no zone at Azure can hold is refused before any call.
func TestRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for records, says := range map[string]string{
		`mx = { name = "a.example", type = "MX", value = ".", priority = 0 }`: "Azure DNS keeps no MX record without a mail host",
		`txt = { name = "a.example", type = "TXT", value = "" }`:              "Azure DNS keeps no TXT record without a text",
	} {
		w.Run(t, resource.TestStep{
			Config:      w.Provider() + "resource \"postmaster_dns_records\" \"r\" {\n  dns_authorization_id = \"azure/a.example\"\n  records = { " + records + " }\n}\n",
			ExpectError: world.Saying(says), PlanOnly: true,
		})
	}
}
