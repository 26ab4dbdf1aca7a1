package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Texts of any length and with any characters, and names of any kind, reach each
// host as they are, and are seen by whoever asks its name servers.
func TestValuesArriveUnchanged(t *testing.T) {
	t.Parallel()
	long := "v=DKIM1; k=rsa; p=" + strings.Repeat("0123456789abcdef", 25)
	texts := map[string]string{
		"mail._domainkey": long,
		"quotes":          `say "hello" \ and \" once more; \065`,
		"utf8":            "grüße, 日本",
		"blanks":          " two  blanks ",
		"*.under":         "any name",
		"percent":         "${literally} %{also} $5 & <tag>",
		"semicolon":       "a=b; c=d;",
	}
	for domain, host := range hostedDomains {
		t.Run(host, func(t *testing.T) {
			w := world.New(t)
			zone := w.Stranger(t, host, domain)
			var lines []string
			want := map[string]string{}
			for name, text := range texts {
				want[name+"."+domain] = text
				lines = append(lines, fmt.Sprintf("%q = { name = %q, type = \"TXT\", value = %s }", name, name+"."+domain, hclString(text)))
			}
			config := w.Provider() + world.AuthorizationAt(host, domain) + world.RecordsConfig("r", strings.Join(lines, "\n    "), "")
			w.Run(t,
				resource.TestStep{Config: config, Check: resource.ComposeTestCheckFunc(
					zone.HoldsTexts(t, want),
					func(*terraform.State) error { return servesTexts(t, w, want) },
				)},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// servesTexts says whether the name servers answer with the texts, for a wildcard at a
// name below it.
func servesTexts(t *testing.T, w *world.World, texts map[string]string) error {
	t.Helper()
	resolver, err := w.Box.DNSAddr()
	if err != nil {
		return err
	}
	lookup := dns.NewLookup(dns.LookupConfig{Resolvers: []string{resolver}})
	for name, text := range texts {
		got, err := lookup.Values(t.Context(), strings.Replace(name, "*", "whatever", 1), "TXT")
		if err != nil {
			return err
		}
		if len(got) != 1 || got[0] != text {
			return fmt.Errorf("the name servers answer %q for %s, not %q", got, name, text)
		}
	}
	return nil
}

// hclString writes a text as HCL does, where ${ and %{ have a meaning.
func hclString(text string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
	return `"` + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quoted) + `"`
}

// A zone with a name beyond ASCII, and other spellings of the same names.
func TestSpellingsOfRecords(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"bücher.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	config := func(domain, name, cname string) string {
		return w.Provider() + world.AuthorizationAt("cloudflare", domain) + world.RecordsConfig("r", fmt.Sprintf(`
    txt   = { name = %q, type = "txt", value = "Text" }
    alias = { name = %q, type = "CNAME", value = %q }`, "_dmarc."+name, "em."+name, cname), "")
	}
	const address = "postmaster_dns_records.r"
	w.Run(t,
		resource.TestStep{
			Config: config("bücher.example", "Bücher.example.", "U1.Mailer.example."),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/xn--bcher-kva.example")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("txt").AtMapKey("name"), knownvalue.StringExact("_dmarc.xn--bcher-kva.example")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("alias").AtMapKey("value"), knownvalue.StringExact("u1.mailer.example")),
			},
		},
		resource.TestStep{Config: config("xn--BCHER-kva.example.", "bücher.EXAMPLE", "u1.mailer.example"), ConfigPlanChecks: world.EmptyPlan},
	)
}

func TestRecordsAreCheckedAtValidate(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	cases := map[string]struct{ record, want string }{
		"no name":           {`type = "TXT", value = "x"`, "name, type and value are required"},
		"no value":          {`name = "example.com", type = "TXT"`, "name, type and value are required"},
		"no priority":       {`name = "example.com", type = "MX", value = "mail.example.com"`, "an MX record needs a priority"},
		"a priority of TXT": {`name = "example.com", type = "TXT", value = "x", priority = 1`, "only MX records do"},
		"a large priority":  {`name = "example.com", type = "MX", value = "mail.example.com", priority = 65536`, "between 0 and 65535"},
		"no name at all":    {`name = "two words.example", type = "TXT", value = "x"`, "not a domain name"},
		"no address":        {`name = "example.com", type = "A", value = "::1"`, "not an address of this type"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.RecordsConfig("r", "key = { "+c.record+" }", "")
			w.Run(t, resource.TestStep{Config: config, PlanOnly: true, ExpectError: world.Saying(c.want)})
		})
	}
}

// What is not known at plan: all records, one record, a part of one.
func TestRecordsThatAreNotKnownYet(t *testing.T) {
	t.Parallel()
	const from = `
resource "terraform_data" "from" {
  input = {
    all = { txt = { name = "a.example.com", type = "TXT", value = "one" }, mx = { name = "b.example.com", type = "TXT", value = "two" } }
    one = { name = "c.example.com", type = "TXT", value = "three", priority = null }
    mx  = { name = "d.example.com", type = "MX", value = "mail.example.com", priority = 10 }
    part = "four"
  }
}
`
	const outputs = `
output "published" {
  value = postmaster_dns_records.r.published
}
output "zone" {
  value = postmaster_dns_records.r.zone
}
`
	cases := map[string]struct {
		records string
		keys    int
	}{
		"all records": {`terraform_data.from.output.all`, 2},
		"one record":  {`{ one = terraform_data.from.output.one, mx = terraform_data.from.output.mx, known = { name = "e.example.com", type = "TXT", value = "five" } }`, 3},
		"a value":     {`{ part = { name = "f.example.com", type = "TXT", value = terraform_data.from.output.part } }`, 1},
		"an SPF":      {`{ spf = { name = "example.com", type = "TXT", value = "v=spf1 exists:${terraform_data.from.output.part}.example.com ~all" } }`, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := world.New(t)
			// The authorization finds its host, so its id is not known either.
			config := w.Provider() + from + outputs + `
resource "postmaster_dns_authorization" "a" {
  domain = "example.com"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = ` + c.records + `
}
`
			w.Run(t,
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("published"), knownvalue.MapSizeExact(c.keys)),
						statecheck.ExpectKnownOutputValue("zone", knownvalue.StringExact("example.com")),
					},
				},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
				resource.TestStep{ // the source changes, so that its output is not known once more
					Config: strings.NewReplacer(`"one"`, `"1"`, `"three"`, `"3"`, `"four"`, `"4"`).Replace(config),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction("postmaster_dns_records.r", plancheck.ResourceActionUpdate)},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
				},
			)
		})
	}
}

