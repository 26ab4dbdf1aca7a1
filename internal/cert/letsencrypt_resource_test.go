package cert_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/pki"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// installCall asks the mail server for a certificate.
const installCall = "POST /ssl/letsencrypt/install"

func certConfig(hostname, more string) string {
	return fmt.Sprintf("\nresource \"postmaster_letsencrypt_cert\" \"c\" {\n  hostname = %q\n  %s\n}\n", hostname, more)
}

func TestLetsEncryptCertLifecycle(t *testing.T) {
	w := world.NewCert(t)
	kept := statecheck.CompareValue(compare.ValuesSame())
	replaced := statecheck.CompareValue(compare.ValuesDiffer())
	fingerprint := tfjsonpath.New("fingerprint_sha256")
	counts := func(want int) func() {
		return func() {
			if got := w.Installed(); got != want {
				t.Errorf("asked for %d certificates, want %d", got, want)
			}
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config: w.Provider() + certConfig("Mail.Example.com.", ""),
				ConfigPlanChecks: world.PreApply(
					plancheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/mail.example.com")),
					plancheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("endpoint"), knownvalue.StringExact("https://mail.example.com:443")),
					plancheck.ExpectUnknownValue(world.CertAddress, tfjsonpath.New("not_after")),
				),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("issuer"), knownvalue.StringExact("CN=Postmaster Sandbox CA,O=Postmaster Sandbox")),
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("renew_before_days"), knownvalue.Int64Exact(30)),
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("not_after"), world.RFC3339{}),
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("not_before"), world.RFC3339{}),
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("serial_number"), knownvalue.StringRegexp(regexp.MustCompile("^[0-9a-f]+$"))),
					kept.AddStateValue(world.CertAddress, fingerprint),
					replaced.AddStateValue(world.CertAddress, fingerprint),
				},
			},
			{ // another spelling of the same plans nothing
				PreConfig:        counts(1),
				Config:           w.Provider() + certConfig("mail.EXAMPLE.com", `endpoint = "HTTPS://mail.example.com"`),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{ // what concerns the renewal only asks for no other certificate
				Config: w.Provider() + certConfig("mail.example.com", "renew_before_days = 10\n endpoint = \"smtp://mail.example.com:587\""),
				ConfigPlanChecks: world.PreApply(
					plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectUnknownValue(world.CertAddress, fingerprint),
				),
				ConfigStateChecks: []statecheck.StateCheck{kept.AddStateValue(world.CertAddress, fingerprint)},
			},
			{ // an endpoint that is no longer set is the default again
				Config:            w.Provider() + certConfig("mail.example.com", ""),
				ConfigPlanChecks:  world.PreApply(plancheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("endpoint"), knownvalue.StringExact("https://mail.example.com:443"))),
				ConfigStateChecks: []statecheck.StateCheck{kept.AddStateValue(world.CertAddress, fingerprint)},
			},
			{
				ResourceName:            world.CertAddress,
				ImportState:             true,
				ImportStateId:           "mailserver/MAIL.example.com",
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: []string{"hostname"}, // kept as it was first spelled
			},
			{
				ResourceName:  world.CertAddress,
				ImportState:   true,
				ImportStateId: "mail.example.com",
				ExpectError:   world.Saying("not the id of a certificate"),
			},
			{ // another host gets a certificate in place
				PreConfig: counts(0),
				Config:    w.Provider() + certConfig("mx.example.com", ""),
				ConfigPlanChecks: world.PreApply(
					plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/mx.example.com")),
				),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.CertAddress, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/mx.example.com")),
					replaced.AddStateValue(world.CertAddress, fingerprint),
				},
			},
		},
	})
	counts(1)()
}

// After an import, a configuration that has only the hostname plans nothing.
func TestLetsEncryptCertImport(t *testing.T) {
	w := world.NewCert(t)
	w.Install(t, "mail.example.com")
	w.Installed()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config:           w.Provider() + certConfig("mail.example.com", `timeouts = null`),
			ResourceName:     world.CertAddress,
			ImportState:      true,
			ImportStateKind:  resource.ImportBlockWithID,
			ImportStateId:    "mailserver/mail.example.com",
			ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionNoop)}},
		}},
	})
	if got := w.Installed(); got != 0 {
		t.Errorf("asked for %d certificates", got)
	}
}

