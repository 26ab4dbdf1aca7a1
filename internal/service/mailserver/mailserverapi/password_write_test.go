package mailserverapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// hashOf is what the server has stored for an account, once its background work is done.
func (s *simulation) hashOf(email string) string {
	s.t.Helper()
	time.Sleep(60 * time.Millisecond) // more than its background work takes
	if _, err := s.client().Domains(s.t.Context()); err != nil && !errors.Is(err, mailserverapi.ErrNoDomains) {
		s.t.Fatal(err)
	}
	for _, a := range s.state().Accounts {
		if a.Email == email {
			return a.PasswordHash
		}
	}
	return ""
}

// The server says "success" to each of these, and changes nothing.
func TestSetPasswordIsNotBelieved(t *testing.T) {
	drop := func(st *mailserversim.State) {
		st.Accounts = slices.DeleteFunc(st.Accounts, func(a mailserversim.Account) bool { return a.Email == alice })
	}
	for name, c := range map[string]struct {
		before func(*simulation) // after the client has seen the account
		while  func(*simulation) // before the answer
		is     error
		says   []string
	}{
		"database down before": {
			before: func(s *simulation) { s.switchOn(mailserversim.SwitchDatabaseDown) },
			is:     api.ErrOutcomeUnknown, says: []string{"no domain at all", "database", "once more"},
		},
		"database down right after the answer": {
			while: func(s *simulation) { s.switchOn(mailserversim.SwitchDatabaseDown) },
			is:    api.ErrOutcomeUnknown, says: []string{"database", "once more"},
		},
		"account deleted": {
			before: func(s *simulation) { s.insert(drop) },
			is:     api.ErrNotFound, says: []string{"deleted at the same time"},
		},
		"account deleted and another one made": {
			before: func(s *simulation) {
				s.insert(drop)
				s.addAccount(1, "bob@example.com")
				s.addAccount(1, "carol@example.com")
			},
			is: api.ErrNotFound,
		},
		"account made anew": {
			before: func(s *simulation) { s.insert(drop); s.addAccount(1, alice); s.addAccount(1, "bob@example.com") },
			is:     api.ErrOutcomeUnknown, says: []string{"created again"},
		},
		"domain deleted": {
			before: func(s *simulation) {
				s.insert(func(st *mailserversim.State) { st.Domains, st.Accounts = st.Domains[1:], st.Accounts[1:2] })
			},
			is: api.ErrNotFound,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t)
			s.seed("example.com", "example.org")
			s.addAccount(1, alice)
			before := s.hashOf(alice)
			client := s.client(func(cfg *mailserverapi.Config) { cfg.Background = 100 * time.Millisecond })
			if _, err := client.Account(t.Context(), alice); err != nil {
				t.Fatal(err)
			}
			if c.before != nil {
				c.before(s)
			}
			if c.while != nil {
				s.after("POST /user-change-password", func() { c.while(s) })
			}
			err := client.SetPassword(t.Context(), alice, password)
			wantError(t, err, c.is, c.says...)
			s.set(fault.Conditions{})
			if got := s.hashOf(alice); got != before && got != "" {
				t.Errorf("the password was changed: %q", got)
			}
		})
	}
}

func TestSetPasswordWithLostAnswer(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Cut, fault.CutAfter, fault.TruncatedBody, fault.StatusAfter, fault.EmptyError} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t)
			s.seed("example.com")
			s.addAccount(1, alice)
			c := s.client()
			s.breakOnce("POST", "/user-change-password", kind)
			if err := c.SetPassword(t.Context(), alice, hash); err != nil {
				t.Errorf("the repetition succeeded: %v", err)
			}
			if got := s.hashOf(alice); got != hash.Value {
				t.Errorf("the hash is %q", got)
			}
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: "POST", Path: "/user-change-password", Kind: kind}}})
			wantError(t, c.SetPassword(t.Context(), alice, password), api.ErrOutcomeUnknown, alice, "sets the password once more")
		})
	}
}

// The proof is one list for all that are changed together, and an account list only where the
// domain's count says that something else has changed as well.
func TestPasswordProofsAreShared(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	for i := range 30 {
		s.addAccount(1, fmt.Sprintf("u%d@example.com", i))
	}
	c := s.client(func(cfg *mailserverapi.Config) { cfg.GatherGap = 200 * time.Millisecond })
	if _, err := c.Account(t.Context(), "u0@example.com"); err != nil {
		t.Fatal(err)
	}
	s.reset()
	inParallel(t, 30, 30, func(ctx context.Context, i int) error {
		return c.SetPassword(ctx, fmt.Sprintf("u%d@example.com", i), hash)
	})
	if n := s.count("GET /domains"); n > 2 {
		t.Errorf("%d domain lists for 30 changes made together", n)
	}
	if n := s.count("GET /users/ID"); n != 0 {
		t.Errorf("%d account lists, although the count has not changed", n)
	}
}