// The records of a mail domain and of its DKIM key are published in the run that
// makes both.
func TestRecordsOfAMailDomain(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.Provider() + `
resource "postmaster_dns_authorization" "a" {
  domain = "example.net"
}
resource "postmaster_mail_domain" "d" {
  domain        = "example.net"
  mx_hostname   = "mail.example.com"
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}
resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}
resource "postmaster_dns_records" "domain" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_mail_domain.d.dns_records
}
resource "postmaster_dns_records" "key" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_dkim_key.k.dns_records
}
`
	zone := w.Stranger(t, "godaddy", "example.net")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.CompareValuePairs("postmaster_dkim_key.k", tfjsonpath.New("dns_records").AtMapKey("dkim").AtMapKey("value"),
					"postmaster_dns_records.key", tfjsonpath.New("published").AtMapKey("dkim").AtMapKey("value"), compare.ValuesSame()),
			},
			Check: resource.ComposeTestCheckFunc(
				zone.Holds(t, "example.net", "MX", "mail.example.com"),
				zone.Holds(t, "example.net", "TXT", "v=spf1 a:mail.example.com ~all"),
			),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Records move with their authorization, whether that is known at plan or not.
func TestRecordsMove(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"shop.example": "rfc2136"}); err != nil {
		t.Fatal(err)
	}
	unknown := func(domain string) string {
		return w.Provider() + fmt.Sprintf(`
resource "terraform_data" "domain" {
  input = %q
}
resource "postmaster_dns_authorization" "a" {
  domain = terraform_data.domain.output
}
`, domain) + world.RecordsConfig("r", fmt.Sprintf(`note = { name = "note.${terraform_data.domain.output}", type = "TXT", value = %q }`, "of "+domain), "")
	}
	known := func(host, domain, value string) string {
		return w.Provider() + world.AuthorizationAt(host, domain) +
			world.RecordsConfig("r", fmt.Sprintf(`note = { name = "note.%s", type = "TXT", value = %q }`, domain, value), "")
	}
	corp, shop, com := w.Stranger(t, "rfc2136", "corp.example"), w.Stranger(t, "rfc2136", "shop.example"), w.Stranger(t, "cloudflare", "example.com")
	const address = "postmaster_dns_records.r"
	zoneIs := func(apex string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact(apex))}
	}
	moves := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	sameID := statecheck.CompareValue(compare.ValuesSame())
	w.Run(t,
		resource.TestStep{Config: unknown("corp.example"), Check: corp.Holds(t, "note.corp.example", "TXT", "of corp.example")},
		resource.TestStep{
			Config: unknown("shop.example"), ConfigPlanChecks: moves, ConfigStateChecks: zoneIs("shop.example"),
			Check: resource.ComposeTestCheckFunc(
				corp.Holds(t, "note.corp.example", "TXT"), shop.Holds(t, "note.shop.example", "TXT", "of shop.example")),
		},
		resource.TestStep{Config: unknown("shop.example"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			Config: known("cloudflare", "example.com", "known"), ConfigPlanChecks: moves,
			ConfigStateChecks: append(zoneIs("example.com"), sameID.AddStateValue(address, tfjsonpath.New("id"))),
			Check: resource.ComposeTestCheckFunc(
				shop.Holds(t, "note.shop.example", "TXT"), com.Holds(t, "note.example.com", "TXT", "known")),
		},
		resource.TestStep{Config: known("cloudflare", "example.com", "known"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // another name of the zone: nothing moves, but one record changes
			Config:            strings.Replace(known("cloudflare", "example.com", "changed"), `domain       = "example.com"`, `domain       = "note.example.com"`, 1),
			ConfigPlanChecks:  moves,
			ConfigStateChecks: append(zoneIs("example.com"), sameID.AddStateValue(address, tfjsonpath.New("id"))),
			Check:             com.Holds(t, "note.example.com", "TXT", "changed"),
		},
	)
}
