package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

const sdkSecret = "hunter2-hunter2"

// through makes one request by an http.Client over the transport, as an SDK would, and gives back
// what an SDK could have decoded.
func through(t *testing.T, over *api.Transport, ctx context.Context, method, url, body string) (string, error) {
	t.Helper()
	var got string
	err := over.Call(ctx, "edit zone", "example.com", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
		if err != nil {
			return err
		}
		resp, err := over.HTTPClient().Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		read, err := io.ReadAll(resp.Body)
		got = string(read)
		return err
	})
	return got, err
}

const zoneURL = "https://mail.example.com/zones/a%2Fb?page=2"

func TestTransportSendsWhatTheSDKBuilt(t *testing.T) {
	cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.URL.String() != zoneURL || r.Method != http.MethodPost || string(body) != "change" {
			t.Errorf("sent %s %s %q", r.Method, r.URL, body)
		}
		return apitest.Response(r, 201, "done", "X-Ray: 7"), nil
	})
	got, err := through(t, api.NewTransport(cfg, api.TransportRules{}), t.Context(), http.MethodPost, zoneURL, "change")
	if err != nil || got != "done" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTransportRepeats(t *testing.T) {
	reads := func(_ *http.Request, body []byte) api.Repeat {
		if strings.HasPrefix(string(body), "get") {
			return api.Safely
		}
		return api.Never
	}
	refusal := func(resp *http.Response) (time.Duration, bool) {
		return 90 * time.Second, resp.StatusCode == http.StatusMethodNotAllowed
	}
	for _, tc := range []struct {
		name         string
		method, body string
		rules        api.TransportRules
		first        int
		header       string
		calls        int32
		waits        time.Duration // at least
		unsure       bool
	}{
		{name: "read", method: "GET", first: 502, calls: 2},
		{name: "change", method: "POST", first: 502, calls: 1, unsure: true},
		{name: "delete", method: "DELETE", first: 500, calls: 1, unsure: true},
		{name: "change refused", method: "POST", first: 400, calls: 1},
		{name: "one too many", method: "POST", first: 429, header: "Retry-After: 300", calls: 2, waits: 300 * time.Second},
		{name: "far too many", method: "POST", first: 429, header: "Retry-After: 3600", calls: 1},
		{name: "a read by POST", method: "POST", body: "getHosts", rules: api.TransportRules{RepeatOf: reads}, first: 502, calls: 2},
		{name: "a change by GET", method: "GET", body: "setHosts", rules: api.TransportRules{RepeatOf: reads}, first: 502, calls: 1, unsure: true},
		{name: "one too many, said otherwise", method: "POST", rules: api.TransportRules{RateLimited: refusal}, first: 405, calls: 2, waits: 90 * time.Second},
		{name: "another refusal", method: "POST", rules: api.TransportRules{RateLimited: refusal}, first: 404, calls: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				header := tc.header
				if header == "" {
					header = "X-Ray: 7"
				}
				cfg := inMemory(t, scripted(&calls, status(tc.first, header), status(200)))
				start := time.Now()
				_, err := through(t, api.NewTransport(cfg, tc.rules), t.Context(), tc.method, zoneURL, tc.body)
				if calls.Load() != tc.calls || (err == nil) != (tc.calls == 2) {
					t.Fatalf("%d calls: %v", calls.Load(), err)
				}
				if took := time.Since(start); took < tc.waits || took > tc.waits+time.Second {
					t.Errorf("waited %s, want %s", took, tc.waits)
				}
				if errors.Is(err, api.ErrOutcomeUnknown) != tc.unsure {
					t.Errorf("unsure: %v", err)
				}
			})
		})
	}
}

// The status is the one that the service sent, not the 429 that stands for it.
func TestTransportSaysHowItWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		over := api.NewTransport(inMemory(t, scripted(&calls, status(405))), api.TransportRules{
			RateLimited: func(*http.Response) (time.Duration, bool) { return time.Hour, true },
		})
		_, err := through(t, over, t.Context(), http.MethodPost, zoneURL, "")
		var fail *api.Error
		if !errors.As(err, &fail) || fail.Status != 405 || !errors.Is(err, api.ErrRateLimited) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(err.Error(), "not before 2000-01-01T01:00:00Z") {
			t.Errorf("does not say until when: %v", err)
		}
	})
}

