package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// probe is a service that only counts its calls.
type probe struct{ calls atomic.Int32 }

const probeAnswer = `{"result": true, "msg": "the probe's answer, long enough to be cut in pieces"}`

func (p *probe) Name() string { return "probe" }

func (p *probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/moved" {
		http.Redirect(w, r, "/there", http.StatusMovedPermanently)
		return
	}
	io.Copy(io.Discard, r.Body) //nolint:errcheck // what is sent doesn't matter
	p.calls.Add(1)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	io.WriteString(w, probeAnswer) //nolint:errcheck // a client that has gone is part of some tests
}

// only makes a sandbox simulate just this service.
func only(s sandbox.Service) []sandbox.Simulate {
	return []sandbox.Simulate{func(sandbox.Env) sandbox.Simulation { return sandbox.Simulation{Service: s} }}
}

// open opens a sandbox. It simulates all services unless the options name some.
func open(t *testing.T, options sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	if options.Services == nil {
		options.Services = service.Simulated()
	}
	s, err := sandbox.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// overBothTransports runs a test with a probe in a sandbox, once in memory and once over a socket.
func overBothTransports(t *testing.T, test func(t *testing.T, s *sandbox.Sandbox, p *probe, client *http.Client, url string)) {
	t.Run("in memory", func(t *testing.T) {
		p := &probe{}
		s := open(t, sandbox.Options{Services: only(p)})
		test(t, s, p, &http.Client{Transport: s.Transport()}, s.BaseURL("probe"))
	})
	t.Run("by socket", func(t *testing.T) {
		p := &probe{}
		s := open(t, sandbox.Options{Services: only(p)})
		server := httptest.NewServer(s.Handler())
		t.Cleanup(server.Close)
		test(t, s, p, server.Client(), server.URL+"/probe")
	})
}

// outcome is what a client sees of a call.
type outcome struct {
	status  int
	header  http.Header
	body    string
	callErr error // no answer
	bodyErr error // an answer whose body broke off
	took    time.Duration
}

// post sends a body, because Go's client does not repeat such a call by itself. It reads at most 1
// MiB of the answer.
func post(ctx context.Context, client *http.Client, url string) outcome {
	begin := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("domain=example.com"))
	if err != nil {
		return outcome{callErr: err}
	}
	response, err := client.Do(request)
	if err != nil {
		return outcome{callErr: err, took: time.Since(begin)}
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return outcome{status: response.StatusCode, header: response.Header, body: string(body), bodyErr: err, took: time.Since(begin)}
}

func TestFaultKinds(t *testing.T) {
	answered := func(status int, body string) func(outcome) error {
		return func(o outcome) error {
			if o.callErr != nil || o.bodyErr != nil || o.status != status || o.body != body {
				return fmt.Errorf("want %d %q", status, body)
			}
			return nil
		}
	}
	cut := func(o outcome) error {
		if !errors.Is(o.callErr, io.EOF) {
			return errors.New("want the connection cut")
		}
		return nil
	}
	gaveUp := func(o outcome) error {
		if !errors.Is(o.callErr, context.DeadlineExceeded) {
			return errors.New("want no answer for as long as the client waits")
		}
		return nil
	}
	for name, c := range map[string]struct {
		fault fault.Fault
		sees  func(outcome) error
		calls int32 // that the service has learned of
	}{
		"status": {
			fault.Fault{Kind: fault.Status, Status: 503, Body: "later", RetryAfter: fault.Duration(3 * time.Second), Header: map[string]string{"X-From": "proxy"}},
			func(o outcome) error {
				if o.header.Get("Retry-After") != "3" || o.header.Get("X-From") != "proxy" {
					return errors.New("want the fault's header")
				}
				return answered(503, "later")(o)
			}, 0,
		},
		"status by default": {fault.Fault{Kind: fault.Status}, answered(500, ""), 0},
		"status after": {
			fault.Fault{Kind: fault.StatusAfter},
			func(o outcome) error {
				if o.status != 502 || !strings.Contains(o.body, "<html>") || o.header.Get("Content-Type") != "text/html" {
					return errors.New("want a proxy's page with 502")
				}
				return nil
			}, 1,
		},
		"status after, chosen": {fault.Fault{Kind: fault.StatusAfter, Status: 504, Body: "slow"}, answered(504, "slow"), 1},
		"empty 500":            {fault.Fault{Kind: fault.EmptyError}, answered(500, ""), 0},
		"redirect": {
			fault.Fault{Kind: fault.Redirect, Header: map[string]string{"Location": "https://elsewhere.example/"}},
			func(o outcome) error {
				if o.status != 302 || o.header.Get("Location") != "https://elsewhere.example/" {
					return errors.New("want a redirect")
				}
				return nil
			}, 0,
		},
		"cut":               {fault.Fault{Kind: fault.Cut}, cut, 0},
		"cut after":         {fault.Fault{Kind: fault.CutAfter}, cut, 1},
		"hang":              {fault.Fault{Kind: fault.Hang}, gaveUp, 0},
		"hang after":        {fault.Fault{Kind: fault.HangAfter}, gaveUp, 1},
		"hang for a moment": {fault.Fault{Kind: fault.Hang, Delay: fault.Duration(time.Millisecond)}, cut, 0},
		"slow body": {
			fault.Fault{Kind: fault.SlowBody, Delay: fault.Duration(2 * time.Millisecond)},
			func(o outcome) error {
				if o.took < 30*time.Millisecond {
					return errors.New("want it slow")
				}
				return answered(201, probeAnswer)(o)
			}, 1,
		},
		"truncated body": {
			fault.Fault{Kind: fault.TruncatedBody},
			func(o outcome) error {
				if o.status != 201 || !errors.Is(o.bodyErr, io.ErrUnexpectedEOF) || o.body != probeAnswer[:len(probeAnswer)/2] {
					return errors.New("want half the body and no end")
				}
				return nil
			}, 1,
		},
		"invalid JSON": {
			fault.Fault{Kind: fault.InvalidJSON},
			func(o outcome) error {
				if o.status != 201 || o.bodyErr != nil || o.body == "" || json.Valid([]byte(o.body)) || o.header.Get("Content-Type") != "application/json" {
					return errors.New("want a complete answer that is no JSON")
				}
				return nil
			}, 1,
		},
		"invalid JSON, chosen": {fault.Fault{Kind: fault.InvalidJSON, Body: "<>"}, answered(201, "<>"), 1},
		"endless body": {
			fault.Fault{Kind: fault.EndlessBody},
			func(o outcome) error {
				if o.status != 200 || o.bodyErr != nil || len(o.body) != 1<<20 || !strings.HasPrefix(o.body, `[{"filler"`) {
					return errors.New("want as much as the client reads")
				}
				return nil
			}, 0,
		},
		"delayed status": {
			fault.Fault{Kind: fault.Status, Status: 500, Delay: fault.Duration(20 * time.Millisecond)},
			func(o outcome) error {
				if o.took < 20*time.Millisecond {
					return errors.New("want it late")
				}
				return nil
			}, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			overBothTransports(t, func(t *testing.T, s *sandbox.Sandbox, p *probe, client *http.Client, url string) {
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				c.fault.Count = 1
				if err := s.SetConditions("probe", fault.Conditions{Faults: []fault.Fault{c.fault}}); err != nil {
					t.Fatal(err)
				}
				patience := 10 * time.Second
				if c.fault.Kind == fault.Hang && c.fault.Delay == 0 || c.fault.Kind == fault.HangAfter {
					patience = time.Second
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				got := post(ctx, client, url+"/thing")
				if err := c.sees(got); err != nil {
					got.body = got.body[:min(len(got.body), 200)]
					t.Errorf("%v; got %+v", err, got)
				}
				if calls := p.calls.Load(); calls != c.calls {
					t.Errorf("the service has learned of %d calls, want %d", calls, c.calls)
				}
				if next := post(t.Context(), client, url+"/thing"); answered(201, probeAnswer)(next) != nil {
					t.Errorf("the call after the fault: %+v", next)
				}
			})
		})
	}
}

func TestTruncatedEmptyBody(t *testing.T) {
	s := open(t, sandbox.Options{Services: only(nothing{})})
	if err := s.SetConditions("nothing", fault.Conditions{Faults: []fault.Fault{{Kind: fault.TruncatedBody}}}); err != nil {
		t.Fatal(err)
	}
	got := post(t.Context(), &http.Client{Transport: s.Transport()}, s.BaseURL("nothing"))
	if got.status != 200 || !errors.Is(got.bodyErr, io.ErrUnexpectedEOF) || got.body != "" {
		t.Errorf("got %+v, want an empty body that should have been longer", got)
	}
}

// nothing is a service that answers with an empty body.
type nothing struct{}

func (nothing) Name() string                                 { return "nothing" }
func (nothing) ServeHTTP(http.ResponseWriter, *http.Request) {}

func TestConditionsOverHTTP(t *testing.T) {
	p := &probe{}
	s := open(t, sandbox.Options{Services: only(p)})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	control := func(method, path, body string) (int, string) {
		request, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // it was only read
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	const conditions = `{"faults":[{"kind":"status","status":507}],"switches":{"database_down":true}}`
	if status, text := control("PUT", "/_sandbox/conditions/probe", conditions); status != 204 {
		t.Errorf("PUT: %d %s", status, text)
	}
	status, text := control("GET", "/_sandbox/conditions/probe", "")
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil || status != 200 || strings.TrimSpace(compact.String()) != conditions {
		t.Errorf("GET: %d %s, %v", status, text, err)
	}
	if got := post(t.Context(), server.Client(), server.URL+"/probe/"); got.status != 507 {
		t.Errorf("under these conditions: %+v", got)
	}
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"unknown service, PUT": {"PUT", "/_sandbox/conditions/nobody", "{}", 404, `"nobody"`},
		"unknown service, GET": {"GET", "/_sandbox/conditions/nobody", "", 404, `"nobody"`},
		"unknown field":        {"PUT", "/_sandbox/conditions/probe", `{"latencey":"1s"}`, 400, "latencey"},
		"unknown kind":         {"PUT", "/_sandbox/conditions/probe", `{"faults":[{"kind":"explode"}]}`, 400, "explode"},
		"wrong method":         {"DELETE", "/_sandbox/conditions/probe", "", 405, ""},
		"unknown control":      {"GET", "/_sandbox/other", "", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if status, text := control(c.method, c.path, c.body); status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%d %q, want %d and %q", status, text, c.status, c.says)
			}
		})
	}
	if err := s.SetConditions("nobody", fault.Conditions{}); err == nil {
		t.Error("conditions were set for a service that there isn't")
	}
}
