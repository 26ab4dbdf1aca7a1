package zone_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Somebody removes a record of ours by hand, and the configuration drops it too. Whoever publishes
// it again keeps it, also when its old key gets another record later.
func TestAKeyIsUsedAgainForAnotherRecord(t *testing.T) {
	const keep = `keep = { name = "keep.example.net", type = "TXT", value = "keep" }`
	key := func(value string) string {
		return `key = { name = "note.example.net", type = "TXT", value = "` + value + `" }`
	}
	for name, c := range map[string]struct {
		other    string // of the configuration, once the record is dropped
		stranger bool   // whether somebody else publishes it
		after    string // what the key is used for
		want     []string
	}{
		"by somebody else":                       {"", true, `key = { name = "other.example.net", type = "A", value = "192.0.2.1" }`, []string{"first"}},
		"by somebody else, for another value":    {"", true, key("second"), []string{"first", "second"}},
		"by another resource":                    {world.RecordsConfig("two", key("first"), noWait), false, `key = { name = "other.example.net", type = "A", value = "192.0.2.1" }`, []string{"first"}},
		"by another resource, for another value": {world.RecordsConfig("two", key("first"), noWait), false, key("second"), []string{"first", "second"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, "godaddy", "example.net")
			authorization := w.Provider() + world.AuthorizationAt("godaddy", "example.net")
			w.Run(t,
				resource.TestStep{Config: authorization + world.RecordsConfig("one", keep+"\n"+key("first"), noWait)},
				resource.TestStep{
					PreConfig: func() { zone.Remove(t, "note.example.net", "TXT") },
					Config:    authorization + world.RecordsConfig("one", keep, noWait) + c.other,
				},
				resource.TestStep{
					PreConfig: func() {
						if c.stranger {
							zone.Add(t, dns.Record{Name: "note.example.net", Type: "TXT", Value: "first", TTL: 3600})
						}
					},
					Config: authorization + world.RecordsConfig("one", keep+"\n"+c.after, noWait) + c.other,
					Check:  zone.Holds(t, "note.example.net", "TXT", c.want...),
				},
			)
		})
	}
}
