package mailserverapi_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

const alice = "alice@example.com"

// addAccount adds one as somebody else would.
func (s *simulation) addAccount(domainID uint64, email string) {
	s.t.Helper()
	s.insert(func(st *mailserversim.State) {
		st.LastAccountID++
		st.Accounts = append(st.Accounts, mailserversim.Account{ID: st.LastAccountID, DomainID: domainID, Email: email})
	})
}

func (s *simulation) has(email string) bool {
	s.t.Helper()
	return slices.ContainsFunc(s.state().Accounts, func(a mailserversim.Account) bool { return strings.EqualFold(a.Email, email) })
}

func TestCreateAccount(t *testing.T) {
	for _, documented := range []bool{false, true} {
		s := newSimulation(t)
		s.seed("example.org", "example.com")
		s.set(fault.Conditions{Switches: map[string]bool{mailserversim.SwitchDocumentedUserPath: documented}})
		c := s.client()
		for _, email := range []string{alice, "bob+tag@example.com", "carol@example.org"} {
			if err := c.CreateAccount(t.Context(), email, password); err != nil {
				t.Fatal(err)
			}
			a, err := c.Account(t.Context(), email)
			if err != nil || a.Email != email || a.ID == 0 {
				t.Errorf("%s read back as %+v, %v", email, a, err)
			}
		}
		real, asDocumented := s.count("POST /users/ID"), s.count("POST /user/ID")
		if documented && (real != 1 || asDocumented != 3) || !documented && (real != 3 || asDocumented != 0) {
			t.Errorf("documented path %v: %d creations sent to /users/ID, %d to /user/ID", documented, real, asDocumented)
		}
	}
}

// The server says "success" in all of these.
func TestCreateAccountThatStoresNothing(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	c := s.client()
	s.switchOn(mailserversim.SwitchSilentCreate)
	wantError(t, c.CreateAccount(t.Context(), alice, password), api.ErrUnavailable, alice, "does not list it")

	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.switchOn(mailserversim.SwitchDatabaseDown)
	wantError(t, c.CreateAccount(t.Context(), alice, password), mailserverapi.ErrNoDomains, "the check failed")

	// A domain that somebody deleted and created again has another id.
	s.set(fault.Conditions{})
	s.insert(func(st *mailserversim.State) { st.Domains[0].ID = 40; st.Accounts[0].DomainID = 40 })
	other := s.client()
	if _, err := other.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.insert(func(st *mailserversim.State) { st.Domains[0].ID = 41; st.Accounts[0].DomainID = 41 })
	wantError(t, other.CreateAccount(t.Context(), alice, password), api.ErrUnavailable, "does not list it")
	if err := other.CreateAccount(t.Context(), alice, password); err != nil {
		t.Errorf("once the new id is known: %v", err)
	}
}

func TestCreateAccountThatExists(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	s.addAccount(1, "Alice@Example.com")
	wantError(t, s.client().CreateAccount(t.Context(), alice, password), api.ErrConflict, "User already exist!")
	s.addAccount(1, "bob@example.org") // listed under another domain than its own
	// That one cannot be imported, nor can one whose address the database takes for the same.
	s.addAccount(1, "zoë@example.com")
	for _, email := range []string{"bob@example.org", "zoe@example.com"} {
		err := s.client().CreateAccount(t.Context(), email, password)
		wantError(t, err, nil, email, "not in the list of this domain", "accents")
		if errors.Is(err, api.ErrConflict) {
			t.Errorf("%s: to be imported: %v", email, err)
		}
	}
	wantError(t, s.client().CreateAccount(t.Context(), "bob@example.net", password), api.ErrNotFound, "example.net")
}

// Somebody else's changes make the count useless, and are no error.
func TestProofBesideOthersChanges(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.addAccount(1, "stranger@example.com")
	if err := c.CreateAccount(t.Context(), alice, password); err != nil {
		t.Error(err)
	}
	s.insert(func(st *mailserversim.State) { st.Accounts = st.Accounts[1:] }) // the postmaster
	if err := c.DeleteAccount(t.Context(), alice); err != nil {
		t.Error(err)
	}
	if s.has(alice) {
		t.Error("still there")
	}
}

