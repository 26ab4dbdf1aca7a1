package mailserverapi_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// hash spares the simulated server a thousand rounds of md5-crypt.
var hash = mailserverapi.Credential{Value: "$1$invented$abcdefghijklmnopqrstu.", Hashed: true}

// A thousand accounts must cost neither a list nor a second call each.
func TestBulkAccountsNeedFewLists(t *testing.T) {
	s := newSimulation(t)
	names := domainNames(20)
	s.seed(names...)
	const n = 1000
	email := func(i int) string { return fmt.Sprintf("u%d@%s", i/len(names), names[i%len(names)]) }
	lists := func() int { return s.count("GET /domains") + s.count("GET /users/ID") }

	creator := s.client()
	inParallel(t, 10, n, func(ctx context.Context, i int) error { return creator.CreateAccount(ctx, email(i), hash) })
	if got := len(s.state().Accounts); got != n+len(names) {
		t.Errorf("the server has %d accounts, want %d", got, n+len(names))
	}
	if got := s.count("POST /users/ID"); got != n {
		t.Errorf("%d creations sent for %d accounts", got, n)
	}
	if lists() >= n/5 {
		t.Errorf("%d lists for %d creations", lists(), n)
	}

	s.reset()
	reader := s.client()
	inParallel(t, 10, n, func(ctx context.Context, i int) error {
		_, err := reader.Account(ctx, email(i))
		return err
	})
	if got := s.total(); got > len(names)+2 {
		t.Errorf("%d calls to read %d accounts in %d domains", got, n, len(names))
	}

	s.reset()
	changer := s.client()
	inParallel(t, 10, 100, func(ctx context.Context, i int) error { return changer.SetPassword(ctx, email(i), hash) })
	// One list for those that Terraform changes together.
	if lists() > len(names)+1+20 {
		t.Errorf("%d lists to change 100 passwords in %d domains", lists(), len(names))
	}

	s.reset()
	deleter := s.client()
	inParallel(t, 10, n, func(ctx context.Context, i int) error { return deleter.DeleteAccount(ctx, email(i)) })
	if got := len(s.state().Accounts); got != len(names) {
		t.Errorf("%d accounts are left, want the %d first ones", got, len(names))
	}
	if got := s.count("DELETE /users"); got != n {
		t.Errorf("%d deletions sent for %d accounts", got, n)
	}
	if lists() >= n/5 {
		t.Errorf("%d lists for %d deletions", lists(), n)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Settings: map[string]string{mailserversim.SettingDKIMBits: "1024"}})
	names := domainNames(30)
	// Two processes of one machine.
	folder := t.TempDir()
	share := func(c *mailserverapi.Config) { c.LockDir = folder }
	clients := []*mailserverapi.Client{s.client(share), s.client(share)}

	inParallel(t, 30, 60, func(ctx context.Context, i int) error {
		name := names[i/2]
		_, err := clients[i%2].CreateDomain(ctx, name, "postmaster@"+name, password)
		if errors.Is(err, api.ErrConflict) {
			return nil
		}
		return err
	})
	if got := len(s.state().Domains); got != len(names) {
		t.Fatalf("the server has %d domains, want each of %d once", got, len(names))
	}
	inParallel(t, 30, 50, func(ctx context.Context, i int) error {
		return clients[i%2].CreateAccount(ctx, fmt.Sprintf("u%d@%s", i, names[i%3]), hash)
	})
	if got := len(s.state().Accounts); got != 50+len(names) {
		t.Errorf("the server has %d accounts, want %d", got, 50+len(names))
	}
	inParallel(t, 30, len(names), func(ctx context.Context, i int) error {
		_, err := clients[i%2].AddDKIMKey(ctx, names[i])
		return err
	})
	tables := s.state().DKIM
	if len(tables.KeyTable) != len(names) || len(tables.SigningTable) != len(names) {
		t.Errorf("the DKIM tables have %d and %d entries, want %d: parallel adds lose some",
			len(tables.KeyTable), len(tables.SigningTable), len(names))
	}
	if got := s.count("POST /dkim/add-new-domain"); got != len(names) {
		t.Errorf("%d keys made for %d domains", got, len(names))
	}
	inParallel(t, 30, len(names), func(ctx context.Context, i int) error { return clients[0].DeleteDomain(ctx, names[i]) })
	if got := len(s.state().Domains); got != 0 {
		t.Errorf("%d domains are left", got)
	}
}
