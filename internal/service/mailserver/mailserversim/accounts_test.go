package mailserversim

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

const md5CryptHash = "$1$xxxxxxxx$UYCIxa628.9qXjpQCjM4a." // of "password"

func TestListAccounts(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "one.example.com")
	s.addDomain(t, "two.example.com")
	s.post(t, "/users/2", "domain_id", "2", "email", "alice@two.example.com", "password", "x").want(t, 200, `{"result":true}`)

	two := `{"users":[{"id":3,"domain_id":2,"email":"alice@two.example.com"},{"id":2,"domain_id":2,"email":"postmaster@two.example.com"}]}`
	s.get(t, "/users/2").want(t, 200, two)
	s.get(t, "/users/99").want(t, 200, `{"users":[]}`)
	s.Turn(SwitchDatabaseDown, true)
	s.get(t, "/users/2").want(t, 200, `{"users":[]}`)
	s.Turn(SwitchDatabaseDown, false)
	s.get(t, "/users/2").want(t, 200, two)
}

func TestIDsAreStrict(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	for _, id := range []string{"-1", "x", "1x", "1.0", "18446744073709551616"} {
		t.Run(id, func(t *testing.T) {
			answer := `{"result":true}`
			s.get(t, "/users/"+id).want(t, 200, `{"users":[]}`)
			s.post(t, "/users/1", "id", id, "domain_id", "1", "email", "a@example.com", "password", "x").want(t, 400, answer)
			s.post(t, "/users/1", "domain_id", id, "email", "a@example.com", "password", "x").want(t, 400, answer)
			s.post(t, "/user-change-password", "id", id, "domain_id", "1", "password", "x").want(t, 400, answer)
			got := s.post(t, "/user-change-password", "id", "1", "domain_id", id, "password", "x")
			got.want(t, 400, answer)
			if kind := got.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
				t.Errorf("Content-Type is %q", kind)
			}
		})
	}
	if state := s.state(t); len(state.Accounts) != 1 || len(state.PasswordChanges) != 0 {
		t.Errorf("a refused call has changed the state: %+v", state)
	}
}

func TestCreateAccountTakesTheDomainFromTheForm(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "one.example.com")
	s.addDomain(t, "two.example.com")
	s.urlencoded(t, "POST", "/users/1", url.Values{"domain_id": {"2"}, "email": {"a@one.example.com"}, "password": {"x"}}).
		want(t, 200, `{"result":true}`)
	s.get(t, "/users/2").want(t, 200,
		`{"users":[{"id":3,"domain_id":2,"email":"a@one.example.com"},{"id":2,"domain_id":2,"email":"postmaster@two.example.com"}]}`)
}

func TestCreateAccountStoresNothing(t *testing.T) {
	form := func(more ...string) []string {
		return append([]string{"email", "a@example.com", "password", "x"}, more...)
	}
	tests := map[string]struct {
		turn string
		form []string
	}{
		"no domain_id in the form": {"", form()},
		"unknown domain_id":        {"", form("domain_id", "99")},
		"hash longer than 36":      {"", []string{"email", "a@example.com", "password", strings.Repeat("h", 37), "is_encrypted", "1", "domain_id", "1"}},
		"hash beyond plane 0":      {"", []string{"email", "a@example.com", "password", "\U0001f600", "is_encrypted", "1", "domain_id", "1"}},
		"email of 101":             {"", []string{"email", strings.Repeat("a", 89) + "@example.com", "password", "x", "domain_id", "1"}},
		"database down":            {SwitchDatabaseDown, form("domain_id", "1")},
		"silent creation":          {SwitchSilentCreate, form("domain_id", "1")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.addDomain(t, "example.com")
			if test.turn != "" {
				s.Turn(test.turn, true)
			}
			s.post(t, "/users/1", test.form...).want(t, 200, `{"result":true}`)
			if accounts := s.state(t).Accounts; len(accounts) != 1 {
				t.Errorf("accounts %+v", accounts)
			}
		})
	}
}

func TestSilentCreationOfAFirstAccount(t *testing.T) {
	s := newServer(t)
	s.Turn(SwitchSilentCreate, true)
	s.addDomain(t, "example.com")
	s.get(t, "/domains").want(t, 200, `{"domains":[{"id":1,"name":"example.com","users_count":0}]}`)
}