func TestTransportErrors(t *testing.T) {
	cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
		return apitest.Response(r, 403, `{"code":9109,"message":"no `+sdkSecret+`"}`), nil
	})
	cfg.Secrets = []string{sdkSecret}
	cfg.Explain = func(int, []byte) (string, string) { return "9109", "not for " + sdkSecret }
	_, err := through(t, api.NewTransport(cfg, api.TransportRules{}), t.Context(), http.MethodGet, zoneURL, "")
	var fail *api.Error
	if !errors.As(err, &fail) || !errors.Is(err, api.ErrAuth) {
		t.Fatalf("got %v", err)
	}
	if want := "mail server: edit zone example.com: HTTP 403 Forbidden (code 9109): not for ***. Check the credentials in the provider configuration, and what they are allowed to do"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

// An SDK may give back ctx.Err() alone when its context has ended. That a change was under way is
// not lost by it.
func TestTransportKeepsWhatTheSDKDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := api.NewTransport(inMemory(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), api.TransportRules{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := over.Call(ctx, "edit zone", "example.com", func(ctx context.Context) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, zoneURL, http.NoBody)
			if err != nil {
				return err
			}
			resp, err := over.HTTPClient().Do(req)
			if err == nil {
				return errors.Join(errors.New("answered"), resp.Body.Close())
			}
			return ctx.Err()
		})
		if !errors.Is(err, api.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// What the SDK itself objects to is an error like any other.
func TestTransportErrorsOfTheSDK(t *testing.T) {
	complaint := errors.New("unexpected end of JSON input")
	for _, tc := range []struct {
		name   string
		method string // of the request before the complaint; empty: none
		want   string
		unsure bool
	}{
		{"before anything was sent", "", "mail server: edit zone example.com: unexpected end of JSON input", false},
		{"about the answer to a read", http.MethodGet, "mail server: edit zone example.com: unexpected end of JSON input. Check that the URL", false},
		{"about the answer to a change", http.MethodPost, "mail server: edit zone example.com: unexpected end of JSON input. It may or may not", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			over := api.NewTransport(inMemory(t, func(r *http.Request) (*http.Response, error) {
				return apitest.Response(r, 200, "{"), nil
			}), api.TransportRules{})
			err := over.Call(t.Context(), "edit zone", "example.com", func(ctx context.Context) error {
				if tc.method != "" {
					req, err := http.NewRequestWithContext(ctx, tc.method, zoneURL, http.NoBody)
					if err != nil {
						return err
					}
					resp, err := over.HTTPClient().Do(req)
					if err != nil {
						return err
					}
					if err := resp.Body.Close(); err != nil {
						return err
					}
				}
				return complaint
			})
			if !errors.Is(err, complaint) || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
			if errors.Is(err, api.ErrOutcomeUnknown) != tc.unsure || errors.Is(err, api.ErrUnavailable) != (tc.method != "") {
				t.Errorf("kinds of %v", err)
			}
		})
	}
}

// Credentials do not leave for another host, whatever the SDK makes of its URL.
func TestTransportStaysBelowItsBase(t *testing.T) {
	var calls atomic.Int32
	cfg := inMemory(t, scripted(&calls, status(200)))
	cfg.BaseURL.Path = "/client/v4"
	over := api.NewTransport(cfg, api.TransportRules{})
	for _, url := range []string{
		"https://mail.example.org/client/v4/zones", "http://mail.example.com/client/v4/zones",
		"https://mail.example.com/client/v44/zones", "https://mail.example.com/zones",
		"https://mail.example.com/client/v4/../zones",
	} {
		if _, err := through(t, over, t.Context(), http.MethodPost, url, ""); err == nil || calls.Load() != 0 {
			t.Errorf("%s: %d calls, %v", url, calls.Load(), err)
		}
	}
	if _, err := through(t, over, t.Context(), http.MethodPost, "https://mail.example.com/client/v4", ""); err != nil || calls.Load() != 1 {
		t.Errorf("the base itself: %d calls, %v", calls.Load(), err)
	}
}
