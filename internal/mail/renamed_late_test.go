package mail_test

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// renamedLate is a resource whose name was not known at plan.
type renamedLate struct {
	address       string
	config        string // names terraform_data.late.output
	first, second string // two names, of which the first is made first
	again         string // another spelling of the second
	ids           [2]string
	provider      string
	factories     map[string]func() (tfprotov6.ProviderServer, error)
}

// check applies the resource under both names. Each name is known only after other parts of the
// apply: Terraform takes it for a fault of the provider if an update that was planned then turns
// out to be a replacement.
func (c renamedLate) check(t *testing.T) {
	t.Helper()
	is := func(id string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(c.address, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile("^"+regexp.QuoteMeta(id))))}
	}
	on := func(run int, name string) string { return c.provider + world.LateName(run, name) + c.config }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: c.factories,
		Steps: []resource.TestStep{
			{Config: on(1, c.first), ConfigStateChecks: is(c.ids[0])},
			{Config: on(1, c.first), ConfigPlanChecks: world.EmptyPlan},
			{Config: on(2, c.second), ConfigStateChecks: is(c.ids[1])},
			{Config: on(2, c.second), ConfigPlanChecks: world.EmptyPlan},
			{Config: on(3, c.again), ConfigStateChecks: is(c.ids[1])},
			{Config: on(3, c.again), ConfigPlanChecks: world.EmptyPlan},
			{Config: on(3, c.first), ConfigStateChecks: is(c.ids[0])}, // the input of terraform_data changes in place: known at plan in some versions
		},
	})
}

