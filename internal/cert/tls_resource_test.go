package cert_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// uploadCall uploads a certificate to the mail server.
const uploadCall = "POST /ssl/upload"

func tlsConfig(hostname, certificate, key string) string {
	return fmt.Sprintf("\nresource \"postmaster_tls_certificate\" \"c\" {\n  hostname = %q\n  certificate_pem = <<-EOT\n%s\nEOT\n  %s\n}\n", hostname, certificate, key)
}

func keyWO(pem string, version int) string {
	return fmt.Sprintf("private_key_pem_wo = <<-EOT\n%s\nEOT\n  private_key_pem_wo_version = %d", pem, version)
}

// uploads is how many of the calls so far were uploads.
func uploads(s *world.MailServer) int {
	n := 0
	for _, call := range s.CallsSoFar() {
		if call == uploadCall {
			n++
		}
	}
	return n
}

// serves is whether the mail server's host serves a certificate now.
func serves(t *testing.T, s *world.MailServer, want *testkit.Issued) {
	t.Helper()
	conn, err := s.DialContext(t.Context(), "tcp", "mail.example.com:443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := tls.Client(conn, &tls.Config{ServerName: "mail.example.com", InsecureSkipVerify: true})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := client.ConnectionState().PeerCertificates[0]; !got.Equal(want.Certificate) {
		t.Errorf("the host serves the certificate of %s with serial %s", got.Subject, got.SerialNumber)
	}
}

func TestTLSCertificateLifecycle(t *testing.T) {
	s := world.StartMailServer(t)
	issuer := testkit.IssueCertificate(t, nil, "Example Issuer", testkit.AsAuthority)
	first := testkit.IssueCertificate(t, issuer, "mail.example.com")
	second := testkit.IssueCertificate(t, issuer, "mail.example.com")
	fingerprintChanges := statecheck.CompareValue(compare.ValuesDiffer())
	chain := testkit.ChainPEM(first, issuer)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + tlsConfig("Mail.Example.com.", chain, keyWO(testkit.KeyPEM(t, first), 1)),
				ConfigPlanChecks: world.PreApply( // what the certificate says is known at plan
					plancheck.ExpectKnownValue(world.UploadAddress, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/mail.example.com")),
					plancheck.ExpectKnownValue(world.UploadAddress, tfjsonpath.New("not_after"), knownvalue.StringExact(first.NotAfter.Format(time.RFC3339))),
					plancheck.ExpectKnownValue(world.UploadAddress, tfjsonpath.New("fingerprint_sha256"), knownvalue.StringExact(cert.Fingerprint(first.Certificate))),
				),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.UploadAddress, tfjsonpath.New("private_key_pem_wo"), knownvalue.Null()),
					fingerprintChanges.AddStateValue(world.UploadAddress, tfjsonpath.New("fingerprint_sha256")),
				},
			},
			{
				PreConfig: func() {
					serves(t, s, first)
					s.ForgetCalls()
				},
				Config:           s.Provider(t) + tlsConfig("mail.example.com", chain, keyWO(testkit.KeyPEM(t, first), 1)),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{ // another version uploads again
				PreConfig: func() {
					if n := uploads(s); n != 0 {
						t.Errorf("a spelling was uploaded %d times", n)
					}
				},
				Config:           s.Provider(t) + tlsConfig("mail.example.com", chain, keyWO(testkit.KeyPEM(t, first), 2)),
				ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.UploadAddress, plancheck.ResourceActionUpdate)),
			},
			{
				PreConfig: func() {
					if n := uploads(s); n != 1 {
						t.Errorf("another version was uploaded %d times", n)
					}
				},
				Config: s.Provider(t) + tlsConfig("mail.example.com", testkit.ChainPEM(second, issuer), world.KeyInState(testkit.KeyPEM(t, second))),
				ConfigPlanChecks: world.PreApply(
					plancheck.ExpectResourceAction(world.UploadAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectSensitiveValue(world.UploadAddress, tfjsonpath.New("private_key_pem")),
				),
				ConfigStateChecks: []statecheck.StateCheck{
					fingerprintChanges.AddStateValue(world.UploadAddress, tfjsonpath.New("fingerprint_sha256")),
				},
			},
		},
	})
	serves(t, s, second) // destroying it changes nothing at the mail server
}

// The certificate and the hostname may come from a resource that is created in the same apply.
func TestTLSCertificateKnownLate(t *testing.T) {
	s := world.StartMailServer(t)
	certificate := testkit.IssueCertificate(t, nil, "mail.example.com")
	config := func(host string) string {
		return s.Provider(t) + fmt.Sprintf(`
resource "terraform_data" "from" {
  input = { host = %q, certificate = <<-EOT
%s
EOT
  }
}

resource "postmaster_tls_certificate" "c" {
  hostname        = terraform_data.from.output.host
  certificate_pem = terraform_data.from.output.certificate
  %s
}
`, host, testkit.ChainPEM(certificate), keyWO(testkit.KeyPEM(t, certificate), 1))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config("mx.example.org"), ExpectError: world.Saying("clients that connect to mx.example.org would refuse it")},
			{
				PreConfig: func() {
					if n := uploads(s); n != 0 {
						t.Errorf("uploaded %d times", n)
					}
				},
				Config: config("mail.example.com"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.UploadAddress, tfjsonpath.New("fingerprint_sha256"), knownvalue.StringExact(cert.Fingerprint(certificate.Certificate))),
				},
			},
		},
	})
	serves(t, s, certificate)
}

