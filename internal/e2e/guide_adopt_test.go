package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/standin"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// estate is what somebody has set up before, with another configuration.
const estate = `
resource "postmaster_mail_domain" "d" {
  for_each    = toset(["example.com", "example.org"])
  domain      = each.key
  service     = "mailserver"
  mx_hostname = "mail.example.com"
  first_account = {
    local_part          = "postmaster"
    password_wo         = "invented-pw-12"
    password_wo_version = 1
  }
}
resource "postmaster_mail_user" "u" {
  for_each            = toset(["alice", "bob"])
  mail_domain_id      = postmaster_mail_domain.d["example.com"].id
  local_part          = each.key
  password_wo         = "invented-pw-12"
  password_wo_version = 1
}
resource "postmaster_dkim_key" "k" {
  for_each       = postmaster_mail_domain.d
  mail_domain_id = each.value.id
}
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
}
resource "postmaster_dns_authorization" "a" {
  for_each = postmaster_mail_domain.d
  domain   = each.key
}
resource "postmaster_dns_records" "mail" {
  for_each             = postmaster_mail_domain.d
  dns_authorization_id = postmaster_dns_authorization.a[each.key].id
  records = merge(each.value.dns_records, postmaster_dkim_key.k[each.key].dns_records, {
    dmarc = { name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=none", priority = null }
  })
}
resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.a["example.com"].id
  records              = postmaster_sender_domain.s.dns_records
}
`

// An estate comes under Terraform with a plan that changes nothing, on every version of Terraform.
func TestGuideAdoptsEstate(t *testing.T) {
	t.Parallel()
	g := openGuide(t, standin.Hooks{})
	w := g.sandbox(t)
	made := newWorkspace(t, world.SandboxBlock(filepath.ToSlash(w.File), "")+estate)
	made.mustApply(t)
	w.Forget()

	g.turnTo(t, "adopt/look")
	g.mustApply(t)
	g.write(t, "estate.json", g.must(t, "output", "-json", "estate"))

	g.turnTo(t, "adopt/adopt")
	out := g.must(t, "plan", "-no-color", "-input=false")
	if !strings.Contains(out, "to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan changes something:\n%s", out)
	}
	g.apply(t)
	held := g.addresses(t)
	for _, want := range []string{
		`postmaster_mail_domain.all["example.org"]`, `postmaster_mail_user.all["alice@example.com"]`, `postmaster_mail_user.all["postmaster@example.org"]`,
		`postmaster_sender_domain.all["sendgrid/`, `postmaster_dns_authorization.all["example.org"]`,
		`postmaster_dns_records.all["example.com/mail-mx"]`, `postmaster_dns_records.all["example.org/mail-dmarc"]`,
	} {
		if !strings.Contains(held, want) {
			t.Errorf("the state lacks %s; it holds\n%s", want, held)
		}
	}

	// The import blocks can go.
	blocks := strings.Split(g.read(t, "main.tf"), "import {\n")
	kept := blocks[:1]
	for _, block := range blocks[1:] {
		_, after, _ := strings.Cut(block, "\n}\n")
		kept = append(kept, after)
	}
	g.write(t, "main.tf", strings.Join(kept, ""))
	g.mustPlanNothing(t)
}
