package function_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestMain(m *testing.M) { world.Main(m) }

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"postmaster": providerserver.NewProtocol6WithError(provider.New("test")()),
}

// evaluation is an expression in HCL and the text of its value; of other values the text is that of
// jsonencode.
type evaluation struct{ expression, want string }

// throughTerraform are calls of each function in HCL.
func throughTerraform(t *testing.T) map[string]evaluation {
	t.Helper()
	const here = "provider::postmaster::"
	key := publicPEM(keys().rsa.Public())
	server := certificate(t, false)
	heredoc := func(text string) string { return fmt.Sprintf("%q", text) }
	tlsaValue, _ := call(t, "tlsa", server, "3 1 1")
	return map[string]evaluation{
		"spf":                 {here + `spf({ mechanisms = ["mx", "include:spf.example.net"], all = "-" })`, "v=spf1 mx include:spf.example.net -all"},
		"spf_merge":           {here + `spf_merge("v=spf1 mx -all", "v=spf1 a -all", null)`, "v=spf1 mx a -all"},
		"dmarc":               {here + `dmarc({ p = "reject", rua = toset(["mailto:a@example.com"]), sp = null, t = true })`, "v=DMARC1; p=reject; rua=mailto:a@example.com; t=y"},
		"dmarc_authorization": {"jsonencode(" + here + `dmarc_authorization("example.com", "example.net"))`, `{"name":"example.com._report._dmarc.example.net","priority":null,"type":"TXT","value":"v=DMARC1;"}`},
		"dkim_record":         {here + `dkim_record(tomap({ p = ` + heredoc(key) + `, t = "s" }))`, "v=DKIM1; k=rsa; t=s; p=" + base64Of(key)},
		"tls_rpt":             {here + `tls_rpt(["mailto:tls@example.com"])`, "v=TLSRPTv1; rua=mailto:tls@example.com"},
		"mta_sts":             {here + `mta_sts({ mode = "none", max_age = 86400 }).policy`, "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"},
		"tlsa":                {here + `tlsa(` + heredoc(server) + `, "3 1 1")`, tlsaValue.(string)},
		"bimi":                {here + `bimi({ l = "https://example.com/logo.svg" })`, "v=BIMI1; l=https://example.com/logo.svg"},
		"caa":                 {here + `caa("example.com", { issue = [] })["caa-issue-nobody"].value`, `0 issue ";"`},
		"mail_srv":            {here + `mail_srv("example.com", { imaps = "mail.example.com" })["srv-imaps"].value`, "0 1 993 mail.example.com."},
		"autodiscover":        {here + `autodiscover("example.com", "mail.example.net").value`, "0 0 443 mail.example.net."},
		"domain_connect":      {"jsonencode(" + here + `domain_connect(jsonencode({ records = [{ type = "MX", host = "@", pointsTo = "mx.example.net", priority = "%p%" }] }), "example.com", null, { p = 5 }))`, `{"mx-@-1":{"name":"example.com","priority":5,"type":"MX","value":"mx.example.net"}}`},
		"txt_chunks":          {"jsonencode(" + here + `txt_chunks("a b"))`, `["a b"]`},
		"txt_quoted":          {here + `txt_quoted("a \"b\"")`, `"a \"b\""`},
		"mx_rdata":            {here + `mx_rdata(10, "mx.example.com")`, "10 mx.example.com."},
	}
}

// Terraform shows what the functions return, also as records of a resource.
func TestAccFunctions(t *testing.T) {
	var outputs strings.Builder
	var checks []resource.TestCheckFunc
	calls := throughTerraform(t)
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		fmt.Fprintf(&outputs, "output %q {\n  value = %s\n}\n", name, calls[name].expression)
		checks = append(checks, resource.TestCheckOutput(name, calls[name].want))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps:                    []resource.TestStep{{Config: outputs.String(), Check: resource.ComposeAggregateTestCheckFunc(checks...)}},
	})
}

// What functions return can be published, beside records that are written by hand.
func TestAccFunctionsInRecords(t *testing.T) {
	w := world.New(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: w.Provider() + `
resource "postmaster_dns_authorization" "example" {
  domain       = "example.com"
  dns_provider = "cloudflare"
}

resource "postmaster_dns_records" "example" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  wait_for_propagation = false
  records = merge(
    provider::postmaster::caa("example.com", { issue = ["letsencrypt.org"] }),
    provider::postmaster::mail_srv("example.com", { imaps = "mail.example.com" }),
    {
      discover = provider::postmaster::autodiscover("example.com", "mail.example.com")
      reports  = provider::postmaster::dmarc_authorization("example.net", "example.com")
      tlsrpt   = { name = "_smtp._tls.example.com", type = "TXT", priority = null, value = provider::postmaster::tls_rpt("mailto:tls@example.com") }
    },
  )
}
`,
			Check: resource.ComposeAggregateTestCheckFunc(
				resource.TestCheckResourceAttr("postmaster_dns_records.example", "published.caa-issue-letsencrypt.org.value", `0 issue "letsencrypt.org"`),
				resource.TestCheckResourceAttr("postmaster_dns_records.example", "published.srv-imaps.value", "0 1 993 mail.example.com."),
				resource.TestCheckResourceAttr("postmaster_dns_records.example", "published.reports.name", "example.net._report._dmarc.example.com"),
				resource.TestCheckResourceAttr("postmaster_dns_records.example", "published.%", "10"),
			),
		}},
	})
}

