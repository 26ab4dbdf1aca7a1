package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

func TestRequestOnTheWire(t *testing.T) {
	var got *http.Request
	var body []byte
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Total", "7")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "queued")
	}).start()
	cfg := config(t, s.URL+"/api/v1")
	cfg.UserAgent = "terraform-provider-postmaster/1.2.3"
	resp, err := api.New(cfg).Send(context.Background(), api.Request{
		Method: http.MethodPut,
		Path:   []string{"users", "a/b+c d@exämple.com", "100%"},
		Query:  url.Values{"q": {"a&b=c"}},
		Header: http.Header{"X-Auth-Token": {"t0ken"}},
		Body:   []byte("hello"), Type: "text/plain",
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 202 || string(resp.Body) != "queued" || resp.Header.Get("X-Total") != "7" {
		t.Errorf("got %+v", resp)
	}
	for _, c := range []struct{ what, got, want string }{
		{"method", got.Method, "PUT"},
		{"target", got.RequestURI, "/api/v1/users/a%2Fb+c%20d@ex%C3%A4mple.com/100%25?q=a%26b%3Dc"},
		{"body", string(body), "hello"},
		{"Content-Type", got.Header.Get("Content-Type"), "text/plain"},
		{"User-Agent", got.Header.Get("User-Agent"), "terraform-provider-postmaster/1.2.3"},
		{"X-Auth-Token", got.Header.Get("X-Auth-Token"), "t0ken"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	if got.ContentLength != 5 {
		t.Errorf("Content-Length is %d", got.ContentLength)
	}
}

// What cannot be sent as meant is not sent, and says so without a retry.
func TestRequestNotSent(t *testing.T) {
	for _, tc := range []struct {
		name string
		edit func(*api.Request)
		want string
	}{
		{"empty path element", func(r *api.Request) { r.Path = []string{"users", ""} }, `"" cannot be part`},
		{"dot", func(r *api.Request) { r.Path = []string{".", "users"} }, `"." cannot be part`},
		{"dots", func(r *api.Request) { r.Path = []string{"users", ".."} }, `".." cannot be part`},
		{"line break in a credential", func(r *api.Request) { r.Header = http.Header{"Authorization": {"Bearer t0ken\n"}} },
			"the header Authorization would hold a character"},
		{"method", func(r *api.Request) { r.Method = "NOT ONE" }, "could not be built"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var calls atomic.Int32
			r := create()
			tc.edit(&r)
			_, err := api.New(inMemory(t, scripted(&calls, status(200)))).Send(context.Background(), r)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
			if calls.Load() != 0 || errors.Is(err, api.ErrOutcomeUnknown) || strings.Contains(err.Error(), "t0ken") {
				t.Errorf("%d calls, %v", calls.Load(), err)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	other := serve(t, answer(200, "")).start()
	for _, tc := range []struct{ name, location, want string }{
		{"another host", other.URL + "/login?session=s3ss10n#top", other.URL + "/login"},
		{"another host with a user", strings.Replace(other.URL, "//", "//user:pa55@", 1) + "/x", other.URL + "/x"},
		{"the same host", "/domains/?session=s3ss10n", "/domains/"},
		{"a secret in the path", "/sso/t0ken/", "/sso/***/"},
	} {
		for _, code := range []int{301, 302, 307, 308} {
			t.Run(tc.name, func(t *testing.T) {
				s := serve(t, answer(code, "", "Location: "+tc.location)).start()
				r := create()
				r.Header = http.Header{"Authorization": {"Bearer t0ken"}}
				r.Secrets = []string{"t0ken"}
				_, err := api.New(config(t, s.URL)).Send(context.Background(), r)
				if err == nil {
					t.Fatal("followed")
				}
				want := tc.want
				if strings.HasPrefix(want, "/") {
					want = s.URL + want
				}
				if !strings.Contains(err.Error(), "redirected to "+want+". ") {
					t.Errorf("want the target %s in: %s", want, err)
				}
				for _, secret := range []string{"s3ss10n", "pa55", "t0ken", "top"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%q in: %s", secret, err)
					}
				}
				if s.arrived.Load() != 1 || other.arrived.Load() != 0 {
					t.Errorf("%d calls here, %d there", s.arrived.Load(), other.arrived.Load())
				}
			})
		}
	}
}

func TestBodyOfExactlyTheLimit(t *testing.T) {
	s := serve(t, answer(200, strings.Repeat("x", 1000))).start()
	cfg := config(t, s.URL)
	for limit, fits := range map[int64]bool{999: false, 1000: true} {
		cfg.MaxBody = limit
		resp, err := api.New(cfg).Send(context.Background(), list())
		if fits != (err == nil) || fits && len(resp.Body) != 1000 {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

func TestExplain(t *testing.T) {
	explain := func(_ int, body []byte) (code, message string) {
		var e struct{ Code, Message string }
		_ = json.Unmarshal(body, &e)
		return e.Code, e.Message
	}
	for _, tc := range []struct{ name, body, code, answer string }{
		{"understood", `{"code":"E7","message":"Domain exists"}`, "E7", "Domain exists"},
		{"secrets masked", `{"code":"t0ken","message":"t0ken  is\n old"}`, "***", "*** is old"},
		{"not understood", "<html>\n<h1>Bad t0ken</h1>", "", "<html> <h1>Bad ***</h1>"},
		{"nothing", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, answer(400, tc.body)).start()
			cfg := config(t, s.URL)
			cfg.Explain, cfg.Secrets = explain, []string{"t0ken"}
			_, err := api.New(cfg).Send(context.Background(), create())
			var e *api.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Status != 400 || e.Code != tc.code || e.Answer != tc.answer {
				t.Errorf("got %d, %q, %q", e.Status, e.Code, e.Answer)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	client := api.New(inMemory(t, nil))
	var into struct{ Name string }
	if err := client.JSON(list(), &api.Response{Body: []byte(`{"name":"example.com"}`)}, &into); err != nil || into.Name != "example.com" {
		t.Errorf("got %+v, %v", into, err)
	}
	for _, tc := range []struct{ name, body, want string }{
		{"empty", "", "an empty body"},
		{"page", "<html>\n  <title>Welcome</title> hunter22", "<html> <title>Welcome</title> ***"},
		{"cut", `{"hash":"$1$salt$hash","key`, "27 bytes that look like JSON, but unexpected end of JSON input"},
		{"behind text", `Notice: disk full {"hash":"$1$salt$hash"}`, "Notice: disk full …"},
		{"text", "Token is not correct", "Token is not correct"},
	} {
		for _, r := range []api.Request{create(), list()} {
			r.Secrets = []string{"hunter22"}
			err := client.JSON(r, &api.Response{Status: 200, Body: []byte(tc.body)}, &into)
			var e *api.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: got %v", tc.name, err)
			}
			if e.Answer != tc.want {
				t.Errorf("%s: shows %q, want %q", tc.name, e.Answer, tc.want)
			}
			if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) != (r.Repeat == api.Never) {
				t.Errorf("%s: wrong kind of error for %s: %v", tc.name, r.Method, err)
			}
		}
	}
}
