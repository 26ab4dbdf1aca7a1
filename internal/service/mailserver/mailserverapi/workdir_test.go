package mailserverapi_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// Two processes of one machine make keys and export domains, as wide as Terraform goes. Each key
// has to be readable by the signer, and to be in its tables.
func TestKeysBesideExports(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Settings: map[string]string{mailserversim.SettingDKIMBits: "1024"}})
	names := domainNames(30)
	s.seed(names...)
	folder := t.TempDir()
	share := func(c *mailserverapi.Config) { c.LockDir = folder }
	clients := []*mailserverapi.Client{s.client(share), s.client(share)}
	inParallel(t, 60, 60, func(ctx context.Context, i int) error {
		var err error
		if i%2 == 0 {
			_, err = clients[i/2%2].AddDKIMKey(ctx, names[i/2])
		} else {
			_, err = clients[(i/2+1)%2].ExportDomain(ctx, names[i/2])
		}
		return err
	})
	dkim := s.state().DKIM
	if len(dkim.Unreadable) != 0 {
		t.Errorf("the signer cannot read %d of %d keys: %q", len(dkim.Unreadable), len(names), dkim.Unreadable)
	}
	if len(dkim.KeyTable) != len(names) || len(dkim.SigningTable) != len(names) || len(s.state().Archives) != len(names) {
		t.Errorf("%d and %d entries, %d archives", len(dkim.KeyTable), len(dkim.SigningTable), len(s.state().Archives))
	}
}

// Whoever's answer is lost holds the lock on: the server is still at work.
func TestLockOutlastsALostAnswer(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	const settle = 300 * time.Millisecond
	folder := t.TempDir()
	share := func(c *mailserverapi.Config) { c.LockDir, c.Settle = folder, settle }
	s.breakOnce("POST", "/dkim/add-new-domain", fault.Cut)
	var lost time.Time
	s.after("POST /dkim/add-new-domain", func() { lost = time.Now() })
	failed := make(chan error)
	go func() {
		_, err := s.client(share).AddDKIMKey(t.Context(), "example.com")
		failed <- err
	}()
	for s.count("POST /dkim/add-new-domain") == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := s.client(share).ExportDomain(t.Context(), "example.org"); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	wantError(t, <-failed, api.ErrOutcomeUnknown)
	if waited := ended.Sub(lost); waited < settle {
		t.Errorf("the export ran %s after the answer was lost", waited)
	}
}

// A process was killed while the server was at work: the next one gives it time, once.
func TestMarkOfAKilledProcess(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	const settle = 300 * time.Millisecond
	folder := t.TempDir()
	share := func(c *mailserverapi.Config) { c.LockDir, c.Settle = folder, settle }
	export := func() time.Duration {
		start := time.Now()
		if _, err := s.client(share).ExportDomain(t.Context(), "example.com"); err != nil {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	export()
	marks, err := filepath.Glob(filepath.Join(folder, "*.mark"))
	if err != nil || len(marks) != 1 {
		t.Fatalf("marks %q, %v", marks, err)
	}
	if info, err := os.Stat(marks[0]); err != nil || info.Size() != 0 {
		t.Fatalf("a mark is left: %v, %v", info, err)
	}
	if err := os.WriteFile(marks[0], []byte("busy"), 0o600); err != nil {
		t.Fatal(err)
	}
	if took := export(); took < settle {
		t.Errorf("the next call took %s", took)
	}
	if took := export(); took >= settle {
		t.Errorf("the one after it took %s", took)
	}
}

// A link that somebody put in the place of a lock is not followed.
func TestLockIsNoLink(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	folder, target := t.TempDir(), filepath.Join(t.TempDir(), "file")
	share := func(c *mailserverapi.Config) { c.LockDir = folder }
	if _, err := s.client(share).ExportDomain(t.Context(), "example.com"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "mailserver-*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %q, %v", files, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, file); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.client(share).ExportDomain(t.Context(), "example.com")
	wantError(t, err, nil, folder, "Nothing was sent")
	if _, err := os.Stat(target); err == nil {
		t.Error("the link was followed")
	}
}

// All spellings of a server's address are one server.
func TestLockIsTheServers(t *testing.T) {
	for _, other := range []string{"http://127.0.0.1:8081/", "HTTP://127.0.0.1:8081"} {
		if got, want := serverLocks(t, other), serverLocks(t, "http://127.0.0.1:8081"); got != want {
			t.Errorf("%s has the lock %s, want %s", other, got, want)
		}
	}
	if serverLocks(t, "http://127.0.0.1:8081") == serverLocks(t, "http://127.0.0.1:8082") {
		t.Error("two servers have one lock")
	}
}

// serverLocks is the name of the lock of a server that does not answer.
func serverLocks(t *testing.T, address string) string {
	t.Helper()
	u, err := api.ParseBaseURL(address, false)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	c := mailserverapi.New(mailserverapi.Config{URL: u, Username: "u", Password: "p", LockDir: folder, RetryWaitMin: 1, Timeout: time.Second})
	_ = c.DeleteDomain(t.Context(), "example.com")
	files, err := filepath.Glob(filepath.Join(folder, "*.lock"))
	if err != nil || len(files) != 1 {
		t.Fatalf("locks %q, %v", files, err)
	}
	return strings.TrimSuffix(filepath.Base(files[0]), ".lock")
}