func TestLetsEncryptCertAdoptsWhatIsServed(t *testing.T) {
	w := world.NewCert(t)
	w.Install(t, "mail.example.com")
	w.Installed()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps:                    []resource.TestStep{{Config: w.Provider() + certConfig("mail.example.com", "")}},
	})
	if got := w.Installed(); got != 0 {
		t.Errorf("asked for %d certificates", got)
	}
}

const (
	other      = "\nresource \"terraform_data\" \"other\" {\n  input = %d\n}\n"
	untilDay31 = 59 * testkit.Days // of the sandbox's 90 days
)

// Saved plans are applied after the threshold has passed. Terraform plans again then, and refuses a
// different outcome.
func TestLetsEncryptCertPlannedOneDayAppliedTheNext(t *testing.T) {
	nextDay := func(w *world.Cert) plancheck.PlanCheck { return world.Between(func() { w.Pass(25 * time.Hour) }) }
	t.Run("nothing planned", func(t *testing.T) {
		w := world.NewCert(t)
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: w.Factories(),
			Steps: []resource.TestStep{
				{Config: w.Provider() + certConfig("mail.example.com", "") + fmt.Sprintf(other, 1)},
				{
					PreConfig:          func() { w.Pass(untilDay31); w.Installed() },
					Config:             w.Provider() + certConfig("mail.example.com", "") + fmt.Sprintf(other, 2),
					ConfigPlanChecks:   world.PreApply(plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionNoop), nextDay(w)),
					ExpectNonEmptyPlan: true, // the next plan is of another day
				},
			},
		})
		if got := w.Installed(); got != 0 {
			t.Errorf("asked for %d certificates, which nobody had planned", got)
		}
	})
	t.Run("adoption planned", func(t *testing.T) {
		w := world.NewCert(t)
		w.Install(t, "mail.example.com")
		w.Pass(untilDay31)
		w.Installed()
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: w.Factories(),
			Steps: []resource.TestStep{{
				Config:           w.Provider() + certConfig("mail.example.com", "") + fmt.Sprintf(other, 1),
				ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionCreate), nextDay(w)),
			}},
		})
		if got := w.Installed(); got != 1 {
			t.Errorf("asked for %d certificates; the one that was served had under 30 days left by then", got)
		}
	})
	t.Run("renewal planned", func(t *testing.T) {
		w := world.NewCert(t)
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: w.Factories(),
			Steps: []resource.TestStep{
				{Config: w.Provider() + certConfig("mail.example.com", "")},
				{
					PreConfig: func() { w.Pass(untilDay31 + 2*testkit.Days); w.Installed() },
					Config:    w.Provider() + certConfig("mail.example.com", ""),
					ConfigPlanChecks: world.PreApply(
						plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionUpdate),
						plancheck.ExpectUnknownValue(world.CertAddress, tfjsonpath.New("not_after")),
						nextDay(w),
					),
				},
			},
		})
		if got := w.Installed(); got != 1 {
			t.Errorf("asked for %d certificates, want 1", got)
		}
	})
	t.Run("renewal planned, and renewed by somebody else", func(t *testing.T) {
		w := world.NewCert(t)
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: w.Factories(),
			Steps: []resource.TestStep{
				{Config: w.Provider() + certConfig("mail.example.com", "")},
				{
					PreConfig: func() { w.Pass(untilDay31 + 2*testkit.Days) },
					Config:    w.Provider() + certConfig("mail.example.com", ""),
					ConfigPlanChecks: world.PreApply(
						plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionUpdate),
						world.Between(func() { w.Install(t, "mail.example.com"); w.Installed() }),
					),
				},
			},
		})
		if got := w.Installed(); got != 0 {
			t.Errorf("asked for %d certificates where a good one was served", got)
		}
	})
}

