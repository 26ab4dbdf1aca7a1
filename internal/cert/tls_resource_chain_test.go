package cert_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A certificate that is uploaded without those of its intermediate authorities is a warning at
// plan: the mail server installs it, and clients refuse it.
func TestCertificateWithoutItsChain(t *testing.T) {
	root := testkit.IssueCertificate(t, nil, "Example Root", testkit.AsAuthority)
	intermediate := testkit.IssueCertificate(t, root, "Example Intermediate", testkit.AsAuthority)
	leaf := testkit.IssueCertificate(t, intermediate, "mail.example.com")
	direct := testkit.IssueCertificate(t, root, "mail.example.com")
	alone := testkit.IssueCertificate(t, nil, "mail.example.com")
	expired := testkit.IssueCertificate(t, intermediate, "mail.example.com", func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(1) })
	authorities := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authorities, []byte(testkit.ChainPEM(root)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := world.NewPlanner(t, world.Attributes{"mailserver": world.Attributes{
		"url": "https://mail.example.com", "username": "operator", "password": "INVENTED0PASSWORD", "ca_file": authorities,
	}})
	upload := func(key *testkit.Issued, chain ...*testkit.Issued) world.Attributes {
		return world.Attributes{"hostname": "mail.example.com", "certificate_pem": testkit.ChainPEM(chain...), "private_key_pem": testkit.KeyPEM(t, key)}
	}
	inState := upload(leaf, leaf)
	inState["id"], inState["not_after"] = "mailserver/mail.example.com", leaf.NotAfter.UTC().Format(time.RFC3339)
	inState["fingerprint_sha256"] = cert.Fingerprint(leaf.Certificate)
	for name, c := range map[string]struct {
		before, after world.Attributes
		warned        bool
	}{
		"leaf alone":                          {nil, upload(leaf, leaf), true},
		"with the intermediate":               {nil, upload(leaf, leaf, intermediate), false},
		"with the root too":                   {nil, upload(leaf, leaf, intermediate, root), false},
		"issued by a trusted authority":       {nil, upload(direct, direct), false},
		"signed by itself":                    {nil, upload(alone, alone), false},
		"expired: an error says more":         {nil, upload(expired, expired), false},
		"the same as before, not uploaded":    {inState, inState, false},
		"a chain that loses its authority":    {upload(leaf, leaf, intermediate), upload(leaf, leaf), true},
		"a certificate that is not yet known": {nil, world.Attributes{"hostname": "mail.example.com", "certificate_pem": world.Unknown{}, "private_key_pem": testkit.KeyPEM(t, leaf)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var warnings []string
			for _, d := range p.Diagnostics(t, "postmaster_tls_certificate", c.before, c.after, nil) {
				if d.Severity == tfprotov6.DiagnosticSeverityWarning {
					warnings = append(warnings, d.Summary+": "+d.Detail)
				}
			}
			said := strings.Join(warnings, "\n")
			if warned := strings.Contains(said, "The certificate is without its chain") && strings.Contains(said, "CN=Example Intermediate") && strings.Contains(said, "fullchain.pem"); warned != c.warned || !warned && said != "" {
				t.Errorf("the warnings are %q", said)
			}
		})
	}
}
