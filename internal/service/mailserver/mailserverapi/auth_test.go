package mailserverapi_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const oneDomain = `{"domains":[{"id":2,"name":"example.com","users_count":50}]}`

// Fifty calls that find their token ended share one login, and none of them gets lost or goes out
// twice.
func TestTokenRenewalIsShared(t *testing.T) {
	s := newScripted(t)
	s.says("POST /auth", `{"result":true,"token":"first"}`, `{"result":true,"token":"second"}`, `{"result":true,"token":"third"}`)
	var mu sync.Mutex
	valid, handled, refused := "first", 0, 0
	together := make(chan struct{})
	s.does("POST /ssl/get-left-days", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		ok := r.Header.Get("Auth-token") == valid
		if ok {
			handled++
		} else if refused++; refused == 10 { // as many as the client has under way at once
			close(together)
		}
		mu.Unlock()
		if !ok {
			<-together
			_, _ = io.WriteString(w, "Token is not correct")
			return
		}
		_, _ = io.WriteString(w, `{"days_left":1}`)
	})
	c := s.client()
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	valid = "second"
	mu.Unlock()
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if days, err := c.DaysLeft(t.Context(), "mail.example.com"); err != nil || days != 1 {
				t.Errorf("%d, %v", days, err)
			}
		})
	}
	wait.Wait()
	if n := s.count("POST /auth"); n != 2 {
		t.Errorf("%d logins, want 2", n)
	}
	if handled != 50 {
		t.Errorf("%d calls handled, want 50", handled)
	}
}

// A creation whose token had ended has not run, and is sent again.
func TestTokenEndsBeforeCreation(t *testing.T) {
	s := newScripted(t)
	s.says("GET /domains", oneDomain, strings.Replace(oneDomain, "50", "51", 1))
	s.says("POST /users/2", "Token is not correct", `{"result":true}`)
	if err := s.client().CreateAccount(t.Context(), "a@example.com", password); err != nil {
		t.Error(err)
	}
	if n := s.count("POST /auth"); n != 2 {
		t.Errorf("%d logins, want 2", n)
	}
}

func TestTokenRefusedForGood(t *testing.T) {
	s := newScripted(t)
	s.says("GET /domains", "Token is not correct\n")
	_, err := s.client().Domains(t.Context())
	wantError(t, err, api.ErrAuth, "Token is not correct", "clock")
	if n := s.count("POST /auth"); n != 2 {
		t.Errorf("%d logins, want 2", n)
	}
}

func TestWrongCredentials(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusOK} {
		s := newScripted(t)
		s.does("POST /auth", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"msg":"Username/password is not correct","result":false}`)
		})
		c := s.client()
		for range 3 {
			err := c.Login(t.Context())
			wantError(t, err, api.ErrAuth, "operator", "Username/password is not correct", "MAILSERVER_PASSWORD")
		}
		_, err := c.Domains(t.Context())
		wantError(t, err, api.ErrAuth)
		if n := s.count("POST /auth"); n != 1 {
			t.Errorf("status %d: wrong credentials were tried %d times", status, n)
		}
		if n := s.count("GET /domains"); n != 0 {
			t.Errorf("status %d: %d calls without a login", status, n)
		}
	}
}

// A login that fails for another reason is tried again by the next call.
func TestLoginOfSomethingElse(t *testing.T) {
	page := func(status int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>Who are you?</html>")
		}
	}
	for name, test := range map[string]struct {
		login func(http.ResponseWriter, *http.Request)
		ping  string
		says  string
	}{
		"web site":           {login: page(http.StatusOK), ping: "<html>Welcome</html>", says: "no mail server API at this URL"},
		"web site, 404":      {login: page(http.StatusNotFound), ping: "<html>Welcome</html>", says: "no mail server API at this URL"},
		"proxy wants a name": {login: page(http.StatusUnauthorized), ping: "<html>Who are you?</html>", says: "no mail server API at this URL"},
		"ill server":         {login: page(http.StatusOK), ping: "pong", says: "its login does not work"},
		"no token": {
			login: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"result":true}`) },
			ping:  `"pong"`, says: "its login does not work",
		},
		"down": {login: page(http.StatusBadGateway), ping: "pong", says: "502"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.does("POST /auth", test.login)
			s.says("GET /ping", test.ping)
			c := s.client()
			err := c.Login(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error %v, want one that says %q", err, test.says)
			}
			s.says("POST /auth", `{"result":true,"token":"invented"}`)
			if err := c.Login(t.Context()); err != nil {
				t.Errorf("once the login works: %v", err)
			}
		})
	}
}

func TestPing(t *testing.T) {
	s := newScripted(t)
	c := s.client()
	wantError(t, c.Ping(t.Context()), api.ErrUnavailable, "URL")
	s.says("GET /ping", "pong\n")
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if n := s.count("POST /auth"); n != 0 {
		t.Errorf("%d logins for a ping", n)
	}
}
