package testkit

import (
	"crypto/tls"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// Days is the length of one day.
const Days = 24 * time.Hour

// CertHost is a simulated host with certificates. Tests can move its clock.
type CertHost struct {
	Box  *sandbox.Sandbox
	File string

	mu       sync.Mutex
	offset   time.Duration
	installs int
	Asked    func() // called when a certificate has been requested; may be nil
}

// NewCertHost returns a host in a new sandbox, which is closed at the end of the test.
func NewCertHost(t *testing.T) *CertHost {
	t.Helper()
	w := &CertHost{File: filepath.Join(t.TempDir(), "sandbox.json")}
	box, err := sandbox.Open(sandbox.Options{Services: []sandbox.Simulate{simulatedMailServer}, Path: w.File, Now: w.now, Observe: func(_, method, path string, _ int) {
		if method+" "+path == "POST /ssl/letsencrypt/install" {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.installs++
			if w.Asked != nil {
				w.Asked()
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.Box = box
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	w.With(t, nil)
	return w
}

// With sets the switches of the host's conditions. Requested certificates arrive at once.
func (w *CertHost) With(t *testing.T, switches map[string]bool) {
	t.Helper()
	err := w.Box.SetConditions(mailserversim.Section, fault.Conditions{
		Switches: switches,
		Settings: map[string]string{mailserversim.SettingCertificateDelay: "0s"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *CertHost) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

// Pass moves the clock of the host forward.
func (w *CertHost) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// Installed returns how often a certificate was requested since the last call of Installed.
func (w *CertHost) Installed() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.installs
	w.installs = 0
	return n
}

// Adjust makes a run use the sandbox and the clock of the host.
func (w *CertHost) Adjust(s *kit.Run) {
	s.EnterSandbox(w.Box, w.File)
	s.Now = w.now
}

// Look connects to a host, which makes the sandbox serve its certificate.
func (w *CertHost) Look(t *testing.T, host string) {
	t.Helper()
	conn, err := w.Box.DialContext(t.Context(), "tcp", host+":443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()                                                                                                              //nolint:errcheck // nothing was sent
	if err := tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil { //nolint:gosec // whatever is served
		t.Fatal(err)
	}
}

// LoseCertificate leaves the mail server without a certificate, as an upload without files does.
// TLS then fails.
func (w *CertHost) LoseCertificate(t *testing.T) {
	t.Helper()
	st, err := store.Open(w.File)
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

// Run returns a run without services that uses the host.
func (w *CertHost) Run() *kit.Run {
	run := kit.NewRun("test", nil)
	w.Adjust(run)
	return run
}

// Client returns a client of the host's mail server.
func (w *CertHost) Client() (*mailserverapi.Client, error) {
	run := w.Run()
	address, err := run.SimulatedURL(mailserversim.Section, "")
	if err != nil {
		return nil, err
	}
	folder, err := w.Box.LockFolder()
	if err != nil {
		return nil, err
	}
	return mailserverapi.New(mailserverapi.Config{
		URL: address, Transport: w.Box.Transport(), LockDir: folder, UserAgent: run.UserAgent,
		Username: mailserversim.Username, Password: mailserversim.Password,
	}), nil
}

// simulatedMailServer makes the simulation of the mail server whose certificates the host serves.
func simulatedMailServer(env sandbox.Env) sandbox.Simulation {
	service := mailserversim.New(mailserversim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(mailserversim.Section), Issue: env.Issue})
	return sandbox.Simulation{Service: service, Certificate: service.Certificate}
}
