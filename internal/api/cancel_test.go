package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

// stalled is a body that neither ends nor goes on before its context does.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (stalled) Close() error { return nil }

// A call that is stopped ends at once, wherever it is, and gives back what it held.
func TestStopAtEachStage(t *testing.T) {
	const slots = 2
	untilStopped := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	for _, tc := range []struct {
		name string
		busy int           // slots that others hold meanwhile
		rate time.Duration // between calls
		step transport     // what meets the call to be stopped
	}{
		{"waiting for a slot", slots, 0, nil},
		{"waiting for the rate limit", 0, 24 * time.Hour, nil},
		{"waiting for the answer", 0, 0, untilStopped},
		{"reading the body", 0, 0, func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 200, "")
			resp.Body = stalled{r.Context()}
			return resp, nil
		}},
		{"reading the body of a failure", 0, 0, func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 500, "")
			resp.Body = stalled{r.Context()}
			return resp, nil
		}},
		{"between attempts", 0, 0, status(429, seconds(300))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Other calls come to a gate: first those that keep slots busy, then those that
				// show that all slots are free again.
				entered, gate := make(chan struct{}, slots), make(chan struct{})
				atGate := func(r *http.Request) (*http.Response, error) {
					entered <- struct{}{}
					<-gate
					return apitest.Response(r, 200, ""), nil
				}
				cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
					if r.Method == http.MethodPost {
						return tc.step(r)
					}
					return atGate(r)
				})
				cfg.Concurrency, cfg.Timeout = slots, 48*time.Hour
				if tc.rate > 0 {
					cfg.Rate, cfg.Burst = 1/24.0/3600, 1
				}
				client := api.New(cfg)
				if tc.rate > 0 { // uses up what the rate limit lets out at once
					go func() { _, _ = client.Send(context.Background(), list()) }()
					<-entered
					close(gate)
					synctest.Wait()
					gate = make(chan struct{})
				}
				if tc.busy > 0 {
					for range tc.busy {
						go func() { _, _ = client.Send(context.Background(), list()) }()
						<-entered
					}
				}

				ctx, stop := context.WithCancel(context.Background())
				result := make(chan error)
				go func() {
					_, err := client.Send(ctx, create())
					result <- err
				}()
				synctest.Wait()
				select {
				case err := <-result:
					t.Fatalf("did not wait: %v", err)
				default:
				}
				start := time.Now()
				stop()
				if err := <-result; !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("ended %s after it was stopped", took)
				}
				if tc.busy > 0 {
					close(gate)
					synctest.Wait()
					gate = make(chan struct{})
				}
				allSlotsFree(t, client, slots, entered, gate)
			})
		})
	}
}

// Whatever comes of a call, its slot is free afterwards.
func TestSlotsAfterEachOutcome(t *testing.T) {
	for name, step := range map[string]transport{
		"success":    status(200),
		"refusal":    status(400),
		"failure":    status(500),
		"redirect":   status(302, "Location: https://elsewhere.example/"),
		"rate limit": status(429),
		"cut":        func(*http.Request) (*http.Response, error) { return nil, io.EOF },
		"cut body": func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 200, "")
			resp.Body = io.NopCloser(cutBody{})
			return resp, nil
		},
		"time limit": func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 200, "")
			resp.Body = stalled{r.Context()}
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const slots = 3
				entered, gate := make(chan struct{}, slots), make(chan struct{})
				first := true
				cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
					if first {
						return step(r)
					}
					entered <- struct{}{}
					<-gate
					return apitest.Response(r, 200, ""), nil
				})
				cfg.Concurrency = slots
				client := api.New(cfg)
				for _, r := range []api.Request{create(), list(), create(), list()} {
					_, _ = client.Send(t.Context(), r) // what comes of it, other tests prove
				}
				first = false
				allSlotsFree(t, client, slots, entered, gate)
			})
		})
	}
}

// The run may be stopped when an answer has begun and nobody has read it yet. It counts if it can
// be read all the same.
func TestStopAsTheAnswerComes(t *testing.T) {
	for _, readable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			const slots = 1
			entered, gate := make(chan struct{}, slots), make(chan struct{})
			ctx, stop := context.WithCancel(t.Context())
			cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost {
					stop()
					resp := apitest.Response(r, 201, "created")
					if !readable {
						resp.Body = stalled{r.Context()}
					}
					return resp, nil
				}
				entered <- struct{}{}
				<-gate
				return apitest.Response(r, 200, ""), nil
			})
			cfg.Concurrency = slots
			client := api.New(cfg)
			resp, err := client.Send(ctx, create())
			switch {
			case readable && (err != nil || string(resp.Body) != "created"):
				t.Errorf("an answer was thrown away: %v", err)
			case !readable && (!errors.Is(err, context.Canceled) || !errors.Is(err, api.ErrOutcomeUnknown)):
				t.Errorf("got %v", err)
			}
			allSlotsFree(t, client, slots, entered, gate)
		})
	}
}

type cutBody struct{}

func (cutBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