func TestCreateAccountWithLostAnswer(t *testing.T) {
	t.Run("carried out", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com")
		s.breakOnce("POST", "/users/*", fault.CutAfter)
		if err := s.client().CreateAccount(t.Context(), alice, password); err != nil {
			t.Errorf("it is there, as the list shows: %v", err)
		}
		if n := s.count("POST /users/ID"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("not carried out", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com")
		s.breakOnce("POST", "/users/*", fault.Cut)
		wantError(t, s.client().CreateAccount(t.Context(), alice, password), api.ErrOutcomeUnknown, "safe to run again")
		if n := s.count("POST /users/ID"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("there before", func(t *testing.T) {
		s := newSimulation(t)
		s.seed("example.com")
		s.addAccount(1, alice)
		s.breakOnce("POST", "/users/*", fault.CutAfter)
		wantError(t, s.client().CreateAccount(t.Context(), alice, password), api.ErrConflict, "cannot be told", "import it")
	})
}

func TestDeleteAccount(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	s.addAccount(1, "Alice@Example.com")
	c := s.client()
	if err := c.DeleteAccount(t.Context(), alice); err != nil || s.has(alice) {
		t.Fatalf("%v; still there: %v", err, s.has(alice))
	}
	if err := c.DeleteAccount(t.Context(), alice); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	_, err := c.Account(t.Context(), alice)
	wantError(t, err, api.ErrNotFound, alice)
	if err := c.DeleteAccount(t.Context(), "alice@example.net"); err != nil {
		t.Errorf("deleting in a domain that is gone: %v", err)
	}
	if n := s.count("DELETE /users"); n != 1 {
		t.Errorf("%d deletions sent, want 1", n)
	}

	// What somebody else deleted in the meantime is gone as well.
	s.addAccount(1, "bob@example.com")
	if _, err := c.Account(t.Context(), "bob@example.com"); !isNotFound(err) {
		t.Fatalf("the list was kept: %v", err)
	}
	other := s.client()
	if _, err := other.Account(t.Context(), "bob@example.com"); err != nil {
		t.Fatal(err)
	}
	s.insert(func(st *mailserversim.State) { st.Accounts = st.Accounts[:1] })
	if err := other.DeleteAccount(t.Context(), "bob@example.com"); err != nil {
		t.Error(err)
	}
}

func TestDeleteAccountIsProven(t *testing.T) {
	for name, test := range map[string]struct {
		fault fault.Fault
		want  error
		says  string
	}{
		"answer lost":     {fault: fault.Fault{Kind: fault.CutAfter}},
		"not arrived":     {fault.Fault{Kind: fault.Cut}, api.ErrOutcomeUnknown, "safe to run again"},
		"not carried out": {fault.Fault{Kind: fault.Status, Status: 200, Body: `{"result":true}`}, api.ErrUnavailable, "still lists it"},
		"refused":         {fault.Fault{Kind: fault.Status, Status: 200, Body: `{"result":false,"msg":[{"field":"email"}]}`}, nil, `[{"field":"email"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seed("example.com")
			s.addAccount(1, alice)
			test.fault.Method, test.fault.Path = "DELETE", "/users"
			s.set(fault.Conditions{Faults: []fault.Fault{test.fault}})
			err := s.client().DeleteAccount(t.Context(), alice)
			if test.says != "" {
				wantError(t, err, test.want, test.says)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// An account list that is too short is never taken for "gone".
func TestShortAccountList(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	s.addAccount(1, alice)
	empty := fault.Fault{Method: "GET", Path: "/users/*", Kind: fault.InvalidJSON, Body: `{"users":[]}`}
	s.set(fault.Conditions{Faults: []fault.Fault{empty}})
	c := s.client()
	_, err := c.Account(t.Context(), alice)
	wantError(t, err, api.ErrUnavailable, "0 of 2 accounts", "example.com")
	wantError(t, c.DeleteAccount(t.Context(), alice), api.ErrUnavailable)
	wantError(t, c.SetPassword(t.Context(), alice, password), api.ErrUnavailable)
	if n := s.count("DELETE /users") + s.count("POST /user-change-password"); n != 0 {
		t.Errorf("%d changes sent", n)
	}

	empty.Count = 1
	s.set(fault.Conditions{Faults: []fault.Fault{empty}})
	if _, err := c.Account(t.Context(), alice); err != nil {
		t.Errorf("the second list was complete: %v", err)
	}
}

func TestSetPassword(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	s.set(fault.Conditions{Settings: map[string]string{mailserversim.SettingPasswordChangeDelay: "0s"}})
	s.addAccount(1, "Alice@example.com")
	c := s.client()
	if err := c.SetPassword(t.Context(), alice, hash); err != nil {
		t.Fatal(err)
	}
	s.addAccount(1, "bob@example.com") // the server carries out what is due
	if err := c.SetPassword(t.Context(), "postmaster@example.com", password); err != nil {
		t.Fatal(err)
	}
	accounts := s.state().Accounts
	if got := accounts[1].PasswordHash; got != hash.Value {
		t.Errorf("alice's hash is %q", got)
	}
	_, err := c.Account(t.Context(), "nobody@example.com")
	wantError(t, err, api.ErrNotFound)
	wantError(t, c.SetPassword(t.Context(), "nobody@example.com", password), api.ErrNotFound, "nobody@example.com")
	if n := s.count("POST /user-change-password"); n != 2 {
		t.Errorf("%d changes sent, want 2", n)
	}
	// The same password once more does no harm.
	s.breakOnce("POST", "/user-change-password", fault.EmptyError)
	if err := c.SetPassword(t.Context(), alice, password); err != nil {
		t.Errorf("with one failure on the way: %v", err)
	}
}

// A domain that was deleted and created again has accounts with other ids.
func TestSetPasswordAfterReplacement(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com", "example.org")
	s.set(fault.Conditions{Settings: map[string]string{mailserversim.SettingPasswordChangeDelay: "0s"}})
	c := s.client()
	const email = "postmaster@example.com"
	if _, err := c.Account(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteDomain(t.Context(), "example.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateDomain(t.Context(), "example.com", email, password); err != nil {
		t.Fatal(err)
	}
	if err := c.SetPassword(t.Context(), email, hash); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateAccount(t.Context(), alice, hash); err != nil { // the server carries out what is due
		t.Fatal(err)
	}
	for _, a := range s.state().Accounts {
		if a.Email == email && a.PasswordHash != hash.Value {
			t.Errorf("the password of %s was not set", email)
		}
	}
}
