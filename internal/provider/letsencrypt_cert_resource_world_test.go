package provider

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	sandboxmail "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// certWorld is a sandbox with its provider, on one clock that tests move.
type certWorld struct {
	box  *sandbox.Sandbox
	file string

	mu       sync.Mutex
	offset   time.Duration
	installs int
	asked    func() // called when the mail server has been asked for a certificate; may be nil
}

func newCertWorld(t *testing.T) *certWorld {
	t.Helper()
	w := &certWorld{file: filepath.Join(t.TempDir(), "sandbox.json")}
	box, err := sandbox.Open(sandbox.Options{Services: Simulated(), Path: w.file, Now: w.now, Observe: func(_, method, path string, _ int) {
		if method+" "+path == installCall {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.installs++
			if w.asked != nil {
				w.asked()
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.box = box
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	w.with(t, nil)
	return w
}

// with puts the mail server under switches; certificates arrive at once.
func (w *certWorld) with(t *testing.T, switches map[string]bool) {
	t.Helper()
	err := w.box.SetConditions(sandboxmail.Section, fault.Conditions{
		Switches: switches,
		Settings: map[string]string{sandboxmail.SettingCertificateDelay: "0s"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *certWorld) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *certWorld) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// installed is how often the mail server was asked for a certificate since the
// last time this was called.
func (w *certWorld) installed() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.installs
	w.installs = 0
	return n
}

// services are what a provider in this world works with.
func (w *certWorld) services() *Run {
	s := testRun()
	w.adjust(s)
	return s
}

func (w *certWorld) adjust(s *Run) {
	s.EnterSandbox(w.box, w.file)
	s.Now = w.now
}

func (w *certWorld) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": providerserver.NewProtocol6WithError(NewWith("test", Hooks{Adjust: w.adjust})()),
	}
}

func (w *certWorld) provider() string {
	return fmt.Sprintf("\nprovider \"postmaster\" {\n  sandbox = {\n    path = %q\n  }\n}\n", w.file)
}

// install is somebody else who gets a certificate for the mail server.
func (w *certWorld) install(t *testing.T, hostname string) {
	t.Helper()
	client, err := PartOf[*mailServerAccount](w.services()).Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.InstallLetsEncrypt(t.Context(), hostname); err != nil {
		t.Fatal(err)
	}
}

// loseCertificate leaves the mail server as an upload without files does: TLS fails.
func (w *certWorld) loseCertificate(t *testing.T) {
	t.Helper()
	st, err := store.Open(w.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Update(st, sandboxmail.Section, func(s *sandboxmail.State) error {
		s.Certificates = sandboxmail.Certificates{Other: sandboxmail.Missing}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
