package mailserversim

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
)

// server is a simulated mail server with a clock and conditions that tests set.
type server struct {
	*Service
	*sandboxtest.World
	token string

	mu     sync.Mutex
	issued []string // host names of certificates, in the order of their issue
}

// newServer makes a server with an empty state in memory, and logs in.
func newServer(t *testing.T) *server {
	t.Helper()
	return newServerAt(t, "")
}

// newServerAt makes a server whose state is at path.
func newServerAt(t *testing.T, path string) *server {
	t.Helper()
	s := &server{World: sandboxtest.At(t, path)}
	s.Set(SettingDKIMBits, "1024")
	s.Service = New(Config{Store: s.Store, Now: s.Now, Conditions: s.Conditions, Issue: s.issueCertificate})
	s.login(t)
	return s
}

func (s *server) login(t *testing.T) {
	t.Helper()
	got := s.post(t, "/auth", "username", Username, "password", Password)
	s.token = got.json(t)["token"].(string)
}

// state returns a look at the server's state; no call may be under way.
func (s *server) state(t *testing.T) State {
	t.Helper()
	return sandboxtest.State[State](s.World, Section)
}

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   string
}

// want fails the test unless the reply has this status and this very body.
func (r reply) want(t *testing.T, status int, body string) {
	t.Helper()
	if r.status != status || r.body != body {
		t.Errorf("got status %d, body %q\nwant status %d, body %q", r.status, r.body, status, body)
	}
}

func (s *server) send(t *testing.T, method, path, contentType, body string) reply {
	t.Helper()
	var header []string
	if contentType != "" {
		header = append(header, "Content-Type", contentType)
	}
	if s.token != "" {
		header = append(header, "Auth-token", s.token)
	}
	sent := s.Send(s.Service, method, path, body, header...)
	return reply{status: sent.Status, header: sent.Header, body: sent.Body}
}

// form sends fields, given as names and values in turn, the way "curl -F" does.
func (s *server) form(t *testing.T, method, path string, fields ...string) reply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for pair := range slices.Chunk(fields, 2) {
		if err := form.WriteField(pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return s.send(t, method, path, form.FormDataContentType(), body.String())
}

func (s *server) get(t *testing.T, path string) reply {
	t.Helper()
	return s.send(t, http.MethodGet, path, "", "")
}

func (s *server) post(t *testing.T, path string, fields ...string) reply {
	t.Helper()
	return s.form(t, http.MethodPost, path, fields...)
}

// urlencoded sends fields the way "curl -d" does.
func (s *server) urlencoded(t *testing.T, method, path string, fields url.Values) reply {
	t.Helper()
	return s.send(t, method, path, "application/x-www-form-urlencoded", fields.Encode())
}

func TestPing(t *testing.T) {
	s := newServer(t)
	s.token = ""
	got := s.get(t, "/ping")
	got.want(t, 200, "pong")
	if kind := got.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type is %q", kind)
	}
}

func TestUnknownPath(t *testing.T) {
	s := newServer(t)
	s.token = "" // the answer needs none
	for _, path := range []string{"GET /", "GET /auth", "GET /domain", "PUT /domains", "POST /user/1", "POST /users/", "GET /users/1/2"} {
		t.Run(path, func(t *testing.T) {
			method, path, _ := strings.Cut(path, " ")
			got := s.send(t, method, path, "", "")
			if got.status != 404 {
				t.Fatalf("status %d, body %q", got.status, got.body)
			}
			body := got.json(t)
			if body["code"] != 404.0 || body["message"] != "API method is not exist" || body["method"] != method || body["url"] != path {
				t.Errorf("body %q", got.body)
			}
		})
	}
}

func TestTrailingSlashIsRedirected(t *testing.T) {
	s := newServer(t)
	s.token = "" // the answer needs none
	tests := map[string]struct {
		method, path string
		status       int
		location     string
	}{
		"GET":    {"GET", "/domains/", 301, "/domains"},
		"POST":   {"POST", "/domains/", 307, "/domains"},
		"DELETE": {"DELETE", "/domain/?domain=a.example", 307, "/domain?domain=a.example"},
		"id":     {"GET", "/users/7/", 301, "/users/7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.send(t, test.method, test.path, "", "")
			if location := got.header.Get("Location"); got.status != test.status || location != test.location {
				t.Errorf("status %d to %q, want %d to %q", got.status, location, test.status, test.location)
			}
		})
	}
}

// A setting that can't be read must not look like something that the mail server would do.
func TestBrokenSetting(t *testing.T) {
	tests := map[string]string{
		SettingTokenLifetime:       "half an hour",
		SettingCertificateDelay:    "-1s",
		SettingCertificateLifetime: "90",
		SettingDKIMBits:            "512",
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.Set(name, value)
			got := s.get(t, "/domains")
			if got.status != 500 || !strings.Contains(got.body, name) || !strings.Contains(got.body, value) {
				t.Errorf("status %d, body %q", got.status, got.body)
			}
		})
	}
}