func TestDuplicateEmail(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "one.example.com")
	s.addDomain(t, "two.example.com")
	refused := `{"error":"User already exist!","result":false}`
	s.post(t, "/users/1", "domain_id", "1", "email", "postmaster@one.example.com", "password", "x").want(t, 200, refused)
	s.post(t, "/users/2", "domain_id", "2", "email", "PostMaster@One.example.com", "password", "x").want(t, 200, refused)
	s.post(t, "/users/2", "email", "postmaster@one.example.com", "password", "x").want(t, 200, refused)
	s.post(t, "/users/2", "domain_id", "2", "email", "pöstmaster@one.example.com", "password", "x").want(t, 200, refused)
	s.post(t, "/users/2", "domain_id", "2", "email", "postmaster@one.example.com  ", "password", "x").want(t, 200, refused)
	for _, other := range []string{" postmaster@one.example.com", "pøstmaster@one.example.com", "strasse@one.example.com", "straße@one.example.com"} {
		s.post(t, "/users/1", "domain_id", "1", "email", other, "password", "x").want(t, 200, `{"result":true}`)
	}
	if n := len(s.state(t).Accounts); n != 6 {
		t.Errorf("%d accounts, want 6", n)
	}
}

func TestEmailsAreNotValidated(t *testing.T) {
	for _, email := range []string{"", "no at", "../x@example.com", "a@another.example"} {
		t.Run(email, func(t *testing.T) {
			s := newServer(t)
			s.addDomain(t, "example.com")
			s.post(t, "/users/1", "domain_id", "1", "email", email, "password", "x").want(t, 200, `{"result":true}`)
			if accounts := s.state(t).Accounts; len(accounts) != 2 || accounts[1].Email != email {
				t.Errorf("accounts %+v", accounts)
			}
		})
	}
}

func TestDocumentedUserPath(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.Turn(SwitchDocumentedUserPath, true)
	s.post(t, "/user/1", "email", "alice@example.com", "password", "x").want(t, 200, `{"result":true}`)
	s.post(t, "/user/1", "email", "alice@example.com", "password", "x").want(t, 200, `{"error":"User already exist!","result":false}`)
	s.post(t, "/user/-1", "email", "bob@example.com", "password", "x").want(t, 200, `{"result":true}`)
	if got := s.post(t, "/users/1", "domain_id", "1", "email", "bob@example.com", "password", "x"); got.status != 404 {
		t.Errorf("POST /users/1: status %d, body %q", got.status, got.body)
	}
	s.get(t, "/users/1").want(t, 200,
		`{"users":[{"id":2,"domain_id":1,"email":"alice@example.com"},{"id":1,"domain_id":1,"email":"postmaster@example.com"}]}`)
}

func TestPasswordsAreHashed(t *testing.T) {
	crypt := func(password string) func(hash string) bool {
		return func(hash string) bool {
			parts := strings.Split(hash, "$")
			return len(parts) == 4 && len(hash) == 34 && hash == md5Crypt(password, parts[2])
		}
	}
	is := func(want string) func(hash string) bool { return func(hash string) bool { return hash == want } }
	tests := map[string]struct {
		password, encrypted string
		good                func(hash string) bool
	}{
		"plain":                  {"correct horse", "", crypt("correct horse")},
		"256 bytes":              {strings.Repeat("p", 256), "", crypt(strings.Repeat("p", 256))},
		"cut at 256 bytes":       {strings.Repeat("p", 256) + "more", "", crypt(strings.Repeat("p", 256))},
		"37 bytes in 30 letters": {strings.Repeat("é", 7) + strings.Repeat("h", 23), "1", is(strings.Repeat("é", 7) + strings.Repeat("h", 23))},
		"begins with a hyphen":   {"-secret", "", is("")},
		"hash":                   {md5CryptHash, "1", is(md5CryptHash)},
		"any value of the field": {md5CryptHash, "0", is(md5CryptHash)},
		"no hash at all":         {"-plain", "true", is("-plain")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.addDomain(t, "example.com")
			s.post(t, "/users/1", "domain_id", "1", "email", "a@example.com", "password", test.password, "is_encrypted", test.encrypted).
				want(t, 200, `{"result":true}`)
			s.post(t, "/user-change-password", "id", "1", "domain_id", "1", "password", test.password, "is_encrypted", test.encrypted).
				want(t, 200, `{"result":true}`)
			s.Advance(time.Minute)
			exported := s.get(t, "/export/domain?domain=example.com").json(t)["accounts"].([]any)
			if len(exported) != 2 {
				t.Fatalf("accounts %v", exported)
			}
			for _, account := range exported {
				if hash := account.(map[string]any)["password"].(string); !test.good(hash) {
					t.Errorf("stored %q", hash)
				}
			}
		})
	}
}

