package world

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// PublishedElsewhere is a key that somebody published; it is used nowhere.
const PublishedElsewhere = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAszL8" +
	"invented"

// Authorizations is the resource postmaster_dns_authorization in a run.
func Authorizations(run *kit.Run) *zone.AuthorizationResource {
	return &zone.AuthorizationResource{Base: kit.Base{Run: run}, Hosts: Hosts(), Delegates: kit.With[zone.DelegateService](service.All)}
}

// AuthorizationAt is an authorization with the label "a", whose host is known at plan.
func AuthorizationAt(host, domain string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain       = %q
  dns_provider = %q
}
`, domain, host)
}

// RecordsConfig is records by authorization "a" with a label of their own.
func RecordsConfig(label, records, more string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_records" %q {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records = {
    %s
  }
  %s
}
`, label, records, more)
}

// VerificationAddress is where VerificationConfig and PublishedSender have their verification.
const VerificationAddress = "postmaster_domain_verification.v"

// VerificationConfig is a verification of domain "s" without a reference to its records.
func VerificationConfig(more string) string {
	return fmt.Sprintf("\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = postmaster_sender_domain.s.id\n  %s\n}\n", more)
}

// CertAddress is where tests have their certificate of Let's Encrypt.
const CertAddress = "postmaster_letsencrypt_cert.c"

// DomainConfig is domain "d" at the mail server.
func DomainConfig(domain, more string) string {
	return fmt.Sprintf(`
resource "postmaster_mail_domain" "d" {
  domain        = %q
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
  %s
}
`, domain, more)
}

// UserConfig is a mailbox of example.com, which exists.
func UserConfig(localPart, password string) string {
	return fmt.Sprintf(`
resource "postmaster_mail_user" "u" {
  mail_domain_id = "mailserver/example.com"
  local_part     = %q
  force_destroy  = true
  %s
}
`, localPart, password)
}

// WriteOnly is the password of a mailbox in the form that is not kept in the state.
const WriteOnly = `password_wo = "correct horse"
  password_wo_version = 1`

// OctethConfigOf is domain "s" at Octeth.
func OctethConfigOf(domain, options string) string {
	return fmt.Sprintf("\nresource \"postmaster_sender_domain\" \"s\" {\n  domain = %q\n  octeth = { %s }\n}\n", domain, options)
}

// The options of a domain at Octeth by what it sends.
const (
	Campaign     = `record_type = "campaign"`
	EmailGateway = `record_type = "email-gateway"`
)

// SandboxProvider is the configuration block of a sandbox with its file in a folder of the test's.
func SandboxProvider(t *testing.T) (config, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "sandbox.json")
	return SandboxBlock(file, ""), file
}

// SandboxBlock is the configuration block of the sandbox in a file. The block has an alias if one
// is given.
func SandboxBlock(file, alias string) string {
	if alias != "" {
		alias = fmt.Sprintf("\n  alias = %q", alias)
	}
	return fmt.Sprintf("\nprovider \"postmaster\" {%s\n  sandbox = {\n    path = %q\n  }\n}\n", alias, file)
}

// LateName is a resource that each other run makes anew, so that its output is not known at the
// plan of that run. What refers to it reads terraform_data.late.output.
func LateName(run int, name string) string {
	return fmt.Sprintf("\nresource \"terraform_data\" \"late\" {\n  triggers_replace = %d\n  input            = %q\n}\n", run, name)
}

// SenderAddress is where SenderConfig and OctethConfigOf have their domain.
const SenderAddress = "postmaster_sender_domain.s"

// SendGridBlock is the provider's block for a simulated SendGrid at a real socket.
func SendGridBlock(url, key, more string) string {
	return fmt.Sprintf("sendgrid = {\n    api_key  = %q\n    base_url = %q\n    %s\n  }", key, url+"/"+sendgridsim.Section, more)
}

// SenderConfig is domain "s" at SendGrid.
func SenderConfig(domain, options string) string {
	return fmt.Sprintf(`
resource "postmaster_sender_domain" "s" {
  domain   = %q
  sendgrid = { %s }
}
`, domain, options)
}

// PublishedRecords has a sender's records published.
func PublishedRecords(domain string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain = %q
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.s.dns_records
}
`, domain)
}

// PublishedSender has a sender's records published and verified, from nothing. The output shows in
// a plan whatever of them changes by itself.
func PublishedSender(domain string) string {
	return PublishedRecords(domain) + `
resource "postmaster_domain_verification" "v" {
  domain_id   = postmaster_sender_domain.s.id
  dns_records = postmaster_dns_records.r.published
}
output "all" {
  value = [postmaster_sender_domain.s, postmaster_dns_records.r, postmaster_domain_verification.v]
}
`
}

// UploadAddress is where tests have their uploaded certificate.
const UploadAddress = "postmaster_tls_certificate.c"

// KeyInState is the private key of a certificate in the form that is kept in the state.
func KeyInState(pem string) string { return fmt.Sprintf("private_key_pem = <<-EOT\n%s\nEOT", pem) }
