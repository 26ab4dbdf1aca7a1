package yandexapi_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

const (
	token    = "INVENTEDPDDTOKEN0123456789"
	password = "Inv3nted-Pass;1"
)

// scripted is a service that answers what a test writes down for it.
type scripted struct {
	t   *testing.T
	url string

	mu      sync.Mutex
	answers map[string]func(w http.ResponseWriter, form url.Values)
	calls   []call
}

// call is one that has arrived.
type call struct {
	name string // as in "POST domain/register"
	form url.Values
}

func newScripted(t *testing.T) *scripted {
	t.Helper()
	s := &scripted{t: t, answers: map[string]func(http.ResponseWriter, url.Values){}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/api2/admin"
	return s
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api2/admin/")
	if err := r.ParseForm(); err != nil {
		s.t.Error(err)
	}
	if got := r.Header.Get("PddToken"); got != token {
		s.t.Errorf("%s came with the token %q", name, got)
	}
	if r.Method == http.MethodPost && r.URL.RawQuery != "" {
		s.t.Errorf("%s has parameters in its URL, which ends up in logs", name)
	}
	s.mu.Lock()
	s.calls = append(s.calls, call{name, r.Form})
	answer, ok := s.answers[name]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	answer(w, r.Form)
}

// does has a call answered by a function.
func (s *scripted) does(name string, answer func(w http.ResponseWriter, form url.Values)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[name] = answer
}

// says has a call answered with 200 and these bodies in turn, the last for ever. The body "cut" is
// a connection that is cut.
func (s *scripted) says(name string, bodies ...string) {
	s.does(name, func(w http.ResponseWriter, _ url.Values) {
		s.mu.Lock()
		body := bodies[0]
		if len(bodies) > 1 {
			bodies = bodies[1:]
		}
		s.mu.Unlock()
		if body == cut {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, body)
	})
}

// cut is the body that is none.
const cut = "cut"

// refuses has a call answered with an error code.
func (s *scripted) refuses(name string, code yandexapi.Code) { s.says(name, refusal(code)) }

func refusal(code yandexapi.Code) string {
	return fmt.Sprintf(`{"success":"error","error":%q}`, string(code))
}

func (s *scripted) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if c.name == name {
			n++
		}
	}
	return n
}

// last is the form of the latest call of a name.
func (s *scripted) last(name string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.calls) - 1; i >= 0; i-- {
		if s.calls[i].name == name {
			return s.calls[i].form
		}
	}
	s.t.Fatalf("%s was not called", name)
	return nil
}

// client is one with pauses that tests can wait for.
func (s *scripted) client(changes ...func(*yandexapi.Config)) *yandexapi.Client {
	base, err := api.ParseBaseURL(s.url+"/", false)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := yandexapi.Config{Token: token, BaseURL: base, RetryWaitMin: time.Millisecond}
	for _, change := range changes {
		change(&cfg)
	}
	return yandexapi.New(cfg)
}

// has makes the user have these domains.
func (s *scripted) has(domains ...string) {
	rows := make([]string, len(domains))
	for i, name := range domains {
		rows[i] = fmt.Sprintf(`{"name":%q,"status":"added","stage":"added","emails-count":2,"nsdelegated":"no","aliases":[]}`, name)
	}
	s.says("GET domain/domains", fmt.Sprintf(`{"success":"ok","page":1,"on_page":20,"total":%d,"found":%d,"domains":[%s]}`,
		len(rows), len(rows), strings.Join(rows, ",")))
}

// accountsOf is the answer to email/list with these mailboxes, enabled and without names.
func accountsOf(emails ...string) string {
	rows := make([]string, len(emails))
	for i, email := range emails {
		rows[i] = fmt.Sprintf(`{"uid":%d,"login":%q,"enabled":"yes","ready":"no","iname":"","fname":"","fio":"","sex":null,"aliases":[],"maillist":"no"}`, 1130000000000001+i, email)
	}
	return fmt.Sprintf(`{"success":"ok","page":1,"pages":1,"on_page":1000,"total":%d,"found":%d,"accounts":[%s]}`, len(rows), len(rows), strings.Join(rows, ","))
}

const (
	fine = `{"success":"ok"}`
	none = `{"success":"ok","domain":"example.com","status":"none","stage":"none"}`
	// registered is a domain whose ownership has to be proven.
	registered = `{"success":"ok","domain":"example.com","status":"domain-activate","stage":"owner-check","secrets":{"name":"a1b2c3d4e5f6","content":"f6e5d4c3b2a1"}}`
)

// noSecret makes sure that a text shows neither the token nor the password.
func noSecret(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, secret := range []string{token, password, url.QueryEscape(password)} {
		if strings.Contains(fmt.Sprintf("%s %+v %#v", err, err, err), secret) {
			t.Errorf("a secret in: %s", err)
		}
	}
}

// wantError checks an error by what errors.Is finds in it and by parts of its text.
func wantError(t *testing.T, err error, kind error, parts ...string) {
	t.Helper()
	noSecret(t, err)
	if err == nil {
		t.Fatal("no error")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("not %q: %v", kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in: %v", part, err)
		}
	}
}
