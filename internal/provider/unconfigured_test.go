package provider_test

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// unconfiguredCase is a change that needs credentials.
type unconfiguredCase struct {
	typeName                 string
	before, after, writeOnly world.Attributes
	says                     string // the error without any credentials, as the apply would have it; "" if it needs none
}

// unconfiguredCases are changes of every resource.
func unconfiguredCases(t *testing.T) map[string]unconfiguredCase {
	const noServer = ": mail server: configure: not configured. Set mailserver.url"
	const mailService, server = "The mail service is not configured" + noServer, "The mail server is not configured" + noServer
	const yandex = "The mail service is not configured: Yandex.Mail for Domain: configure: not configured. Set yandex.pdd_token (environment: YANDEX_PDD_TOKEN)"
	const sendgrid, octeth = "SendGrid is not configured: SendGrid: configure: not configured. Set sendgrid.api_key", "Octeth is not configured: Octeth: configure: not configured. Set octeth.url"
	const verificationFailed = "Unable to verify the domain"
	const cloudflare = "Unable to find the zone: Cloudflare: configure: not configured. Set cloudflare.api_token"
	certificate := testkit.IssueCertificate(t, nil, "mail.example.com")
	pem, key := testkit.ChainPEM(certificate), testkit.KeyPEM(t, certificate)
	domain := func(service string, more world.Attributes) world.Attributes {
		d := world.Attributes{"id": service + "/example.com", "domain": "example.com", "service": service, "force_destroy": true, "dns_records": map[string]any{}}
		for name, v := range more {
			d[name] = v
		}
		return d
	}
	account := func(password string) world.Attributes {
		return world.Attributes{"first_account": world.Attributes{"local_part": "postmaster", "password": password}}
	}
	user := func(more world.Attributes) world.Attributes {
		u := world.Attributes{"mail_domain_id": "mailserver/example.com", "local_part": "alice", "id": "mailserver/alice@example.com", "email": "alice@example.com", "password": "correct horse", "force_destroy": true}
		for name, v := range more {
			u[name] = v
		}
		return u
	}
	dkim := func(service string, keepers any) world.Attributes {
		return world.Attributes{"id": service + "/example.com", "mail_domain_id": service + "/example.com", "keepers": keepers, "replace_existing": false, "selector": "mail", "public_key": "INVENTED", "key_type": "rsa", "dns_records": map[string]any{}}
	}
	sender := func(block world.Attributes) world.Attributes {
		return world.Attributes{"id": "sendgrid/1", "domain": "example.com", "sendgrid": block, "dns_records": map[string]any{}}
	}
	record := map[string]any{"a": world.Attributes{"name": "www.example.com", "type": "TXT", "value": "here"}}
	return map[string]unconfiguredCase{
		"new domain at the mail server":    {typeName: "postmaster_mail_domain", after: world.Attributes{"domain": "example.com", "service": "mailserver", "first_account": world.Attributes{"password": "correct horse"}}, says: mailService},
		"new domain at Yandex":             {typeName: "postmaster_mail_domain", after: world.Attributes{"domain": "example.com", "service": "yandex"}, says: yandex},
		"another first password":           {typeName: "postmaster_mail_domain", before: domain("mailserver", account("a")), after: domain("mailserver", account("b")), says: mailService},
		"deleted domain":                   {typeName: "postmaster_mail_domain", before: domain("mailserver", nil), says: mailService},
		"deleted domain at Yandex":         {typeName: "postmaster_mail_domain", before: domain("yandex", nil), says: yandex},
		"guard of a domain":                {typeName: "postmaster_mail_domain", before: domain("mailserver", nil), after: domain("mailserver", world.Attributes{"force_destroy": false})},
		"domain as it was":                 {typeName: "postmaster_mail_domain", before: domain("mailserver", nil), after: domain("mailserver", nil)},
		"new mailbox":                      {typeName: "postmaster_mail_user", after: world.Attributes{"mail_domain_id": "mailserver/example.com", "local_part": "alice", "password": "correct horse"}, says: mailService},
		"new mailbox, write-only":          {typeName: "postmaster_mail_user", after: world.Attributes{"mail_domain_id": "yandex/example.com", "local_part": "alice", "password_wo_version": 1}, writeOnly: world.Attributes{"password_wo": "correct horse"}, says: yandex},
		"new mailbox in an unknown domain": {typeName: "postmaster_mail_user", after: world.Attributes{"mail_domain_id": world.Unknown{}, "local_part": "alice", "password": "correct horse"}},
		"another password":                 {typeName: "postmaster_mail_user", before: user(nil), after: user(world.Attributes{"password": "battery staple"}), says: mailService},
		"mailbox as it was":                {typeName: "postmaster_mail_user", before: user(nil), after: user(nil)},
		"deleted mailbox":                  {typeName: "postmaster_mail_user", before: user(nil), says: mailService},
		"new key":                          {typeName: "postmaster_dkim_key", after: world.Attributes{"mail_domain_id": "mailserver/example.com"}, says: mailService},
		"rotated key":                      {typeName: "postmaster_dkim_key", before: dkim("mailserver", map[string]any{"a": "1"}), after: dkim("mailserver", map[string]any{"a": "2"}), says: mailService},
		"key of another domain":            {typeName: "postmaster_dkim_key", before: dkim("mailserver", nil), after: world.Attributes{"mail_domain_id": "yandex/example.com"}, says: yandex},
		"key as it was":                    {typeName: "postmaster_dkim_key", before: dkim("mailserver", nil), after: dkim("mailserver", nil)},
		"key that stays in force":          {typeName: "postmaster_dkim_key", before: dkim("mailserver", nil)},
		"key that is disabled":             {typeName: "postmaster_dkim_key", before: dkim("yandex", nil), says: yandex},
		"uploaded certificate":             {typeName: "postmaster_tls_certificate", after: world.Attributes{"hostname": "mail.example.com", "certificate_pem": pem, "private_key_pem": key}, says: server},
		"certificate that stays in force":  {typeName: "postmaster_tls_certificate", before: world.Attributes{"hostname": "mail.example.com", "certificate_pem": pem, "private_key_pem": key}},
		"export":                           {typeName: "postmaster_mail_domain_export", after: world.Attributes{"mail_domain_id": "mailserver/example.com"}, says: server},
		"export of another domain":         {typeName: "postmaster_mail_domain_export", before: world.Attributes{"mail_domain_id": "mailserver/example.com"}, after: world.Attributes{"mail_domain_id": "mailserver/example.org"}, says: server},
		"first triggers of an export":      {typeName: "postmaster_mail_domain_export", before: world.Attributes{"mail_domain_id": "mailserver/example.com"}, after: world.Attributes{"mail_domain_id": "mailserver/example.com", "triggers": map[string]any{"a": "1"}}},
		"export that stays":                {typeName: "postmaster_mail_domain_export", before: world.Attributes{"mail_domain_id": "mailserver/example.com"}},
		"new sender at SendGrid":           {typeName: "postmaster_sender_domain", after: world.Attributes{"domain": "example.com", "sendgrid": world.Attributes{}}, says: sendgrid},
		"new sender at Octeth":             {typeName: "postmaster_sender_domain", after: world.Attributes{"domain": "example.com", "octeth": world.Attributes{"record_type": "campaign"}}, says: octeth},
		"sender of unknown name":           {typeName: "postmaster_sender_domain", after: world.Attributes{"domain": world.Unknown{}, "sendgrid": world.Attributes{}}, says: sendgrid},
		"deleted sender":                   {typeName: "postmaster_sender_domain", before: sender(world.Attributes{"subdomain": "em1"}), says: sendgrid},
		"verification at SendGrid":         {typeName: "postmaster_domain_verification", after: world.Attributes{"domain_id": "sendgrid/1"}, says: verificationFailed + ": SendGrid: configure: not configured"},
		"verification at Octeth":           {typeName: "postmaster_domain_verification", after: world.Attributes{"domain_id": "octeth/campaign/1"}, says: verificationFailed + ": Octeth: configure: not configured"},
		"verification at Yandex":           {typeName: "postmaster_domain_verification", after: world.Attributes{"domain_id": "yandex/example.com"}, says: verificationFailed + ": Yandex.Mail for Domain: configure: not configured"},
		"verification of something new":    {typeName: "postmaster_domain_verification", after: world.Attributes{"domain_id": world.Unknown{}}},
		"verification that ends":           {typeName: "postmaster_domain_verification", before: world.Attributes{"domain_id": "sendgrid/1"}},
		"authorization":                    {typeName: "postmaster_dns_authorization", after: world.Attributes{"domain": "example.com", "dns_provider": "cloudflare"}, says: cloudflare},
		"authorization of no account":      {typeName: "postmaster_dns_authorization", after: world.Attributes{"domain": "example.com", "dns_provider": "cloudflare", "account": "agency"}, says: `there is no account "agency" at Cloudflare`},
		"authorization by Octeth":          {typeName: "postmaster_dns_authorization", after: world.Attributes{"domain": "example.com", "dns_provider": "cloudflare", "via": "octeth"}, says: "Unable to let Octeth try the credentials"},
		"authorization that ends":          {typeName: "postmaster_dns_authorization", before: world.Attributes{"domain": "example.com", "dns_provider": "cloudflare"}},
		"records":                          {typeName: "postmaster_dns_records", after: world.Attributes{"dns_authorization_id": "cloudflare/example.com", "records": record}, says: cloudflare},
		"unknown records":                  {typeName: "postmaster_dns_records", after: world.Attributes{"dns_authorization_id": "cloudflare/example.com", "records": world.Unknown{}}, says: cloudflare},
		"records of something new":         {typeName: "postmaster_dns_records", after: world.Attributes{"dns_authorization_id": world.Unknown{}, "records": record}},
	}
}

