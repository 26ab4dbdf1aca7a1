package zone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Records that the name servers never answer with are named at plan, and nothing
// waits for them: neither the records themselves nor others beside them.
func TestRecordsThatAreNeverSeen(t *testing.T) {
	t.Parallel()
	const long = "timeouts = { create = \"10m\" }"
	for name, test := range map[string]struct {
		host, apex string
		before     func(t *testing.T, w *world.World) // what others have done
		records    string
		plan       []string // of the warning
		apply      []string // of a warning that the plan cannot give
	}{
		"an MX to a proxied host": {
			host: "cloudflare", apex: "example.com",
			before:  cloudflareRecords("example.com", &cloudflaresim.Record{Name: "mx.example.com", Type: "A", Content: "192.0.2.9", TTL: 1, Proxied: true}),
			records: `mx = { name = "example.com", type = "MX", value = "mx.example.com", priority = 10 }`,
			plan:    []string{"Record is not seen in the DNS", "MX 10 mx.example.com", "mx.example.com is behind the proxy"},
		},
		"a proxied address": {
			host: "cloudflare", apex: "example.com",
			before:  cloudflareRecords("example.com", &cloudflaresim.Record{Name: "mx.example.com", Type: "A", Content: "192.0.2.9", TTL: 1, Proxied: true}),
			records: `a = { name = "mx.example.com", type = "A", value = "192.0.2.9" }`,
			plan:    []string{"Record is not seen in the DNS", "mx.example.com A 192.0.2.9", "behind the proxy"},
		},
		"a CNAME at the apex": {
			host: "cloudflare", apex: "example.com",
			records: `apex = { name = "example.com", type = "CNAME", value = "web.mailer.example" }`,
			plan:    []string{"Record is not seen in the DNS", "example.com CNAME web.mailer.example", "apex"},
		},
		"a zone that flattens all CNAMEs": {
			host: "cloudflare", apex: "example.com",
			before: func(t *testing.T, w *world.World) {
				w.EditCloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) { z.FlattenAll = true })
			},
			records: `em = { name = "em.example.com", type = "CNAME", value = "u1.mailer.example" }`,
			apply:   []string{"Record is not seen in the DNS", "em.example.com CNAME u1.mailer.example", "flatten all CNAMEs"},
		},
		"a type that the DNS does not have": {
			host: "namecheap", apex: "example.org",
			records: `alias = { name = "example.org", type = "ALIAS", value = "web.mailer.example" }`,
			plan:    []string{"Record is not seen in the DNS", "no records of the type ALIAS"},
		},
		"a record that is switched off": {
			host: "namecheap", apex: "example.org",
			before: func(t *testing.T, w *world.World) {
				err := namecheapsim.New(namecheapsim.Config{Store: w.Store(t)}).SetZone("example.org", func(d *namecheapsim.Domain) {
					d.Hosts = append(d.Hosts, namecheapsim.Host{Name: "mx", Type: "A", Address: "192.0.2.9", MXPref: 10, TTL: 1799, Off: true})
				})
				if err != nil {
					t.Fatal(err)
				}
			},
			records: `a = { name = "mx.example.org", type = "A", value = "192.0.2.9" }`,
			plan:    []string{"Record is not seen in the DNS", "switched off"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if test.before != nil {
				test.before(t, w)
			}
			config := w.Provider() + world.AuthorizationAt(test.host, test.apex) + world.RecordsConfig("r",
				test.records+"\n    beside = { name = \"beside."+test.apex+"\", type = \"TXT\", value = \"seen\" }", long)
			began := time.Now()
			w.Run(t,
				resource.TestStep{Config: config, Check: func(*terraform.State) error {
					if test.plan != nil {
						return w.Warns("plan", test.plan...)(nil)
					}
					return w.Warns("apply", test.apply...)(nil)
				}},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan, Check: func(*terraform.State) error {
					for _, said := range w.Heard() {
						if strings.Contains(said, "not arrived") || strings.Contains(said, "Unable to see") {
							return fmt.Errorf("it was said: %s", said)
						}
					}
					return nil
				}},
			)
			if took := time.Since(began); took > 5*time.Minute {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// A CNAME that is there and hidden by Cloudflare is answered with once it is wanted, and
// one that somebody hides later is drift. It stays that of whoever made it.
func TestHiddenCNAME(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hide       func(r *cloudflaresim.Record)
		plan, read string // of the warnings
	}{
		"flattened": {func(r *cloudflaresim.Record) {
			r.Settings = map[string]any{"flatten_cname": true, "ipv4_only": false}
		}, "Flattened CNAME", "A CNAME is flattened"},
		"proxied": {func(r *cloudflaresim.Record) { r.Proxied = true }, "Proxied CNAME", "A CNAME is behind the host's proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			hide := func() {
				w.EditCloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) {
					z.Plan = "pro"
					for _, r := range z.Records {
						if r.Type == "CNAME" {
							test.hide(r)
						}
					}
				})
			}
			cloudflareRecords("example.com", &cloudflaresim.Record{Name: "em.example.com", Type: "CNAME", Content: "u1.mailer.example", TTL: 1})(t, w)
			hide()
			zone := w.Stranger(t, "cloudflare", "example.com")
			isSeen := func(*terraform.State) error {
				if r := zone.Only(t, zone.Read(t), "em.example.com", "CNAME"); r.Flattened || r.Proxied {
					return fmt.Errorf("%s is still hidden", r)
				}
				return nil
			}
			config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
				world.RecordsConfig("r", `em = { name = "em.example.com", type = "CNAME", value = "u1.mailer.example" }`, "")
			w.Run(t,
				resource.TestStep{Config: config, Check: resource.ComposeTestCheckFunc(isSeen, w.Warns("plan", test.plan, "em.example.com"))},
				resource.TestStep{
					PreConfig: func() { w.Forget(); hide() },
					Config:    config,
					Check:     resource.ComposeTestCheckFunc(isSeen, w.Warns("read", test.read, "em.example.com")),
				},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
			)
			// Terraform has destroyed what it manages.
			zone.Only(t, zone.Read(t), "em.example.com", "CNAME")
		})
	}
}

