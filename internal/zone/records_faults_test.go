package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Records that can be of no use are found at plan, also where the zone cannot be looked
// at yet, and nothing is written.
func TestUselessRecordsAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for name, c := range map[string]struct{ record, want string }{
		"a text in quotes":       {`name = "example.com", type = "TXT", value = "\"v=spf1 mx -all\""`, "without quotes and escapes, in one piece"},
		"a key in strings":       {`name = "s1._domainkey.example.com", type = "TXT", value = "\"v=DKIM1; p=\" \"MIGf\""`, "several quoted strings"},
		"escapes":                {`name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1\\; p=none"`, `the escape \; at byte 8`},
		"a heredoc":              {"name = \"_dmarc.example.com\", type = \"TXT\", value = <<-EOT\n      v=DMARC1; p=none\n      EOT\n    ", "trimspace()"},
		"a no-break space":       {`name = "example.com", type = "TXT", value = "v=spf1\u00a0mx -all"`, "no-break space"},
		"the version at the end": {`name = "_dmarc.example.com", type = "TXT", value = "p=none; v=DMARC1"`, "does not come first"},
		"no semicolon":           {`name = "_mta-sts.example.com", type = "TXT", value = "v=STSv1 id=1"`, "a semicolon is missing"},
		"an equals sign":         {`name = "example.com", type = "TXT", value = "v=spf1 include=_spf.example.net -all"`, "include:_spf.example.net"},
		"type SPF":               {`name = "example.com", type = "SPF", value = "v=spf1 mx -all"`, "with the type TXT"},
		"an address of SRV":      {`name = "_sip._tcp.example.com", type = "SRV", value = "0 5 443 192.0.2.1"`, "its target is an address"},
		"an address of CNAME":    {`name = "www.example.com", type = "CNAME", value = "192.0.2.1"`, "its target is an address"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, authorization := range []string{`"cloudflare/example.com"`, `terraform_data.late.output`} {
				config := w.Provider() + `
resource "terraform_data" "late" {
  input = "cloudflare/example.com"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = ` + authorization + `
  records = {
    bad = { ` + c.record + ` }
  }
}
`
				w.Run(t, resource.TestStep{Config: config, PlanOnly: true, ExpectError: world.Saying(c.want)})
			}
		})
	}
	if err := writesNothing(w)(nil); err != nil {
		t.Error(err)
	}
}

// All that is wrong with the records is said at once, each with its key, although
// Terraform shows the same line of the configuration for all of them.
func TestAllBadRecordsAreNamed(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	all := func(records string) string {
		return w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + `
locals {
  records = {` + records + `
  }
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { for key, r in local.records : key => merge({ priority = null }, r) }
}
`
	}
	w.Run(t,
		resource.TestStep{PlanOnly: true, Config: all(`
    apex  = { name = "@", type = "TXT", value = "x" }
    both  = { name = "two words.example", type = "A", value = "::1" }
    mx    = { name = "example.com", type = "MX", value = "10 mail.example.com" }
    plain = { name = "example.com", type = "MX", value = "mail.example.com" }
    short = { name = "s1._domainkey", type = "TXT", value = "x" }
    srv   = { name = "_sip._tcp.example.com", type = "SRV", value = "5 443 sip.example.com", priority = 10 }`),
			ExpectError: world.SayingInTurn(
				`records["apex"]: "@" is not a domain name; the apex of a zone`,
				`records["both"]: "two words.example" is not a domain name`, `"::1" is not an address`,
				`records["mx"]: `, `write value = "mail.example.com" and priority = 10`,
				`records["plain"]: an MX record needs a priority`,
				`records["short"]: "s1._domainkey" is not the whole name`,
				`records["srv"]: `, `the first number of their value, such as "10 …"`,
			)},
		resource.TestStep{PlanOnly: true, Config: all(`
    dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1 p=none" }
    spf   = { name = "example.com", type = "TXT", value = "v=spf1; mx -all" }`),
			ExpectError: world.SayingInTurn(`records["dmarc"]: `, `records["spf"]: `)},
		resource.TestStep{PlanOnly: true, Config: all(`
    one = { name = "www", type = "A", value = "192.0.2.1" }
    two = { name = "mail", type = "A", value = "192.0.2.1" }`),
			ExpectError: world.SayingInTurn(`write "www.example.com"`, `write "mail.example.com"`)},
	)
}

func TestAllBadRecordsOfAnImportAreNamed(t *testing.T) {
	_, err := zone.RecordsFromJSON(`{"b": {"name": "@", "type": "A", "value": "192.0.2.1"}, "a": {"name": "example.com", "type": "MX", "value": "mail.example.com"}, "c": {"name": "example.com", "type": "A", "value": "192.0.2.1"}}`)
	if err == nil || !strings.HasPrefix(err.Error(), `record "a": an MX record needs a priority`) || !strings.Contains(err.Error(), "\n"+`record "b": "@"`) {
		t.Error(err)
	}
}

