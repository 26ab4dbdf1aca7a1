package cert

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

func TestRenewalThreshold(t *testing.T) {
	for _, test := range []struct {
		days     int64
		lifetime time.Duration
		want     time.Duration
	}{
		{30, 90 * testkit.Days, 30 * testkit.Days},
		{29, 90 * testkit.Days, 29 * testkit.Days},
		{31, 90 * testkit.Days, 30 * testkit.Days},
		{30, 6 * testkit.Days, 2 * testkit.Days},
		{1, 6 * testkit.Days, 1 * testkit.Days},
		{1, 36 * time.Hour, 12 * time.Hour},
		{30, 365 * testkit.Days, 30 * testkit.Days},
		{1 << 62, 90 * testkit.Days, 30 * testkit.Days}, // more than a Duration holds
	} {
		if got := renewalThreshold(test.days, test.lifetime); got != test.want {
			t.Errorf("%d days of a lifetime of %s: %s, want %s", test.days, test.lifetime, got, test.want)
		}
	}
}

func TestRenewalReason(t *testing.T) {
	leaf := testkit.IssueCertificate(t, nil, "mail.example.com").Certificate
	host := certificateHost{renewBeforeDays: 30}
	at := func(left time.Duration) look {
		return look{served: &tlsprobe.Served{Leaf: leaf, At: leaf.NotAfter.Add(-left)}}
	}
	for name, test := range map[string]struct {
		found look
		want  string // "": good
	}{
		"31 days":          {at(31 * testkit.Days), ""},
		"30 days":          {at(30 * testkit.Days), ""},
		"a second less":    {at(30*testkit.Days - time.Second), "in 29 days, and is renewed 30 days before"},
		"one hour":         {at(time.Hour), "in 1h0m0s"},
		"refused":          {look{served: at(60 * testkit.Days).served, problem: "nobody trusts it"}, "nobody trusts it"},
		"nothing to serve": {look{problem: "no certificate"}, "no certificate"},
	} {
		got := test.found.renewalReason(host)
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func resourceAt(w *testkit.CertHost) *letsEncryptResource {
	services := []Service{certificateService{host: w}}
	return &letsEncryptResource{base: base{Base: kit.Base{Run: w.Run()}, services: services}, interval: 5 * time.Millisecond}
}

var mailHost = certificateHost{
	name:            "mail.example.com",
	endpoint:        tlsprobe.Endpoint{Scheme: tlsprobe.SMTP, Host: "mail.example.com", Port: 25},
	renewBeforeDays: 30,
}

func TestObtainWaitsUntilItIsServed(t *testing.T) {
	w := testkit.NewCertHost(t)
	if err := w.Box.SetConditions(mailserversim.Section, fault.Conditions{Settings: map[string]string{mailserversim.SettingCertificateDelay: "50ms"}}); err != nil {
		t.Fatal(err)
	}
	var diags diag.Diagnostics
	found, ok := resourceAt(w).obtain(t.Context(), mailHost, time.Minute, &diags)
	if !ok || diags.HasError() {
		t.Fatal(diags)
	}
	if found.served.Problem != nil || found.served.Leaf.VerifyHostname("mail.example.com") != nil {
		t.Errorf("obtained %+v", found.served)
	}
	if n := w.Installed(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestObtainGivesUp(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, *testkit.CertHost)
		want    []string
	}{
		"self-signed all along": {func(*testing.T, *testkit.CertHost) {}, []string{
			"within 3s no good one was served", "hosts:       localhost", "issuer:      CN=localhost", "fingerprint: ",
			"it is issued for localhost, not for mail.example.com", "clients do not trust its issuer",
			`answered "Changes will be applied in few minutes"`,
			"The server was asked for a certificate for mail.example.com", "The server has nothing to say of mail.example.com. The next apply looks at the endpoint first",
		}},
		"too old all along": {func(t *testing.T, w *testkit.CertHost) {
			w.With(t, nil)
			if _, err := (hostCertificates{w}).Order(t.Context(), mailHost.name); err != nil {
				t.Fatal(err)
			}
			if _, err := resourceAt(w).Look(t.Context(), mailHost); err != nil { // it arrives when looked for
				t.Fatal(err)
			}
			w.With(t, map[string]bool{mailserversim.SwitchCertificatesNeverArrive: true})
			w.Pass(80 * testkit.Days)
		}, []string{
			"hosts:       mail.example.com", "issuer:      CN=Postmaster Sandbox CA", "in 9 days, and is renewed 30 days before",
		}},
		"no certificate at all": {func(t *testing.T, w *testkit.CertHost) { w.LoseCertificate(t) }, []string{
			"the host answers, but has no certificate to show",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for the whole time
			w := testkit.NewCertHost(t)
			w.With(t, map[string]bool{mailserversim.SwitchCertificatesNeverArrive: true})
			test.prepare(t, w)
			w.Installed()
			var diags diag.Diagnostics
			if _, ok := resourceAt(w).obtain(t.Context(), mailHost, 3*time.Second, &diags); ok {
				t.Fatal("a certificate was obtained")
			}
			text := testkit.ErrorText(diags)
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing in\n%s", want, text)
				}
			}
			if n := w.Installed(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestObtainStopsAtOnce(t *testing.T) {
	w := testkit.NewCertHost(t)
	w.With(t, map[string]bool{mailserversim.SwitchCertificatesNeverArrive: true})
	r := resourceAt(w)
	r.interval = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	w.Asked = cancel
	var diags diag.Diagnostics
	if _, ok := r.obtain(ctx, mailHost, 2*time.Hour, &diags); ok {
		t.Fatal("a certificate was obtained")
	}
	if text := testkit.ErrorText(diags); !strings.Contains(text, "Stopped while waiting") && !strings.Contains(text, "context canceled") {
		t.Error(text)
	}
}

// undecidedCertificates belong to a service whose trusted authorities are not known yet.
type undecidedCertificates struct{ certificateService }

func (undecidedCertificates) Certificates(*kit.Run) Certificates { return undecidedRoots{} }

type undecidedRoots struct{ hostCertificates }

func (undecidedRoots) Roots() (*x509.CertPool, error) { return nil, errors.New("not known yet") }

func TestLookWaitsForWhatDecides(t *testing.T) {
	r := &letsEncryptResource{base: base{Base: kit.Base{Run: kit.NewRun("test", nil)}, services: []Service{undecidedCertificates{}}}}
	if _, err := r.Look(t.Context(), mailHost); err == nil || err.Error() != "not known yet" {
		t.Errorf("the error is %v", err)
	}
}
