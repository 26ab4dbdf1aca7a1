package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// The keys of dns_records and of published are known at plan. So for_each can use them in the run
// that creates the resource they come from.
func TestKeysOfRecordsFeedForEach(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, world.SandboxBlock(filepath.Join(t.TempDir(), "sandbox.json"), "")+`
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
resource "postmaster_dns_authorization" "a" {
  domain = "example.net"
}
resource "postmaster_dns_records" "r" {
  for_each             = merge(postmaster_mail_domain.d.dns_records, postmaster_dkim_key.k.dns_records)
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { (each.key) = each.value }
}
resource "terraform_data" "published" {
  for_each = merge([for r in postmaster_dns_records.r : r.published]...)
  input    = each.value.value
}
output "published" {
  value = { for key, d in terraform_data.published : key => d.output }
}
`)
	w.mustApply(t)
	w.mustPlanNothing(t)
	out := w.must(t, "output", "-json", "published")
	for _, want := range []string{`"dkim":"v=DKIM1;`, `"mx":"mail.example.com"`, `"spf":"v=spf1 a:mail.example.com ~all"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %s:\n%s", want, out)
		}
	}
	w.must(t, "destroy", "-auto-approve", "-no-color", "-input=false")
}

// A plan does not fail if the same run creates the account and its credentials.
func TestCredentialsOutOfTheSameRun(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	dnsProvider(t, s)
	resolver, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	url := strings.Replace(s.URL, "/mailserver", "/cloudflare"+cloudflaresim.BasePath, 1)
	w := newWorkspace(t, `
resource "terraform_data" "token" {
  input = "`+cloudflaresim.Token+`"
}
provider "postmaster" {
  cloudflare = {
    api_token = terraform_data.token.output
    base_url  = "`+url+`"
  }
  dns_resolvers = ["`+resolver+`"]
}
resource "postmaster_dns_authorization" "a" {
  domain       = "example.com"
  dns_provider = "cloudflare"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  wait_for_propagation = false
  records = {
    note = { name = "note.example.com", type = "TXT", value = "ours" }
  }
}
`)
	w.mustApply(t)
	w.mustPlanNothing(t)
}

// A plan shows each record on one line, as it will be in the zone, so that a person can read and
// copy it.
func TestPlanShowsTheMergedSPFRecord(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	authorization := world.SandboxBlock(file, "") + `
resource "postmaster_dns_authorization" "a" {
  domain = "example.com"
}
`
	spf := func(label, mechanism string) string {
		return `
resource "postmaster_dns_records" "` + label + `" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  wait_for_propagation = false
  records = {
    spf = { name = "example.com", type = "TXT", value = "v=spf1 ` + mechanism + ` -all" }
  }
}
`
	}
	w := newWorkspace(t, authorization+spf("one", "ip4:203.0.113.1"))
	w.mustApply(t)
	w.write(t, "main.tf", terraformcli.RequiredProviders+authorization+spf("one", "ip4:203.0.113.1")+spf("other", "ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 ip4:203.0.113.5"))
	_, out, err := w.Plan(t.Context(), "-no-color", "-input=false")
	if err != nil {
		t.Fatalf("%s\n%s", err, output(err))
	}
	const line = "    v=spf1 ip4:203.0.113.1 ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 ip4:203.0.113.5 -all\n"
	if !strings.Contains(strings.ReplaceAll(out, "│ ", ""), line) {
		t.Errorf("the plan does not show the record on a line of its own:\n%s", out)
	}
}
