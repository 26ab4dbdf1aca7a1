package mailserverapi_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

// scripted is a server that answers what a test writes down for it.
type scripted struct {
	t   *testing.T
	url string

	mu      sync.Mutex
	answers map[string]func(w http.ResponseWriter, r *http.Request)
	calls   []string
}

const goodToken = "invented.token.one"

func newScripted(t *testing.T) *scripted {
	t.Helper()
	s := &scripted{t: t, answers: map[string]func(http.ResponseWriter, *http.Request){}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.says("POST /auth", `{"result":true,"token":"`+goodToken+`"}`)
	return s
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.Path
	s.mu.Lock()
	s.calls = append(s.calls, call)
	answer, ok := s.answers[call]
	s.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":404,"message":"API method is not exist"}`)
		return
	}
	answer(w, r)
}

// says has a call answered with 200 and these bodies in turn, the last for ever.
func (s *scripted) says(call string, bodies ...string) {
	s.does(call, func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		body := bodies[0]
		if len(bodies) > 1 {
			bodies = bodies[1:]
		}
		s.mu.Unlock()
		_, _ = io.WriteString(w, body)
	})
}

func (s *scripted) does(call string, answer func(w http.ResponseWriter, r *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[call] = answer
}

func (s *scripted) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (s *scripted) client(change ...func(*mailserverapi.Config)) *mailserverapi.Client {
	s.t.Helper()
	address, err := api.ParseBaseURL(s.url, false)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := mailserverapi.Config{URL: address, Username: "operator", Password: "invented login password", UserAgent: "test/1", RetryWaitMin: 1,
		Background: time.Millisecond, Settle: time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.GatherGap == 0 {
		cfg.GatherGap = 5 * time.Millisecond
	}
	return mailserverapi.New(cfg)
}

// describe writes down what reached the server: form fields, file parts, query.
func describe(t *testing.T, r *http.Request) string {
	t.Helper()
	var parts []string
	if r.URL.RawQuery != "" {
		parts = append(parts, "?"+r.URL.RawQuery)
	}
	if r.Header.Get("Content-Type") != "" {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
			return ""
		}
		for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.Value)) {
			parts = append(parts, name+"="+strings.Join(r.MultipartForm.Value[name], ","))
		}
		for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
			parts = append(parts, fmt.Sprintf("%s: file of %d bytes", name, r.MultipartForm.File[name][0].Size))
		}
	}
	return strings.Join(parts, " ")
}
