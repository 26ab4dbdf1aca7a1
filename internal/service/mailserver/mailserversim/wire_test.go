package mailserversim

import (
	"net/http"
	"strings"
	"testing"
)

// sendJSON sends a JSON body, which some calls take in place of a form.
func (s *server) sendJSON(t *testing.T, method, path, body string) reply {
	t.Helper()
	return s.send(t, method, path, "application/json; charset=utf-8", body)
}

func TestJSONBodies(t *testing.T) {
	s := newServer(t)
	s.sendJSON(t, "POST", "/domains", `{"domainname":"example.com","Username":"a@example.com","PASSWORD":"x"}`).want(t, 200, `{"result":true}`)
	// The password of an account cannot be given so: it is hashed as an empty one.
	s.sendJSON(t, "POST", "/users/9", `{"email":"b@example.com","domain_id":1,"password":"x"}`).want(t, 200, `{"result":true}`)
	s.sendJSON(t, "POST", "/users/1", `{"email":"c@example.com","domain_id":"1"}`).want(t, 400, `{"result":true}`)
	hash := s.state(t).Accounts[1].PasswordHash
	if parts := strings.Split(hash, "$"); len(parts) != 4 || hash != md5Crypt("", parts[2]) {
		t.Errorf("the password is stored as %q", hash)
	}
	s.get(t, "/users/1").want(t, 200, `{"users":[{"id":2,"domain_id":1,"email":"b@example.com"},{"id":1,"domain_id":1,"email":"a@example.com"}]}`)
	s.sendJSON(t, "DELETE", "/users", `{"email":"b@example.com"}`).want(t, 200, `{"result":true}`)
	s.get(t, "/users/1").want(t, 200, `{"users":[{"id":1,"domain_id":1,"email":"a@example.com"}]}`)

	empty := `{"error_msg":"DomainName: non zero value required;Username: non zero value required;Password: non zero value required;","result":false}`
	for _, body := range []string{`{"DomainName":`, `[1]`, ``} {
		s.sendJSON(t, "POST", "/domains", body).want(t, 400, empty)
	}
	s.sendJSON(t, "POST", "/domains", `{"domain":"example.org","username":"a@example.org"}`).
		want(t, 200, `{"error_msg":"DomainName: non zero value required;Password: non zero value required;","result":false}`)
	s.sendJSON(t, "DELETE", "/domain", `{"DomainName":"example.com"}`).want(t, 200, `{"result":true}`)
	s.get(t, "/domains").want(t, 200, `{"domains":null}`)
}

func TestAnswersForWebPagesOfOtherOrigins(t *testing.T) {
	s := newServer(t)
	for path, want := range map[string]string{"GET /ping": "*", "GET /domains": "*", "GET /nothing": "*", "POST /auth": "*", "GET /domains/": ""} {
		method, path, _ := strings.Cut(path, " ")
		if got := s.send(t, method, path, "", "").header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s %s: allowed origin %q, want %q", method, path, got, want)
		}
	}
	for _, path := range []string{"/domains", "/nothing"} {
		if got := s.send(t, http.MethodOptions, path, "", ""); got.status != 200 || !strings.HasPrefix(got.body, `"{}"`) {
			t.Errorf("OPTIONS %s: %d %s", path, got.status, got.body)
		}
	}
}

func TestEmailsThatTheProgramTakes(t *testing.T) {
	for email, want := range map[string]bool{
		"a@example.com": true, "a@m.co.": true, `"a"@m.co`: true, `"@m.co`: true, `"é"@m.co`: true, "a@m.c": true, "a@m.1.co": true, "a@m_n.co": true,
		"a@m~n.co": true, "a@m.c-o": true, "a@m.c1o": true, "ё@ёлка.рф": true, "o'neil+x@m.co": true, "a@m..x.co": true,
		"a@m.123": false, "a@m": false, `""@m.co`: false, `"a b"@m.co`: false, `"a\b"@m.co`: false, "a@m.c1": false, "a@-m.co": false, "a@m-.co": false,
		"a@m..co": false, "a@m.co..": false, ".a@m.co": false, "a.@m.co": false, "a b@m.co": false, "a@[192.0.2.1]": false, "@m.co": false, "a": false,
		"\U0001f600@m.co": false,
	} {
		if got := validEmail(email); got != want {
			t.Errorf("%s: %v, want %v", email, got, want)
		}
	}
}
