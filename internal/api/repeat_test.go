package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

// How often a call goes out when the service goes on failing in one way, with two retries allowed,
// and what its error says then.
func TestRepetition(t *testing.T) {
	const page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
	kinds := []error{
		api.ErrNotFound, api.ErrAuth, api.ErrConflict, api.ErrRateLimited, api.ErrNotConfigured, api.ErrUnavailable,
	}
	for _, tc := range []struct {
		name       string
		step       http.HandlerFunc
		post, get  int32 // calls that arrive
		unsurePost bool
		kind       error
	}{
		{"cut without an answer", cut, 1, 3, true, api.ErrUnavailable},
		{"cut in the body of a success", truncated(200), 1, 3, true, api.ErrUnavailable},
		{"cut in the body of a refusal", truncated(404), 1, 3, false, api.ErrUnavailable},
		{"empty 500", answer(500, ""), 1, 3, true, api.ErrUnavailable},
		{"501", answer(501, ""), 1, 1, true, api.ErrUnavailable},
		{"502 with HTML", answer(502, page), 1, 3, true, api.ErrUnavailable},
		{"503", answer(503, ""), 1, 3, true, api.ErrUnavailable},
		{"503 with Retry-After", answer(503, "", seconds(0)), 1, 3, true, api.ErrUnavailable},
		{"503 for longer than we wait", answer(503, "", seconds(3600)), 1, 1, true, api.ErrUnavailable},
		{"429", answer(429, ""), 3, 3, false, api.ErrRateLimited},
		{"429 for longer than we wait", answer(429, "", seconds(3600)), 1, 1, false, api.ErrRateLimited},
		{"no answer in time", hang, 1, 1, true, api.ErrUnavailable},
		{"a body that trickles", trickle, 1, 1, true, api.ErrUnavailable},
		{"a body that does not end", endless, 1, 1, true, api.ErrUnavailable},
		{"400", answer(400, ""), 1, 1, false, nil},
		{"401", answer(401, ""), 1, 1, false, api.ErrAuth},
		{"403", answer(403, ""), 1, 1, false, api.ErrAuth},
		{"404", answer(404, "{}"), 1, 1, false, api.ErrNotFound},
		{"404 of a web server", answer(404, "\n<!DOCTYPE html><p>Not here"), 1, 1, false, api.ErrUnavailable},
		{"409", answer(409, ""), 1, 1, false, api.ErrConflict},
		{"422", answer(422, ""), 1, 1, false, nil},
		{"301", answer(301, "", "Location: /elsewhere"), 1, 1, false, nil},
		{"303, which follows a deed", answer(303, "", "Location: /done"), 1, 1, true, nil},
		{"302 to nowhere", answer(302, "", "Location: http://%zz/"), 1, 1, false, nil},
		{"307", answer(307, "", "Location: /elsewhere"), 1, 1, false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []api.Request{create(), list()} {
				s := serve(t, tc.step).start()
				cfg := config(t, s.URL)
				cfg.MaxBody = 1 << 12
				cfg.Timeout = 30 * time.Second // far beyond what an answer takes
				if strings.Contains(tc.name, "in time") || strings.Contains(tc.name, "trickles") {
					cfg.Timeout = 500 * time.Millisecond // long enough to arrive, also on a busy machine
				}
				_, err := api.New(cfg).Send(context.Background(), r)
				if err == nil {
					t.Fatalf("%s succeeded", r.Method)
				}
				want, unsure := tc.get, false
				if r.Repeat == api.Never {
					want, unsure = tc.post, tc.unsurePost
				}
				if got := s.arrived.Load(); got != want {
					t.Errorf("%s arrived %d times, want %d: %s", r.Method, got, want, err)
				}
				if got := errors.Is(err, api.ErrOutcomeUnknown); got != unsure {
					t.Errorf("%s: outcome unknown is %t, want %t: %s", r.Method, got, unsure, err)
				}
				for _, kind := range kinds {
					if got := errors.Is(err, kind); got != (kind == tc.kind) {
						t.Errorf("%s: errors.Is(err, %q) is %t: %s", r.Method, kind, got, err)
					}
				}
			}
		})
	}
}

func TestRecovery(t *testing.T) {
	ok := answer(200, "whole")
	for _, tc := range []struct {
		name  string
		r     api.Request
		steps []http.HandlerFunc
	}{
		{"POST after 429", create(), []http.HandlerFunc{answer(429, "slow down"), ok}},
		{"POST after two 429", create(), []http.HandlerFunc{answer(429, ""), answer(429, "", seconds(0)), ok}},
		{"GET after 429", list(), []http.HandlerFunc{answer(429, ""), ok}},
		{"GET after 500", list(), []http.HandlerFunc{answer(500, ""), ok}},
		{"GET after HTML", list(), []http.HandlerFunc{answer(502, "<html>"), answer(504, "<html>"), ok}},
		{"GET after a cut", list(), []http.HandlerFunc{cut, ok}},
		{"GET after a cut body", list(), []http.HandlerFunc{truncated(200), ok}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var bodies []string
			steps := make([]http.HandlerFunc, len(tc.steps))
			for i, step := range tc.steps {
				steps[i] = func(w http.ResponseWriter, r *http.Request) {
					b, _ := io.ReadAll(r.Body)
					bodies = append(bodies, string(b))
					step(w, r)
				}
			}
			s := serve(t, steps...).start()
			resp, err := api.New(config(t, s.URL)).Send(context.Background(), tc.r)
			if err != nil {
				t.Fatal(err)
			}
			if string(resp.Body) != "whole" || resp.Status != 200 {
				t.Errorf("got %d %q", resp.Status, resp.Body)
			}
			if len(bodies) != len(tc.steps) {
				t.Errorf("%d calls arrived, want %d", len(bodies), len(tc.steps))
			}
			for _, b := range bodies {
				if b != string(tc.r.Body) {
					t.Errorf("a call arrived with the body %q", b)
				}
			}
		})
	}
}

// A run that is stopped while it waits to repeat a refused call leaves nothing open; one that is
// stopped while the call is under way does.
func TestStoppedOutcome(t *testing.T) {
	t.Run("after 429", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			answer(429, "", seconds(60))(w, r)
			time.AfterFunc(5*time.Millisecond, stop)
		}).start()
		_, err := api.New(config(t, s.URL)).Send(ctx, create())
		if !errors.Is(err, context.Canceled) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("under way", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { stop(); hang(w, r) }).start()
		_, err := api.New(config(t, s.URL)).Send(ctx, create())
		if !errors.Is(err, context.Canceled) || !errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("before anything", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		stop()
		s := serve(t, answer(200, "")).start()
		_, err := api.New(config(t, s.URL)).Send(ctx, create())
		if !errors.Is(err, context.Canceled) || errors.Is(err, api.ErrOutcomeUnknown) || s.arrived.Load() != 0 {
			t.Errorf("%d arrived, got %v", s.arrived.Load(), err)
		}
	})
	t.Run("when the answer is read", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 201, "")
			resp.Body = stopAtEnd{strings.NewReader("created"), stop}
			return resp, nil
		})
		resp, err := api.New(cfg).Send(ctx, create())
		if err != nil || string(resp.Body) != "created" {
			t.Errorf("an answer that had arrived was thrown away: %v", err)
		}
	})
}

type stopAtEnd struct {
	io.Reader
	stop func()
}

func (s stopAtEnd) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF {
		s.stop()
	}
	return n, err
}

func (stopAtEnd) Close() error { return nil }