func TestLetsEncryptCertReplacesBadOnes(t *testing.T) {
	w := world.NewCert(t)
	upload := func(chain, key []byte) func() {
		return func() {
			client, err := kit.PartOf[*mailserver.Account](w.Services()).Client()
			if err != nil {
				t.Fatal(err)
			}
			if err := client.UploadCertificate(t.Context(), chain, key); err != nil {
				t.Fatal(err)
			}
			w.Installed()
		}
	}
	renewed := resource.TestStep{
		Config: w.Provider() + certConfig("mail.example.com", ""),
		ConfigPlanChecks: world.PreApply(
			plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionUpdate),
			plancheck.ExpectUnknownValue(world.CertAddress, tfjsonpath.New("issuer")),
			world.Between(func() {
				if got := w.Installed(); got != 0 {
					t.Errorf("asked for %d certificates while reading or planning", got)
				}
			}),
		),
	}
	selfSigned, unreadable := renewed, renewed
	stranger := testkit.IssueCertificate(t, nil, "mail.example.com")
	selfSigned.PreConfig = upload([]byte(testkit.ChainPEM(stranger)), []byte(testkit.KeyPEM(t, stranger)))
	// The mail server loses its files when an upload has none, and TLS fails.
	unreadable.PreConfig = func() {
		if got := w.Installed(); got != 1 {
			t.Errorf("asked for %d certificates in place of the self-signed one, want 1", got)
		}
		w.LoseCertificate(t)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: w.Provider() + certConfig("mail.example.com", "")},
			selfSigned,
			unreadable,
		},
	})
	if got := w.Installed(); got != 1 {
		t.Errorf("asked for %d certificates at the end, want 1", got)
	}
}

func TestLetsEncryptCertThatNeverArrives(t *testing.T) {
	w := world.NewCert(t)
	w.With(t, map[string]bool{mailserversim.SwitchCertificatesNeverArrive: true})
	config := w.Provider() + certConfig("mail.example.com", `timeouts = { create = "200ms" }`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config, ExpectError: world.Saying("it is issued for localhost, not for mail.example.com")},
			{ // nothing was saved: the next apply creates, without a taint
				PreConfig:        func() { w.With(t, nil) },
				Config:           config,
				ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.CertAddress, plancheck.ResourceActionCreate)),
			},
		},
	})
}

func TestLetsEncryptCertRefusedAtPlan(t *testing.T) {
	w := world.NewCert(t)
	for name, test := range map[string]struct{ config, want string }{
		"hostname of one label": {certConfig("mail", ""), "one label only"},
		"wildcard":              {certConfig("*.example.com", ""), "not allowed"},
		"endpoint":              {certConfig("mail.example.com", `endpoint = "mail.example.com:443"`), "an endpoint looks like"},
		"no days":               {certConfig("mail.example.com", `renew_before_days = 0`), "at least 1"},
		"timeout":               {certConfig("mail.example.com", `timeouts = { create = "soon" }`), "soon"},
	} {
		t.Run(name, func(t *testing.T) {
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: w.Factories(),
				Steps:                    []resource.TestStep{{Config: w.Provider() + test.config, PlanOnly: true, ExpectError: world.Saying(test.want)}},
			})
		})
	}
}

// A host that cannot be reached is an error, and the state stays as it is. The test works over real
// sockets.
func TestLetsEncryptCertOfAHostThatIsDown(t *testing.T) {
	s := world.StartMailServer(t)
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	authority := pki.New(st)
	chain, key, err := authority.Issue([]string{"mail.example.com"}, 90*testkit.Days, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := authority.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, root, 0o600); err != nil {
		t.Fatal(err)
	}
	var listener net.Listener
	listen := func(address string) {
		if listener, err = tls.Listen("tcp", address, &tls.Config{Certificates: []tls.Certificate{pair}}); err != nil {
			t.Fatal(err)
		}
		go func(l net.Listener) {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				conn.(*tls.Conn).Handshake()
				conn.Close()
			}
		}(listener)
	}
	listen("127.0.0.1:0")
	address := listener.Addr().String()
	config := fmt.Sprintf("\nprovider \"postmaster\" {\n  mailserver = {\n    url = %q\n    username = %q\n    password = %q\n    ca_file = %q\n  }\n}\n",
		s.URL, mailserversim.Username, mailserversim.Password, caFile) + certConfig("mail.example.com", fmt.Sprintf("endpoint = \"https://%s\"", address))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{PreConfig: func() { listener.Close() }, Config: config, ExpectError: world.Saying("was not asked for another one")},
			{PreConfig: func() { listen(address) }, Config: config},
			{PreConfig: func() { listener.Close() }, Config: config, ExpectError: world.Saying("stays in the state")},
			{PreConfig: func() { listen(address) }, Config: config, ConfigPlanChecks: world.EmptyPlan},
		},
	})
	listener.Close()
	if slices.Contains(s.CallsSoFar(), installCall) {
		t.Error("the mail server was asked for a certificate")
	}
}
