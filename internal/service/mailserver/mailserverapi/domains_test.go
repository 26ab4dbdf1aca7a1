package mailserverapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// wantError checks what an error matches and says. A kind of nil is an error that matches none of
// those below.
func wantError(t *testing.T, err, kind error, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("the error does not match %q: %v", kind, err)
	}
	for _, other := range []error{api.ErrNotFound, api.ErrConflict, api.ErrAuth} {
		if !errors.Is(kind, other) && errors.Is(err, other) {
			t.Errorf("the error matches %q: %v", other, err)
		}
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
}

func TestCreateDomain(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	// A new server lists null.
	d, err := c.CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "example.com" || d.Accounts != 1 || d.ID == 0 {
		t.Errorf("created %+v", d)
	}
	got, err := c.Domain(t.Context(), "example.com")
	if err != nil || got != d {
		t.Errorf("read back %+v, %v; want %+v", got, err, d)
	}
	if _, err := c.Account(t.Context(), "postmaster@example.com"); err != nil {
		t.Errorf("first account: %v", err)
	}
}

func TestCreateDomainThatExists(t *testing.T) {
	s := newSimulation(t)
	s.insert(func(st *mailserversim.State) {
		st.LastDomainID = 7
		st.Domains = append(st.Domains, mailserversim.Domain{ID: 7, Name: "Example.COM"})
	})
	_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
	wantError(t, err, api.ErrConflict, "example.com")
	if s.count("POST /domains") != 0 {
		t.Error("a creation was sent")
	}

	// Created by others since this process made its list: the server says so.
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.insert(func(st *mailserversim.State) {
		st.LastDomainID = 8
		st.Domains = append(st.Domains, mailserversim.Domain{ID: 8, Name: "example.org"})
	})
	_, err = c.CreateDomain(t.Context(), "example.org", "postmaster@example.org", password)
	wantError(t, err, api.ErrConflict, "Domain is already exist")
	if got := len(s.state().Domains); got != 2 {
		t.Errorf("%d domains, want 2", got)
	}
}

// The server creates the domain before it looks at the account.
func TestCreateDomainUndoesHalf(t *testing.T) {
	withTakenEmail := func(t *testing.T) *simulation {
		s := newSimulation(t)
		s.seed("example.org")
		s.insert(func(st *mailserversim.State) {
			st.LastAccountID++
			st.Accounts = append(st.Accounts, mailserversim.Account{ID: st.LastAccountID, DomainID: 1, Email: "postmaster@example.com"})
		})
		return s
	}
	t.Run("taken email", func(t *testing.T) {
		s := withTakenEmail(t)
		_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, nil, "example.com", "exists already, under another domain", "deleted again")
		if got := s.state().Domains; len(got) != 1 {
			t.Errorf("domains left: %+v", got)
		}
	})
	t.Run("taken email, undo refused", func(t *testing.T) {
		s := withTakenEmail(t)
		s.set(fault.Conditions{Faults: []fault.Fault{{Method: "DELETE", Path: "/domain", Kind: fault.EmptyError}}})
		_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, nil, "under another domain", "could not be deleted again", "500", "import it")
		if got := s.count("DELETE /domain"); got != 2 {
			t.Errorf("%d deletions sent, want one and a repetition", got)
		}
	})
	t.Run("account not stored", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.org")
		s.switchOn(mailserversim.SwitchSilentCreate)
		_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, nil, "without its first account postmaster@example.com", "deleted again")
		if got := s.state().Domains; len(got) != 1 {
			t.Errorf("domains left: %+v", got)
		}
	})
}

func TestCreateDomainRefused(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.org")
	long := strings.Repeat("a", 45) + ".example"
	_, err := s.client().CreateDomain(t.Context(), long, "postmaster@"+long, password)
	wantError(t, err, nil, "at most 50", "Nothing was sent")
	s.switchOn(mailserversim.SwitchDatabaseDown)
	_, err = s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
	wantError(t, err, nil, "connection refused", "could not be checked", "database is down")
}

func TestCreateDomainWithLostAnswer(t *testing.T) {
	for _, kind := range []fault.Kind{fault.CutAfter, fault.StatusAfter, fault.InvalidJSON, fault.TruncatedBody} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSimulation(t)
			s.seed("example.org")
			s.breakOnce("POST", "/domains", kind)
			d, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
			if err != nil || d.Accounts != 1 {
				t.Errorf("%+v, %v; it was created, as the list shows", d, err)
			}
			if got := s.count("POST /domains"); got != 1 {
				t.Errorf("the creation was sent %d times", got)
			}
		})
	}
	for _, kind := range []fault.Kind{fault.Cut, fault.EmptyError, fault.EndlessBody} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSimulation(t)
			s.seed("example.org")
			c := s.client()
			s.breakOnce("POST", "/domains", kind)
			_, err := c.CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
			wantError(t, err, api.ErrOutcomeUnknown, "safe to run again")
			if got := s.count("POST /domains"); got != 1 {
				t.Errorf("the creation was sent %d times", got)
			}
			if _, err := c.CreateDomain(t.Context(), "example.com", "postmaster@example.com", password); err != nil {
				t.Errorf("run again: %v", err)
			}
		})
	}
	t.Run("list null before", func(t *testing.T) {
		s := newSimulation(t)
		s.breakOnce("POST", "/domains", fault.CutAfter)
		_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, api.ErrConflict, "import it")
	})
	t.Run("check fails too", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.org")
		c := s.client()
		s.set(fault.Conditions{Faults: []fault.Fault{
			{Method: "POST", Path: "/domains", Count: 1, Kind: fault.CutAfter},
			{Method: "GET", Path: "/domains", Skip: 1, Kind: fault.Status, Status: 503},
		}})
		_, err := c.CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, api.ErrOutcomeUnknown, "closed without an answer", "failed as well", "503")
	})
}

