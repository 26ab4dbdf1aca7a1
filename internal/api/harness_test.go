package api_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

// server answers the nth call with the nth step, and all further calls with the last one.
type server struct {
	*httptest.Server
	arrived atomic.Int32 // calls that reached a handler
}

func serve(t *testing.T, steps ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(s.arrived.Add(1))
		steps[min(n, len(steps))-1](w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the failed handshakes that tests provoke
	t.Cleanup(s.Close)
	return s
}

func (s *server) start() *server {
	s.Start()
	return s
}

// answer is a step with a status, a body and headers "Name: value".
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cut closes the connection when the handler has done its work.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// truncated announces more than it sends.
func truncated(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"result":`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// hang never answers.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice the client leave
	<-r.Context().Done()
}

// trickle sends a body that goes on, slowly.
func trickle(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, " ")
		w.(http.Flusher).Flush()
		time.Sleep(time.Millisecond)
	}
}

// endless sends a body that goes on, fast.
func endless(w http.ResponseWriter, r *http.Request) {
	for line := strings.Repeat("x", 1<<10); r.Context().Err() == nil; {
		if _, err := io.WriteString(w, line); err != nil {
			return
		}
	}
}

// config is a client's with pauses that tests can wait for.
func config(t *testing.T, base string) api.Config {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return api.Config{
		Service: "mail server", BaseURL: u, Retries: 2,
		RetryWaitMin: time.Millisecond, RetryWaitMax: 2 * time.Millisecond,
	}
}

func create() api.Request {
	return api.Request{
		Op: "create domain", Object: "example.com", Method: http.MethodPost,
		Path: []string{"domains"}, Body: []byte(`{"name":"example.com"}`), Type: "application/json",
	}
}

func list() api.Request {
	return api.Request{
		Op: "list domains", Method: http.MethodGet, Path: []string{"domains"}, Repeat: api.Safely,
	}
}

// transport is a service in memory. Tests that need a clock of their own use it inside a synctest
// bubble, where sockets cannot be waited for.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// inMemory is a config with the default pauses, for use under a fake clock.
func inMemory(t *testing.T, f transport) api.Config {
	t.Helper()
	c := config(t, "https://mail.example.com")
	c.RetryWaitMin, c.RetryWaitMax, c.Transport = 0, 0, f
	return c
}

// scripted answers the nth call with the nth response.
func scripted(calls *atomic.Int32, steps ...func(*http.Request) (*http.Response, error)) transport {
	return func(r *http.Request) (*http.Response, error) {
		n := int(calls.Add(1))
		return steps[min(n, len(steps))-1](r)
	}
}

func status(code int, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) { return apitest.Response(r, code, "", headers...), nil }
}

func seconds(n int) string { return "Retry-After: " + strconv.Itoa(n) }

// allSlotsFree fails if a call does not give its slot back: it holds as many calls under way at
// once as the client allows. gate is what they wait at.
func allSlotsFree(t *testing.T, client *api.Client, slots int, entered <-chan struct{}, gate chan struct{}) {
	t.Helper()
	done := make(chan error, slots)
	for range slots {
		go func() {
			_, err := client.Send(context.Background(), list())
			done <- err
		}()
	}
	for range slots {
		<-entered
	}
	close(gate)
	for range slots {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