// The rules of a template for the SPF record join the one that is in the zone, whose "all" stays. The
// next plan is empty.
func TestAccDomainConnectJoinsSPF(t *testing.T) {
	w := world.New(t)
	config := w.Provider() + `
resource "postmaster_dns_authorization" "example" {
  domain       = "example.com"
  dns_provider = "cloudflare"
}

resource "postmaster_dns_records" "own" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  wait_for_propagation = false
  records              = { spf = { name = "example.com", type = "TXT", value = "v=spf1 ip4:192.0.2.1 -all" } }
}

resource "postmaster_dns_records" "template" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  wait_for_propagation = false
  depends_on           = [postmaster_dns_records.own]
  records = provider::postmaster::domain_connect(` + fmt.Sprintf("%q", mail) + `, "example.com", "", {}, "spf", "dkim")
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config, Check: resource.ComposeAggregateTestCheckFunc(
				resource.TestCheckResourceAttr("postmaster_dns_records.template", "published.spfm-@-1.value", "v=spf1 ip4:192.0.2.1 include:spf.example.net -all"),
				resource.TestCheckResourceAttr("postmaster_dns_records.template", "published.cname-s1._domainkey-1.value", "s1.example.com.example.net"),
			)},
			{Config: config, PlanOnly: true},
		},
	})
}

// A name that is wrong is found by a plan in which nothing else is known yet. The error names the
// parameter and the attribute.
func TestAccFunctionErrors(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: `
resource "terraform_data" "x" { input = "mailto:a@example.com" }
output "x" { value = provider::postmaster::dmarc({ p = "none", rua = terraform_data.x.output, pct = 50 }) }
`,
				ExpectError: regexp.MustCompile(`(?s)Invalid value for "options" parameter: pct:\s+RFC\s+9989`),
			},
			{
				Config:      `output "x" { value = provider::postmaster::spf_merge("v=spf1 mx -all", "v=spf1 a -all", "v=spf1 -a -all") }`,
				ExpectError: regexp.MustCompile(`(?s)Invalid value for "others" parameter`),
			},
			{
				Config:      `output "x" { value = provider::postmaster::mx_rdata(10, "192.0.2.1") }`,
				ExpectError: regexp.MustCompile(`(?s)Invalid value for "host" parameter: "192\.0\.2\.1" is an\s+address`),
			},
		},
	})
}

// A result is unknown until its arguments are known, and known then.
func TestAccFunctionOfUnknown(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{
			Config: `
resource "terraform_data" "x" { input = "mailto:a@example.com" }
resource "terraform_data" "record" { input = provider::postmaster::dmarc({ p = "none", rua = [terraform_data.x.output] }) }
resource "terraform_data" "policy" { input = provider::postmaster::mta_sts({ mode = "testing", mx = terraform_data.x.id == "" ? [] : ["mx.example.com"] }).txt }
`,
			Check: func(state *terraform.State) error {
				if got := state.RootModule().Resources["terraform_data.record"].Primary.Attributes["output"]; got != "v=DMARC1; p=none; rua=mailto:a@example.com" {
					return fmt.Errorf("the record is %q", got)
				}
				return nil
			},
		}},
	})
}

// recordsOfGuide finds the argument of a resource of another provider in a guide.
var recordsOfGuide = regexp.MustCompile(`(?s)resource "(aws_route53_record|google_dns_record_set)" "sender" \{\n  for_each = [^\n]*\n.*?\n  (?:records|rrdatas) = (\[.*?\n  \])\n`)

// The expressions that the guide shows for other DNS hosts give what these hosts need, for each
// type of record that services have.
func TestAccGuideForOtherHosts(t *testing.T) {
	guide, err := os.ReadFile("../../templates/guides/verified-domain.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	found := recordsOfGuide.FindAllStringSubmatch(string(guide), -1)
	if len(found) != 2 {
		t.Fatalf("the guide has %d examples for other hosts; want those of Route 53 and Google Cloud DNS", len(found))
	}
	long := "v=DKIM1; k=rsa; p=" + strings.Repeat("0123456789", 30)
	want := map[string]map[string]string{
		// The provider of AWS puts quotes around each TXT value by itself.
		"aws_route53_record": {
			"mx": "10 mx.example.net.", "txt": "v=spf1 include:spf.example.net ~all", "long": long[:255] + `""` + long[255:], "cname": "u1.wl.example.net",
		},
		"google_dns_record_set": {
			"mx": "10 mx.example.net.", "txt": `"v=spf1 include:spf.example.net ~all"`, "long": `"` + long[:255] + `" "` + long[255:] + `"`, "cname": "u1.wl.example.net.",
		},
	}
	for _, match := range found {
		t.Run(match[1], func(t *testing.T) {
			var checks []resource.TestCheckFunc
			var outputs strings.Builder
			for key, value := range want[match[1]] {
				checks = append(checks, resource.TestCheckOutput(key, value))
				fmt.Fprintf(&outputs, "output %q { value = local.values.%s[0] }\n", key, key)
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: factories,
				Steps: []resource.TestStep{{
					Config: fmt.Sprintf(`
locals {
  sender = {
    mx    = { name = "example.com", type = "MX", value = "mx.example.net", priority = 10 }
    txt   = { name = "example.com", type = "TXT", value = "v=spf1 include:spf.example.net ~all", priority = null }
    long  = { name = "s1._domainkey.example.com", type = "TXT", value = %q, priority = null }
    cname = { name = "em1.example.com", type = "CNAME", value = "u1.wl.example.net", priority = null }
  }
  values = { for key, r in local.sender : key => [for each in [{ value = r }] : %s][0] }
}
%s`, long, match[2], outputs.String()),
					Check: resource.ComposeAggregateTestCheckFunc(checks...),
				}},
			})
		})
	}
}