// A null list proves nothing.
func TestDomainsOfADatabaseThatIsDown(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	s.switchOn(mailserversim.SwitchDatabaseDown)
	c := s.client()
	_, err := c.Domains(t.Context())
	wantError(t, err, mailserverapi.ErrNoDomains, "database is down")
	_, err = c.Domain(t.Context(), "example.com")
	wantError(t, err, api.ErrUnavailable)
	_, err = c.Accounts(t.Context(), "example.com")
	wantError(t, err, api.ErrUnavailable)
	wantError(t, c.DeleteDomain(t.Context(), "example.com"), mailserverapi.ErrNoDomains)
	if s.count("DELETE /domain") != 0 {
		t.Error("a deletion was sent")
	}

	// Errors are not kept.
	s.set(fault.Conditions{})
	if _, err := c.Domain(t.Context(), "example.com"); err != nil {
		t.Errorf("after the database came back: %v", err)
	}
	_, err = c.Domain(t.Context(), "example.net")
	wantError(t, err, api.ErrNotFound, "example.net")
}

func TestDeleteDomain(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	c := s.client()
	if err := c.DeleteDomain(t.Context(), "example.com"); err != nil {
		t.Fatal(err)
	}
	_, err := c.Domain(t.Context(), "example.com")
	wantError(t, err, api.ErrNotFound)
	if err := c.DeleteDomain(t.Context(), "example.com"); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	if got := s.count("DELETE /domain"); got != 1 {
		t.Errorf("%d deletions sent, want 1", got)
	}

	// The last one leaves a null list, which is what had to come.
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: "DELETE", Kind: fault.Cut}}})
	wantError(t, c.DeleteDomain(t.Context(), "example.org"), api.ErrOutcomeUnknown, "still lists the domain", "run again")
	if got := s.count("DELETE /domain"); got != 3 {
		t.Errorf("%d deletions sent, want 3: one, and one with a repetition", got)
	}
	s.set(fault.Conditions{})
	if err := c.DeleteDomain(t.Context(), "example.org"); err != nil {
		t.Errorf("deleting the last domain: %v", err)
	}
	if rows, err := c.Domains(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("domains after the last was deleted: %v, %v", rows, err)
	}
	if _, err := c.CreateDomain(t.Context(), "example.net", "postmaster@example.net", password); err != nil {
		t.Errorf("creating one again: %v", err)
	}
}

func TestDeleteDomainIsProven(t *testing.T) {
	t.Run("answer lost", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com", "example.org")
		s.breakOnce("DELETE", "/domain", fault.CutAfter)
		if err := s.client().DeleteDomain(t.Context(), "example.com"); err != nil {
			t.Error(err)
		}
	})
	t.Run("not carried out", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com", "example.org")
		s.set(fault.Conditions{Faults: []fault.Fault{{Method: "DELETE", Kind: fault.Status, Status: 200, Body: `{"result":true}`}}})
		wantError(t, s.client().DeleteDomain(t.Context(), "example.com"), api.ErrUnavailable, "still lists it")
	})
	t.Run("others deleted the rest", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com", "example.org")
		c := s.client()
		if _, err := c.Domains(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Null where one domain should be left: nothing is proven.
		s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/domains", Skip: 1, Kind: fault.InvalidJSON, Body: `{"domains":null}`}}})
		wantError(t, c.DeleteDomain(t.Context(), "example.com"), mailserverapi.ErrNoDomains, "the check failed")
	})
	t.Run("server's spelling", func(t *testing.T) {
		s := newSimulation(t)
		s.insert(func(st *mailserversim.State) {
			st.Domains = append(st.Domains, mailserversim.Domain{ID: 1, Name: "Example.COM"}, mailserversim.Domain{ID: 2, Name: "example.org"})
		})
		if err := s.client().DeleteDomain(t.Context(), "example.com"); err != nil {
			t.Fatal(err)
		}
		if got := s.state().Domains; len(got) != 1 || got[0].ID != 2 {
			t.Errorf("left: %+v", got)
		}
	})
}

// Of two domains of one name nothing may be deleted: the mail folder is one.
func TestDomainThereTwice(t *testing.T) {
	s := newSimulation(t)
	s.insert(func(st *mailserversim.State) {
		st.Domains = append(st.Domains, mailserversim.Domain{ID: 4, Name: "example.com"}, mailserversim.Domain{ID: 5, Name: "Example.com"})
	})
	c := s.client()
	_, err := c.Domain(t.Context(), "example.com")
	wantError(t, err, nil, "id 4", "id 5")
	wantError(t, c.DeleteDomain(t.Context(), "example.com"), nil, "id 4", "id 5")
	_, err = c.CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
	wantError(t, err, nil, "id 4", "id 5")
	wantError(t, c.CreateAccount(t.Context(), "alice@example.com", password), nil, "id 4")
	if n := s.total(); n != 3 {
		t.Errorf("%d calls, want a login, a list and a new one before the deletion", n)
	}
}

func isNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }
