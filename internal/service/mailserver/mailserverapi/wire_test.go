package mailserverapi_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

func TestWireFormat(t *testing.T) {
	chain, key := selfSigned(t)
	const one = `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`
	const two = `{"domains":[{"id":3,"name":"example.org","users_count":1},{"id":2,"name":"example.com","users_count":1}]}`
	const postmaster = `{"users":[{"id":9,"domain_id":2,"email":"postmaster@example.com"}]}`
	for name, test := range map[string]struct {
		call, sent, answer string
		domains            []string // answers to GET /domains in turn
		do                 func(c *mailserverapi.Client) error
	}{
		"log in": {
			call: "POST /auth", sent: "password=invented login password username=operator", answer: `{"result":true,"token":"` + goodToken + `"}`,
			do: func(c *mailserverapi.Client) error { return c.Login(t.Context()) },
		},
		"list domains": {
			call: "GET /domains", answer: two,
			do: func(c *mailserverapi.Client) error {
				rows, err := c.Domains(t.Context())
				want := []mailserverapi.Domain{{ID: 3, Name: "example.org", Accounts: 1}, {ID: 2, Name: "example.com", Accounts: 1}}
				if !slices.Equal(rows, want) {
					t.Errorf("domains %+v, want %+v", rows, want)
				}
				return err
			},
		},
		"create domain": {
			call: "POST /domains", sent: "domain=example.org password=an invented password username=postmaster@example.org", answer: `{"result":true}`,
			domains: []string{one, two},
			do: func(c *mailserverapi.Client) error {
				_, err := c.CreateDomain(t.Context(), "example.org", "postmaster@example.org", password)
				return err
			},
		},
		"delete domain": {
			call: "DELETE /domain", sent: "domain=example.org", answer: `{"result":true}`, domains: []string{two, one},
			do: func(c *mailserverapi.Client) error { return c.DeleteDomain(t.Context(), "example.org") },
		},
		"export domain": {
			call: "GET /export/domain", sent: "?domain=example.com",
			answer: `{"accounts":[{"email":"a@example.com","password":"$1$x$y"}],"dkim":{"public":"p","private":"k"},"domainName":"example.com",` +
				`"generatedAt":"2026-01-02 15:04:05","export_filename":"/opt/easymail/backupsByDomain/example.com/2026-01-02.tar.gz"}`,
			do: func(c *mailserverapi.Client) error {
				e, err := c.ExportDomain(t.Context(), "example.com")
				if got, want := fmt.Sprintf("%+v", e), "{Domain:example.com ArchivePath:/opt/easymail/backupsByDomain/example.com/2026-01-02.tar.gz "+
					"GeneratedAt:2026-01-02 15:04:05 Emails:[a@example.com] DKIMPublic:p}"; got != want {
					t.Errorf("export %s, want %s", got, want)
				}
				return err
			},
		},
		"list accounts": {
			call: "GET /users/2", answer: postmaster,
			do: func(c *mailserverapi.Client) error {
				accounts, err := c.Accounts(t.Context(), "example.com")
				if want := []mailserverapi.Account{{ID: 9, DomainID: 2, Email: "postmaster@example.com"}}; !slices.Equal(accounts, want) {
					t.Errorf("accounts %+v, want %+v", accounts, want)
				}
				return err
			},
		},
		"create account": {
			call: "POST /users/2", sent: "domain_id=2 email=a@example.com password=an invented password", answer: `{"result":true}`,
			domains: []string{one, `{"domains":[{"id":2,"name":"example.com","users_count":2}]}`},
			do:      func(c *mailserverapi.Client) error { return c.CreateAccount(t.Context(), "a@example.com", password) },
		},
		"create account with a hash": {
			call: "POST /users/2", sent: "domain_id=2 email=a@example.com is_encrypted=1 password=" + hash.Value, answer: `{"result":true}`,
			domains: []string{one, `{"domains":[{"id":2,"name":"example.com","users_count":2}]}`},
			do:      func(c *mailserverapi.Client) error { return c.CreateAccount(t.Context(), "a@example.com", hash) },
		},
		"change password": {
			call: "POST /user-change-password", sent: "domain_id=2 id=9 password=an invented password", answer: `{"result":true}`,
			do: func(c *mailserverapi.Client) error {
				return c.SetPassword(t.Context(), "postmaster@example.com", password)
			},
		},
		"delete account": {
			call: "DELETE /users", sent: "email=postmaster@example.com", answer: `{"result":true}`,
			domains: []string{one, `{"domains":[{"id":2,"name":"example.com","users_count":0}]}`},
			do:      func(c *mailserverapi.Client) error { return c.DeleteAccount(t.Context(), "Postmaster@example.com") },
		},
		"add DKIM key": {
			call: "POST /dkim/add-new-domain", sent: "domain=example.com", answer: `{"result":true,"public":"zone text","private":"k"}`,
			do: func(c *mailserverapi.Client) error {
				text, err := c.AddDKIMKey(t.Context(), "example.com")
				if text != "zone text" {
					t.Errorf("zone text %q", text)
				}
				return err
			},
		},
		"install certificate": {
			call: "POST /ssl/letsencrypt/install", sent: "hostname=mail.example.com", answer: `{"result":true,"message":"soon"}`,
			do: func(c *mailserverapi.Client) error {
				_, err := c.InstallLetsEncrypt(t.Context(), "mail.example.com")
				return err
			},
		},
		"days left": {
			call: "POST /ssl/get-left-days", sent: "hostname=mail.example.com", answer: `{"days_left":0}`,
			do: func(c *mailserverapi.Client) error {
				_, err := c.DaysLeft(t.Context(), "mail.example.com")
				return err
			},
		},
		"upload certificate": {
			call: "POST /ssl/upload", answer: `{"result":true}`,
			sent: fmt.Sprintf("ssl_certificate: file of %d bytes ssl_certificate_key: file of %d bytes", len(chain), len(key)),
			do:   func(c *mailserverapi.Client) error { return c.UploadCertificate(t.Context(), chain, key) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			if test.domains == nil {
				test.domains = []string{one}
			}
			s.says("GET /domains", test.domains...)
			s.says("GET /users/2", postmaster)
			var sent string
			s.does(test.call, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Auth-token"); got != goodToken && test.call != "POST /auth" {
					t.Errorf("token %q", got)
				}
				if got := r.UserAgent(); got != "test/1" {
					t.Errorf("user agent %q", got)
				}
				sent = describe(t, r)
				_, _ = io.WriteString(w, test.answer)
			})
			if err := test.do(s.client()); err != nil {
				t.Fatal(err)
			}
			if s.count(test.call) != 1 {
				t.Errorf("%s called %d times", test.call, s.count(test.call))
			}
			if sent != test.sent {
				t.Errorf("sent %q, want %q", sent, test.sent)
			}
		})
	}
}

func TestReasonsUnderEachKey(t *testing.T) {
	for answer, want := range map[string]string{
		`{"result":false,"error_msg":"one reason"}`:                            "one reason",
		`{"result":false,"error":"another reason"}`:                            "another reason",
		`{"result":false,"msg":"a third reason"}`:                              "a third reason",
		`{"result":false,"msg":[{"field": "email", "message": "is missing"}]}`: `[{"field":"email","message":"is missing"}]`,
		`{"result":false}`:             "refused: without a reason",
		`{"error":"without a result"}`: "without a result",
		`{"result":false,"error":"an invented password is what invented.token.one is"}`: "*** is what *** is",
	} {
		s := newScripted(t)
		s.says("GET /domains", `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`)
		s.says("POST /users/2", answer)
		err := s.client().CreateAccount(t.Context(), "a@example.com", password)
		wantError(t, err, nil, "a@example.com", want)
		if strings.Contains(err.Error(), password.Value) || strings.Contains(err.Error(), goodToken) {
			t.Errorf("the error shows a secret: %v", err)
		}
		if n := s.count("GET /domains"); n != 1 {
			t.Errorf("%s: listed %d times after a plain refusal", answer, n)
		}
	}
}

// What answers, but not as the API does, must never look like "not found".
func TestAnswersOfSomethingElse(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"404 of the API": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":404,"message":"API method is not exist"}`)
		},
		"404 of a proxy": http.NotFound,
		"page":           func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Welcome</html>") },
		"other JSON":     func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"hello":"world"}`) },
		"other list":     func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"domains":"none","users":7}`) },
		"nothing":        func(http.ResponseWriter, *http.Request) {},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.does("GET /domains", answer)
			_, err := s.client().Domain(t.Context(), "example.com")
			wantError(t, err, nil, "list domains")
			s.says("GET /domains", `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`)
			s.does("GET /users/2", answer)
			_, err = s.client().Account(t.Context(), "a@example.com")
			wantError(t, err, nil, "list the accounts of example.com")
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := newScripted(t)
	s := newScripted(t)
	s.does("POST /auth", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.url+"/auth", http.StatusTemporaryRedirect)
	})
	wantError(t, s.client().Login(t.Context()), nil, "redirected to "+elsewhere.url)
	if n := elsewhere.count("POST /auth"); n != 0 {
		t.Error("the credentials went to another host")
	}
}

func TestTwoDomainsAfterCreation(t *testing.T) {
	s := newScripted(t)
	s.says("GET /domains", `{"domains":[{"id":1,"name":"example.org","users_count":1}]}`,
		`{"domains":[{"id":3,"name":"Example.com","users_count":1},{"id":2,"name":"example.com","users_count":1},{"id":1,"name":"example.org","users_count":1}]}`)
	s.says("POST /domains", `{"result":true}`)
	_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
	wantError(t, err, nil, "2 domains of this name", "id 3", "id 2")
	if n := s.count("DELETE /domain"); n != 0 {
		t.Error("one of two was deleted")
	}
}

// A creation that was refused undoes nothing but what it certainly made itself.
func TestUndoSparesWhatIsNotOurs(t *testing.T) {
	const before = `{"domains":[{"id":1,"name":"example.org","users_count":1}]}`
	for name, lists := range map[string][]string{
		"others added accounts": {before, `{"domains":[{"id":2,"name":"example.com","users_count":3}]}`},
		"two of the name":       {before, `{"domains":[{"id":3,"name":"example.com","users_count":0},{"id":2,"name":"example.com","users_count":0}]}`},
		"no list before":        {`{"domains":null}`, `{"domains":[{"id":2,"name":"example.com","users_count":0}]}`},
	} {
		s := newScripted(t)
		s.says("GET /domains", lists...)
		s.says("POST /domains", `{"result":false,"error_msg":"User already exist!"}`)
		s.says("DELETE /domain", `{"result":true}`)
		_, err := s.client().CreateDomain(t.Context(), "example.com", "postmaster@example.com", password)
		wantError(t, err, nil, "not certain to be of our making", "Import")
		if n := s.count("DELETE /domain"); n != 0 {
			t.Errorf("%s: the domain was deleted", name)
		}
	}
}