// Without credentials a plan fails where its apply would, in the same words, and only there.
func TestPlansWithoutCredentials(t *testing.T) {
	world.WithoutHostVariables(t)
	p := world.NewPlanner(t, nil)
	for name, c := range unconfiguredCases(t) {
		t.Run(name, func(t *testing.T) {
			got := p.Plan(t, c.typeName, c.before, c.after, c.writeOnly)
			if c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("the errors are %q", got)
			}
			if n := strings.Count(got, "not configured. Set "); n > 1 && !strings.Contains(name, "Octeth") {
				t.Errorf("the same is said %d times: %q", n, got)
			}
		})
	}
}

// Credentials that are not known yet are tolerated in all of these plans, since the apply will know
// them, and so is a sandbox that is not known yet. In a known one none are needed.
func TestPlansWithCredentialsKnownLate(t *testing.T) {
	world.WithoutHostVariables(t)
	for name, provider := range map[string]world.Attributes{
		"attributes": {
			"mailserver": world.Attributes{"url": world.Unknown{}}, "yandex": world.Attributes{"pdd_token": world.Unknown{}}, "sendgrid": world.Attributes{"api_key": world.Unknown{}},
			"octeth": world.Attributes{"url": world.Unknown{}}, "cloudflare": world.Attributes{"api_token": world.Unknown{}}, "dns_accounts": world.Unknown{},
		},
		"blocks":  {"mailserver": world.Unknown{}, "yandex": world.Unknown{}, "sendgrid": world.Unknown{}, "octeth": world.Unknown{}, "cloudflare": world.Unknown{}, "dns_accounts": world.Unknown{}},
		"sandbox": {"sandbox": world.Unknown{}},
		"path":    {"sandbox": world.Attributes{"path": world.Unknown{}}},
	} {
		p := world.NewPlanner(t, provider)
		for what, c := range unconfiguredCases(t) {
			t.Run(name+", "+what, func(t *testing.T) {
				if got := p.Plan(t, c.typeName, c.before, c.after, c.writeOnly); got != "" {
					t.Errorf("the errors are %q", got)
				}
			})
		}
	}
}

