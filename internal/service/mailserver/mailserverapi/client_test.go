package mailserverapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

func TestDangerousInputIsNotSent(t *testing.T) {
	s := newScripted(t)
	c := s.client()
	ctx := t.Context()
	for _, email := range []string{
		"", "@example.com", "alice", "alice@", "../bob@example.com", "a/b@example.com", `a\b@example.com`, ".@example.com",
		"..@example.com", ".a@example.com", "a.@example.com", "a..b@example.com", "a b@example.com", `"a"@example.com`,
		"a'b@example.com", "a`b@example.com", "a\x00@example.com", "ä@example.com", "a@../example.com", "a@example..com", "a@-x.example",
	} {
		if err := c.CreateAccount(ctx, email, password); err == nil {
			t.Errorf("created %q", email)
		}
		if err := c.SetPassword(ctx, email, password); err == nil {
			t.Errorf("set a password for %q", email)
		}
		if err := c.DeleteAccount(ctx, email); err == nil {
			t.Errorf("deleted %q", email)
		}
		if _, err := c.Account(ctx, email); err == nil || isNotFound(err) {
			t.Errorf("looked for %q: %v", email, err)
		}
	}
	for _, name := range []string{"", ".", "..", "example.com/..", "*", "a b.example", "bücher.example", strings.Repeat("a.", 127) + "example"} {
		if _, err := c.CreateDomain(ctx, name, "postmaster@"+name, password); err == nil {
			t.Errorf("created %q", name)
		}
		if err := c.DeleteDomain(ctx, name); err == nil {
			t.Errorf("deleted %q", name)
		}
		if _, err := c.ExportDomain(ctx, name); err == nil {
			t.Errorf("exported %q", name)
		}
		if _, err := c.AddDKIMKey(ctx, name); err == nil {
			t.Errorf("made a key for %q", name)
		}
	}
	for _, credential := range []mailserverapi.Credential{
		{}, {Value: "-secret"}, {Value: "null\x00byte"}, {Hashed: true}, {Value: "secret", Hashed: true},
		{Value: "$6$invented$abcdefghijklmnopqrstuvwxyz", Hashed: true}, {Value: "$1$invented$tooshort", Hashed: true},
		{Value: "$1$muchtoolong$abcdefghijklmnopqrstu.", Hashed: true}, {Value: hash.Value + "\n", Hashed: true},
	} {
		err := c.CreateAccount(ctx, "a@example.com", credential)
		if err == nil || credential.Value != "" && strings.Contains(err.Error(), credential.Value) {
			t.Errorf("credential refused with %v", err)
		}
		if err := c.SetPassword(ctx, "a@example.com", credential); err == nil {
			t.Error("an unusable password was set")
		}
		if _, err := c.CreateDomain(ctx, "example.com", "a@example.com", credential); err == nil {
			t.Error("a domain was created with an unusable password")
		}
	}
	if _, err := c.CreateDomain(ctx, "example.com", "a@example.com", hash); err == nil {
		t.Error("a domain was created with a hash")
	}
	if _, err := c.CreateDomain(ctx, "example.com", "a@example.org", password); err == nil {
		t.Error("a domain was created with another domain's account")
	}
	if len(s.calls) != 0 {
		t.Errorf("calls made: %q", s.calls)
	}
}

func TestCredentialIsNotShown(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "credential", password, "hash", hash)
	text := fmt.Sprintf("%v %+v %#v %s %q", password, password, password, hash, hash) + log.String()
	for _, c := range []mailserverapi.Credential{password, hash} {
		if strings.Contains(text, c.Value) {
			t.Errorf("shown: %s", text)
		}
	}
}

// A creation that has begun ends although the run is stopped: otherwise nobody
// would know of the account.
func TestCreationEndsAfterTheRunIsStopped(t *testing.T) {
	s := newScripted(t)
	ctx, stop := context.WithCancel(t.Context())
	s.says("GET /domains", oneDomain, strings.Replace(oneDomain, "50", "51", 1))
	s.does("POST /users/2", func(w http.ResponseWriter, _ *http.Request) {
		stop()
		_, _ = io.WriteString(w, `{"result":true}`)
	})
	c := s.client()
	if err := c.CreateAccount(ctx, "a@example.com", password); err != nil {
		t.Errorf("begun before the end: %v", err)
	}
	if err := c.CreateAccount(ctx, "b@example.com", password); !errors.Is(err, context.Canceled) {
		t.Errorf("begun after the end: %v", err)
	}
	if n := s.count("POST /users/2"); n != 1 {
		t.Errorf("%d creations sent, want 1", n)
	}
}

// It does not go on for ever.
func TestCreationIsGivenUpInTheEnd(t *testing.T) {
	s := newScripted(t)
	ctx, stop := context.WithCancel(t.Context())
	s.says("GET /domains", oneDomain)
	s.does("POST /users/2", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices an end only behind the body
		stop()
		<-r.Context().Done()
	})
	c := s.client(func(cfg *mailserverapi.Config) { cfg.Grace, cfg.Timeout = time.Millisecond, 10*time.Second })
	err := c.CreateAccount(ctx, "a@example.com", password)
	wantError(t, err, api.ErrOutcomeUnknown)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("not given up, but %v", err)
	}
}

// Whoever stops waiting for a lock leaves it to the others.
func TestLocks(t *testing.T) {
	s := newScripted(t)
	s.says("GET /domains", oneDomain)
	began, proceed := make(chan struct{}), make(chan struct{})
	s.does("POST /dkim/add-new-domain", func(w http.ResponseWriter, _ *http.Request) {
		began <- struct{}{}
		<-proceed
		_, _ = io.WriteString(w, `{"result":true,"public":"zone text"}`)
	})
	folder := filepath.Join(t.TempDir(), "locks")
	share := func(cfg *mailserverapi.Config) { cfg.LockDir = folder }
	first, second := s.client(share), s.client(share)
	done := make(chan error)
	go func() {
		_, err := first.AddDKIMKey(t.Context(), "example.com")
		done <- err
	}()
	<-began
	for _, c := range []*mailserverapi.Client{first, second} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := c.AddDKIMKey(ctx, "example.com"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second key beside the first: %v", err)
		}
		cancel()
	}
	close(proceed)
	if err := <-done; err != nil {
		t.Error(err)
	}
	go func() { <-began }()
	if _, err := second.AddDKIMKey(t.Context(), "example.com"); err != nil {
		t.Errorf("once the lock is free: %v", err)
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	blocked := s.client(func(cfg *mailserverapi.Config) { cfg.LockDir = file })
	_, err := blocked.AddDKIMKey(t.Context(), "example.com")
	wantError(t, err, nil, file, "Nothing was sent")
}