// A text without effect that stands in the state, as earlier versions published it,
// plans nothing, does not keep other records from being changed, and can be destroyed.
func TestUselessRecordsInTheState(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	config := func(policy, more string) string {
		return w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
			world.RecordsConfig("r", `policy = { name = "_dmarc.example.com", type = "TXT", value = "`+policy+`" }`+more, "overwrite = true")
	}
	const useless = "v=DMARC1 p=none"
	const note = "\n    note = { name = \"note.example.com\", type = \"TXT\", value = \"ours\" }"
	w.Run(t,
		resource.TestStep{Config: config("v=DMARC1; p=none", "")},
		resource.TestStep{
			PreConfig: func() {
				zone.Change(t, "_dmarc.example.com", "TXT", func(r *dns.Record) { r.Value = useless })
			},
			Config: config(useless, ""), ConfigPlanChecks: world.EmptyPlan,
		},
		resource.TestStep{Config: config(useless, note), Check: resource.ComposeTestCheckFunc(
			zone.Holds(t, "_dmarc.example.com", "TXT", useless), zone.Holds(t, "note.example.com", "TXT", "ours"))},
		resource.TestStep{Config: config("v=DMARC1; p=reject", note), Check: zone.Holds(t, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject")},
	)
}

// What can be told from the configuration alone is said at validate. It is no error
// there, since validate does not know what the state holds.
func TestUselessRecordsAtValidate(t *testing.T) {
	record := func(value types.String) zone.RecordsModel {
		return zone.RecordsModel{Records: types.MapValueMust(kit.DNSRecordType, map[string]attr.Value{"spf": types.ObjectValueMust(kit.DNSRecordType.AttrTypes, map[string]attr.Value{
			"name": types.StringValue("example.com"), "type": types.StringValue("TXT"), "value": value, "priority": types.Int64Null(),
		})})}
	}
	const useless = "v=spf1; mx -all"
	var diags diag.Diagnostics
	zone.WarnOfFaults(record(types.StringValue(useless)), &diags)
	if len(diags) != 1 || diags[0].Severity() != diag.SeverityWarning || !strings.Contains(diags[0].Detail(), `records["spf"]: example.com TXT`) {
		t.Errorf("at validate: %v", diags)
	}
	diags = nil
	zone.WarnOfFaults(record(types.StringUnknown()), &diags)
	zone.RefuseFaults(record(types.StringUnknown()), zone.RecordsModel{}, &diags)
	zone.RefuseFaults(record(types.StringValue(useless)), record(types.StringValue(useless)), &diags)
	if diags != nil {
		t.Errorf("of what is not known, and of what is in the state: %v", diags)
	}
	zone.RefuseFaults(record(types.StringValue(useless)), record(types.StringValue("v=spf1 mx -all")), &diags)
	if len(diags) != 1 || diags[0].Severity() != diag.SeverityError {
		t.Errorf("at plan: %v", diags)
	}
}

// A text that is known at apply only is refused before anything is written.
func TestUselessRecordKnownLate(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + `
resource "terraform_data" "late" {
  input = "\"v=spf1 mx -all\""
}
` + world.RecordsConfig("r", `
    note = { name = "note.example.com", type = "TXT", value = "ours" }
    spf  = { name = "example.com", type = "TXT", value = terraform_data.late.output }`, ""),
		ExpectError: world.Saying("without quotes and escapes, in one piece"),
	})
	if err := zone.Holds(t, "note.example.com", "TXT")(nil); err != nil {
		t.Error(err)
	}
}

// Records of which a name has one are replaced only where somebody said so.
func TestSecondRecordsOfOneKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, theirs, ours string }{
		"MTA-STS": {"_mta-sts.example.com", "v=STSv1; id=20250101", "v=STSv1; id=20260101"},
		"TLS-RPT": {"_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:a@example.net", "v=TLSRPTv1; rua=mailto:b@example.com"},
		"BIMI":    {"default._bimi.example.com", "v=BIMI1; l=https://example.net/a.svg", "v=BIMI1; l=https://example.com/b.svg; a="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, "cloudflare", "example.com")
			zone.Add(t, testkit.DNSRecordOf(c.at, "TXT", c.theirs))
			config := func(more string) string {
				return w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
					world.RecordsConfig("r", `one = { name = "`+c.at+`", type = "TXT", value = "`+c.ours+`" }`, more)
			}
			w.Run(t,
				resource.TestStep{Config: config(""), PlanOnly: true, ExpectError: world.Saying("DNS record in the way")},
				resource.TestStep{Config: config("overwrite = true"), Check: zone.Holds(t, c.at, "TXT", c.ours)},
				resource.TestStep{Config: config("overwrite = true"), ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// The name of the zone twice is said, and published all the same.
func TestNameOfTheZoneTwice(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	const doubled = "_dmarc.example.com.example.com"
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
			world.RecordsConfig("r", `one = { name = "`+doubled+`", type = "TXT", value = "v=DMARC1; p=none" }`, ""),
		Check: resource.ComposeTestCheckFunc(
			w.Warns("plan", "Name of the zone twice", `write "_dmarc.example.com"`),
			func(*terraform.State) error { return zone.Holds(t, doubled, "TXT", "v=DMARC1; p=none")(nil) },
		),
	})
}