// cloudflareRecords has somebody else add records in the dashboard.
func cloudflareRecords(apex string, records ...*cloudflaresim.Record) func(*testing.T, *world.World) {
	return func(t *testing.T, w *world.World) {
		t.Helper()
		w.EditCloudflareZone(t, apex, func(z *cloudflaresim.Zone) {
			for i, r := range records {
				r.ID = fmt.Sprintf("%032x", 0xf00+i)
				z.Records = append(z.Records, r)
			}
		})
	}
}

// What a host cannot hold is refused before anything is applied: at validate where
// the host is written in the configuration, else at plan.
func TestRecordsThatAHostCannotHold(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for name, test := range map[string]struct{ host, apex, record, want string }{
		"a null MX at Namecheap":           {"namecheap", "example.org", `name = "example.org", type = "MX", value = ".", priority = 0`, "no null MX"},
		"an empty text at Namecheap":       {"namecheap", "example.org", `name = "example.org", type = "TXT", value = ""`, "no TXT record without a text"},
		"name servers at Namecheap":        {"namecheap", "example.org", `name = "example.org", type = "NS", value = "ns1.example.net"`, "own name servers"},
		"an empty text at GoDaddy":         {"godaddy", "example.net", `name = "example.net", type = "TXT", value = ""`, "no TXT record without a text"},
		"a service without its name":       {"godaddy", "example.net", `name = "imap.example.net", type = "SRV", value = "0 0 0 ."`, "begins with a service and a protocol"},
		"a control character at Namecheap": {"namecheap", "example.org", `name = "example.org", type = "TXT", value = "a\u0001b"`, "without control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			records := "key = { " + test.record + " }"
			planned := w.Provider() + world.AuthorizationAt(test.host, test.apex) + world.RecordsConfig("r", records, "")
			w.Run(t, resource.TestStep{Config: planned, PlanOnly: true, ExpectError: world.Saying(test.want)})
			if strings.Contains(test.record, `"NS"`) {
				return // the zone is not known before the plan
			}
			written := strings.Replace(w.Provider()+world.RecordsConfig("r", records, ""), "postmaster_dns_authorization.a.id", fmt.Sprintf("%q", test.host+"/"+test.apex), 1)
			w.Forget()
			w.Run(t, resource.TestStep{Config: written, PlanOnly: true, ExpectError: world.Saying(test.want)})
			if len(w.CallsSoFar()) != 0 {
				t.Errorf("to validate it took %q", w.CallsSoFar())
			}
		})
	}
}
