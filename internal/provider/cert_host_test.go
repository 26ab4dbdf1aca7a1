package provider

import (
	"crypto/tls"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// days is the length of a day.
const days = 24 * time.Hour

// certHost is a simulated host with certificates, on a clock that tests move.
type certHost struct {
	box  *sandbox.Sandbox
	file string

	mu       sync.Mutex
	offset   time.Duration
	installs int
	asked    func() // called when a certificate has been asked for; may be nil
}

func newCertHost(t *testing.T) *certHost {
	t.Helper()
	w := &certHost{file: filepath.Join(t.TempDir(), "sandbox.json")}
	box, err := sandbox.Open(sandbox.Options{Services: []sandbox.Simulate{simulatedMailServer}, Path: w.file, Now: w.now, Observe: func(_, method, path string, _ int) {
		if method+" "+path == "POST /ssl/letsencrypt/install" {
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

// with puts the host under switches; certificates arrive at once.
func (w *certHost) with(t *testing.T, switches map[string]bool) {
	t.Helper()
	err := w.box.SetConditions(mailserversim.Section, fault.Conditions{
		Switches: switches,
		Settings: map[string]string{mailserversim.SettingCertificateDelay: "0s"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *certHost) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *certHost) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// installed is how often a certificate was asked for since the
// last time this was called.
func (w *certHost) installed() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.installs
	w.installs = 0
	return n
}

// adjust has a run work on the host.
func (w *certHost) adjust(s *Run) {
	s.EnterSandbox(w.box, w.file)
	s.Now = w.now
}

// look has a host serve its certificate.
func (w *certHost) look(t *testing.T, host string) {
	t.Helper()
	conn, err := w.box.DialContext(t.Context(), "tcp", host+":443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()                                                                                                              //nolint:errcheck // nothing was sent
	if err := tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil { //nolint:gosec // whatever is served
		t.Fatal(err)
	}
}

// loseCertificate leaves the mail server as an upload without files does: TLS fails.
func (w *certHost) loseCertificate(t *testing.T) {
	t.Helper()
	st, err := store.Open(w.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Update(st, mailserversim.Section, func(s *mailserversim.State) error {
		s.Certificates = mailserversim.Certificates{Other: mailserversim.Missing}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// run is one that knows no services, and works on the host.
func (w *certHost) run() *Run {
	run := NewRun("test", nil)
	w.adjust(run)
	return run
}

// client calls the host's service.
func (w *certHost) client() (*mailserverapi.Client, error) {
	run := w.run()
	address, err := run.SimulatedURL(mailserversim.Section, "")
	if err != nil {
		return nil, err
	}
	folder, err := w.box.LockFolder()
	if err != nil {
		return nil, err
	}
	return mailserverapi.New(mailserverapi.Config{
		URL: address, Transport: w.box.Transport(), LockDir: folder, UserAgent: run.UserAgent,
		Username: mailserversim.Username, Password: mailserversim.Password,
	}), nil
}

// simulatedMailServer is the service whose certificates the host serves.
func simulatedMailServer(env sandbox.Env) sandbox.Simulation {
	service := mailserversim.New(mailserversim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(mailserversim.Section), Issue: env.Issue})
	return sandbox.Simulation{Service: service, Certificate: service.Certificate}
}