func TestTLSCertificateRefusedBeforeAnyCall(t *testing.T) {
	s := world.StartMailServer(t)
	issuer := testkit.IssueCertificate(t, nil, "Example Issuer", testkit.AsAuthority)
	good := testkit.IssueCertificate(t, issuer, "mail.example.com")
	stranger := testkit.IssueCertificate(t, issuer, "mail.example.com")
	expired := testkit.IssueCertificate(t, nil, "mail.example.com", func(template *x509.Certificate) {
		template.NotBefore, template.NotAfter = time.Now().Add(-90*testkit.Days), time.Now().Add(-testkit.Days)
	})
	early := testkit.IssueCertificate(t, nil, "mail.example.com", func(template *x509.Certificate) { template.NotBefore = time.Now().Add(testkit.Days) })
	chain, key := testkit.ChainPEM(good, issuer), testkit.KeyPEM(t, good)
	for name, test := range map[string]struct{ config, want string }{
		"other key":           {tlsConfig("mail.example.com", chain, keyWO(testkit.KeyPEM(t, stranger), 1)), "does not match the certificate"},
		"other key, in state": {tlsConfig("mail.example.com", chain, world.KeyInState(testkit.KeyPEM(t, stranger))), "does not match the certificate"},
		"expired":             {tlsConfig("mail.example.com", testkit.ChainPEM(expired), keyWO(testkit.KeyPEM(t, expired), 1)), "expired on"},
		"not yet valid":       {tlsConfig("mail.example.com", testkit.ChainPEM(early), keyWO(testkit.KeyPEM(t, early), 1)), "is not valid before"},
		"wrong order":         {tlsConfig("mail.example.com", testkit.ChainPEM(issuer, good), keyWO(key, 1)), "is that of an authority"},
		"other host":          {tlsConfig("mx.example.com", chain, keyWO(key, 1)), "does not cover the hostname"},
		"key in certificate":  {tlsConfig("mail.example.com", chain+key, keyWO(key, 1)), "is a private key"},
		"garbage":             {tlsConfig("mail.example.com", "garbage", keyWO(key, 1)), "no certificate in PEM form"},
		"garbage for a key":   {tlsConfig("mail.example.com", chain, keyWO(strings.Replace(key, "\nM", "\n!", 1), 1)), "cannot be read"},
		"no key":              {tlsConfig("mail.example.com", chain, ""), "private_key_pem_wo"},
		"two keys":            {tlsConfig("mail.example.com", chain, keyWO(key, 1)+"\n  "+world.KeyInState(key)), "Invalid Attribute Combination"},
		"no version":          {tlsConfig("mail.example.com", chain, strings.Split(keyWO(key, 1), "  private_key_pem_wo_version")[0]), "private_key_pem_wo_version"},
		"bad hostname":        {tlsConfig("mail..example.com", chain, keyWO(key, 1)), "Not a host name"},
	} {
		t.Run(name, func(t *testing.T) {
			s.ForgetCalls()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				ErrorCheck: func(err error) error {
					for _, secret := range append(testkit.KeyMaterial(key), testkit.KeyMaterial(testkit.KeyPEM(t, stranger))...) {
						if strings.Contains(err.Error(), secret) {
							return errors.New("the error shows the key")
						}
					}
					return err
				},
				Steps: []resource.TestStep{{Config: s.Provider(t) + test.config, PlanOnly: true, ExpectError: world.Saying(test.want)}},
			})
			if calls := s.CallsSoFar(); len(calls) > 0 {
				t.Errorf("the mail server was called: %q", calls)
			}
		})
	}
}

// An installed certificate may expire. Whoever renews it replaces it; other changes are not refused
// because of it.
func TestTLSCertificateMayExpireWhereItIs(t *testing.T) {
	w := world.NewCert(t)
	certificate := testkit.IssueCertificate(t, nil, "mail.example.com")
	config := w.Provider() + tlsConfig("mail.example.com", testkit.ChainPEM(certificate), keyWO(testkit.KeyPEM(t, certificate), 1))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: func() { w.Pass(100 * testkit.Days) }, Config: config, ConfigPlanChecks: world.EmptyPlan},
			{
				Config:      strings.Replace(config, "_version = 1", "_version = 2", 1),
				ExpectError: world.Saying("certificate 1, of CN=mail.example.com, expired on"),
			},
		},
	})
}