// A name that is known only after apply may be another than before.
func TestNamesThatTurnOutToBeOthers(t *testing.T) {
	t.Run("DKIM key", func(t *testing.T) {
		t.Parallel()
		s := world.StartMailServer(t)
		s.CreateDomain(t, "example.com", "info")
		s.CreateDomain(t, "example.org", "info")
		renamedLate{
			address: "postmaster_dkim_key.k", config: "resource \"postmaster_dkim_key\" \"k\" {\n  mail_domain_id = terraform_data.late.output\n}\n",
			first: "mailserver/example.com", second: "mailserver/example.org", again: "mailserver/Example.ORG.",
			ids: [2]string{"mailserver/example.com", "mailserver/example.org"}, provider: s.Provider(t), factories: world.Factories,
		}.check(t)
		if n := s.Count("POST /dkim/add-new-domain"); n != 3 {
			t.Errorf("%d keys were made: %q", n, s.CallsSoFar())
		}
	})
	t.Run("export", func(t *testing.T) {
		t.Parallel()
		s := world.StartMailServer(t)
		s.CreateDomain(t, "example.com", "info")
		s.CreateDomain(t, "example.org", "info")
		renamedLate{
			address: "postmaster_mail_domain_export.e", config: "resource \"postmaster_mail_domain_export\" \"e\" {\n  mail_domain_id = terraform_data.late.output\n}\n",
			first: "mailserver/example.com", second: "mailserver/example.org", again: "mailserver/Example.ORG.",
			ids: [2]string{"mailserver/example.com/", "mailserver/example.org/"}, provider: s.Provider(t), factories: world.Factories,
		}.check(t)
	})
	t.Run("certificate of Let's Encrypt", func(t *testing.T) {
		t.Parallel()
		w := world.NewCert(t)
		renamedLate{
			address: world.CertAddress, config: "resource \"postmaster_letsencrypt_cert\" \"c\" {\n  hostname = terraform_data.late.output\n}\n",
			first: "mail.example.com", second: "mx.example.com", again: "MX.example.com.",
			ids: [2]string{"mailserver/mail.example.com", "mailserver/mx.example.com"}, provider: w.Provider(), factories: w.Factories(),
		}.check(t)
	})
	t.Run("uploaded certificate", func(t *testing.T) {
		t.Parallel()
		s := world.StartMailServer(t)
		both := testkit.IssueCertificate(t, nil, "mail.example.com", func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "mx.example.com") })
		renamedLate{
			address: world.UploadAddress, config: fmt.Sprintf("resource \"postmaster_tls_certificate\" \"c\" {\n  hostname        = terraform_data.late.output\n  certificate_pem = <<-EOT\n%s\nEOT\n  %s\n}\n", testkit.ChainPEM(both), world.KeyInState(testkit.KeyPEM(t, both))),
			first: "mail.example.com", second: "mx.example.com", again: "MX.example.com.",
			ids: [2]string{"mailserver/mail.example.com", "mailserver/mx.example.com"}, provider: s.Provider(t), factories: world.Factories,
		}.check(t)
	})
	t.Run("DNS authorization", func(t *testing.T) {
		t.Parallel()
		w := world.New(t)
		renamedLate{
			address: "postmaster_dns_authorization.a", config: "resource \"postmaster_dns_authorization\" \"a\" {\n  domain = terraform_data.late.output\n}\n",
			first: "example.com", second: "example.org", again: "Example.ORG.",
			ids: [2]string{"cloudflare/example.com", "namecheap/example.org"}, provider: w.Provider(), factories: w.Factories(),
		}.check(t)
	})
	t.Run("DNS records", func(t *testing.T) {
		t.Parallel()
		w := world.New(t)
		renamedLate{
			address: "postmaster_dns_records.r", config: `resource "postmaster_dns_records" "r" {
  dns_authorization_id = terraform_data.late.output
  records = { a = { name = "www.${element(split("/", terraform_data.late.output), 1)}", type = "TXT", value = "here" } }
}
`,
			first: "cloudflare/example.com", second: "namecheap/example.org", again: "namecheap/Example.ORG.",
			ids: [2]string{"cloudflare/example.com/", "namecheap/example.org/"}, provider: w.Provider(), factories: w.Factories(),
		}.check(t)
	})
	t.Run("verification", func(t *testing.T) {
		t.Parallel()
		w := world.NewHasty(t)
		for domain, host := range map[string]string{"example.com": "cloudflare", "example.org": "namecheap"} {
			w.RegisterAtYandex(t, yandexsim.Token, domain)
			w.EditYandexDomain(t, domain, func(d *yandexsim.Domain) { d.Status = yandexsim.StatusAdded })
			w.Stranger(t, host, domain).Add(t, testkit.MXRecordOf(domain, 10, "mx.yandex.net"))
		}
		renamedLate{
			address: world.VerificationAddress, config: "resource \"postmaster_domain_verification\" \"v\" {\n  domain_id = terraform_data.late.output\n  timeouts  = { create = \"20s\", update = \"20s\" }\n}\n",
			first: "yandex/example.com", second: "yandex/example.org", again: "yandex/Example.ORG.",
			ids: [2]string{"yandex/example.com", "yandex/"}, provider: w.Provider(), factories: w.Factories(),
		}.check(t)
	})
}

// A mailbox, which holds mail, is neither renamed nor replaced when its name or its domain turn out
// to be others.
func TestMailboxesThatTurnOutToBeOthers(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.CreateDomain(t, "example.org", "info")
	config := func(run int, name, domain, localPart string) string {
		return s.Provider(t) + world.LateName(run, name) + fmt.Sprintf("resource \"postmaster_mail_user\" \"u\" {\n  mail_domain_id = %s\n  local_part = %s\n  password = \"correct horse\"\n  force_destroy = true\n}\n", domain, localPart)
	}
	const domain, output = `"mailserver/example.com"`, "terraform_data.late.output"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config(1, "alice", domain, output)},
			{Config: config(2, "bob", domain, output), ExpectError: world.Saying("A mailbox cannot be renamed")},
			{Config: config(3, "mailserver/example.org", output, `"alice"`), ExpectError: world.Saying("A mailbox cannot be renamed")},
			{Config: config(4, "ALICE", domain, output)},
			{Config: config(4, "ALICE", domain, output), ConfigPlanChecks: world.EmptyPlan},
		},
	})
	if calls := s.CallsSoFar(); slices.Contains(calls, "DELETE /users/1") {
		t.Errorf("a mailbox was deleted on the way: %q", calls)
	}
}