func TestPasswordIsChangedInTheBackground(t *testing.T) {
	path := t.TempDir() + "/sandbox.json"
	s := newServerAt(t, path)
	s.hashPassword = func(password string) string { return "hash of " + password }
	s.addDomain(t, "example.com")
	s.Set(SettingPasswordChangeDelay, "3s")
	s.post(t, "/user-change-password", "id", "1", "domain_id", "1", "password", "new").want(t, 200, `{"result":true}`)

	// Another process asks; nobody but the clock makes the change fall due.
	other := newServerAt(t, path)
	hash := func() string {
		accounts := other.get(t, "/export/domain?domain=example.com").json(t)["accounts"].([]any)
		return accounts[0].(map[string]any)["password"].(string)
	}
	if got := hash(); got != "hash of correct horse" {
		t.Errorf("at once: %q", got)
	}
	other.Advance(3*time.Second - 1)
	if got := hash(); got != "hash of correct horse" {
		t.Errorf("before it is due: %q", got)
	}
	other.Advance(1)
	if got := hash(); got != "hash of new" {
		t.Errorf("when it is due: %q", got)
	}
}

func TestPasswordChangeThatChangesNothing(t *testing.T) {
	tests := map[string][]string{
		"unknown account":  {"id", "9", "domain_id", "1", "password", "new"},
		"of other domain":  {"id", "1", "domain_id", "2", "password", "new"},
		"no id":            {"domain_id", "1", "password", "new"},
		"hash too long":    {"id", "1", "domain_id", "1", "password", strings.Repeat("h", 37), "is_encrypted", "1"},
		"without database": {"id", "1", "domain_id", "1", "password", "new"},
	}
	for name, form := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.hashPassword = func(password string) string { return "hash of " + password }
			s.addDomain(t, "example.com")
			s.Turn(SwitchDatabaseDown, name == "without database")
			s.post(t, "/user-change-password", form...).want(t, 200, `{"result":true}`)
			s.Turn(SwitchDatabaseDown, false)
			s.Advance(time.Minute)
			s.addDomain(t, "example.org") // any change of the state comes after what is due
			if account := s.state(t).Accounts[0]; account.PasswordHash != "hash of correct horse" {
				t.Errorf("account %+v", account)
			}
		})
	}
}

func TestDeleteAccount(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.post(t, "/users/1", "domain_id", "1", "email", "Alice+x@example.com", "password", "x").want(t, 200, `{"result":true}`)

	s.form(t, "DELETE", "/users", "email", "nobody@example.com").want(t, 200, `{"result":true}`)
	s.Turn(SwitchDatabaseDown, true)
	s.form(t, "DELETE", "/users", "email", "alice+x@example.com").want(t, 200, `{"result":true}`)
	s.Turn(SwitchDatabaseDown, false)
	s.send(t, "DELETE", "/users?email=alice+x@example.com", "", "").want(t, 200, `{"result":true}`) // + is a space here
	if accounts := s.state(t).Accounts; len(accounts) != 2 {
		t.Fatalf("accounts %+v", accounts)
	}
	s.send(t, "DELETE", "/users?email=alice%2Bx@example.com", "", "").want(t, 200, `{"result":true}`)
	s.get(t, "/users/1").want(t, 200, `{"users":[{"id":1,"domain_id":1,"email":"postmaster@example.com"}]}`)

	refused := `{"msg":[{"Name":"Email","Err":{},"CustomErrorMessageExists":false}],"result":false}`
	s.form(t, "DELETE", "/users").want(t, 200, refused)
	s.urlencoded(t, "DELETE", "/users", url.Values{"email": {"postmaster@example.com"}}).want(t, 200, refused)
}