// Terraform itself shows the error at plan, and the apply of what needs no credentials works.
func TestPlanWithoutCredentialsByTerraform(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: world.SenderConfig("example.com", ""), PlanOnly: true, ExpectError: world.Saying("sendgrid.api_key (environment: SENDGRID_API_KEY)")},
			{Config: "resource \"postmaster_mail_domain\" \"d\" {\n  domain  = \"example.com\"\n  service = \"yandex\"\n}\n", PlanOnly: true, ExpectError: world.Saying("yandex.pdd_token (environment: YANDEX_PDD_TOKEN)")},
			{Config: world.UserConfig("alice", world.WriteOnly), PlanOnly: true, ExpectError: world.Saying("mailserver.password (environment: MAILSERVER_PASSWORD)")},
		},
	})
}

// The mail server is asked for a certificate only if no good one is served. So without its
// credentials a plan looks, and goes by what it sees.
func TestCertificateWithoutCredentials(t *testing.T) {
	issuer := testkit.IssueCertificate(t, nil, "Example Issuer", testkit.AsAuthority)
	authorities := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authorities, []byte(testkit.ChainPEM(issuer)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := world.NewPlanner(t, world.Attributes{"mailserver": world.Attributes{"ca_file": authorities}})
	good := testkit.IssueCertificate(t, issuer, "mail.example.com")
	other := testkit.IssueCertificate(t, issuer, "www.example.com")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		endpoint any
		says     string
	}{
		"a good one is served":  {servesTLS(t, good), ""},
		"another one is served": {servesTLS(t, other), "The mail server is not configured: mail server: configure: not configured. Set mailserver.url"},
		"nobody answers":        {"https://" + closed.Addr().String(), ""}, // a warning: the run may yet start the host
		"the host is not known": {world.Unknown{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			after := world.Attributes{"hostname": "mail.example.com", "endpoint": c.endpoint}
			got := p.Plan(t, "postmaster_letsencrypt_cert", nil, after, nil)
			if c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("the errors are %q", got)
			}
		})
	}
}

// servesTLS starts a host with a certificate, and gives its endpoint.
func servesTLS(t *testing.T, c *testkit.Issued) string {
	t.Helper()
	certificate, err := tls.X509KeyPair([]byte(testkit.ChainPEM(c)), []byte(testkit.KeyPEM(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	host := httptest.NewUnstartedServer(http.NotFoundHandler())
	host.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	host.Config.ErrorLog = log.New(io.Discard, "", 0) // who only looks hangs up
	host.StartTLS()
	t.Cleanup(host.Close)
	return host.URL
}
