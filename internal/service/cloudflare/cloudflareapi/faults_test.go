package cloudflareapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

const aToken = "an-api-token-that-nobody-has-ever-made-0"

type transport func(r *http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a client of a service that gives the same answer to all calls.
func answering(t *testing.T, status int, contentType, body string) *cloudflareapi.Host {
	t.Helper()
	base, err := url.Parse(cloudflareapi.DefaultBaseURL)
	if err != nil {
		t.Fatal(err)
	}
	return cloudflareapi.New(cloudflareapi.Config{
		APIToken: aToken, BaseURL: base, Retries: -1,
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") != "Bearer "+aToken || r.URL.Host != "api.cloudflare.com" {
				t.Errorf("a call to %s", r.URL)
			}
			return &http.Response{
				StatusCode: status, Header: http.Header{"Content-Type": {contentType}},
				Body: io.NopCloser(strings.NewReader(body)), Request: r,
			}, nil
		}),
	})
}

// Whatever goes wrong with a change, it goes out once, and whether it was applied is either known
// or said to be open.
func TestFaultsOfAChange(t *testing.T) {
	for _, tc := range []struct {
		fault   fault.Fault
		kind    error
		unsure  bool
		applied bool
		calls   int
	}{
		{fault.Fault{Kind: fault.Status, Status: 502, Body: "<html>Bad gateway</html>"}, api.ErrUnavailable, true, false, 1},
		{fault.Fault{Kind: fault.StatusAfter}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.EmptyError}, api.ErrUnavailable, true, false, 1},
		{fault.Fault{Kind: fault.Cut}, api.ErrUnavailable, true, false, 1},
		{fault.Fault{Kind: fault.CutAfter}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.Hang}, api.ErrUnavailable, true, false, 1},
		{fault.Fault{Kind: fault.HangAfter}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.TruncatedBody}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.InvalidJSON}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{}`}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":{"posts":[]}}`}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.StatusAfter, Status: 200, Body: "<html>Welcome</html>", Header: map[string]string{"Content-Type": "text/html"}}, api.ErrUnavailable, true, true, 1},
		{fault.Fault{Kind: fault.Redirect, Header: map[string]string{"Location": "https://elsewhere.example/"}}, nil, false, false, 1},
		{fault.Fault{Kind: fault.Status, Status: 429, RetryAfter: fault.Duration(300 * time.Second)}, api.ErrRateLimited, false, false, 1},
		{fault.Fault{Kind: fault.Status, Status: 429, RetryAfter: fault.Duration(time.Second), Count: 1}, nil, false, true, 2},
	} {
		t.Run(string(tc.fault.Kind)+" "+http.StatusText(tc.fault.Status), func(t *testing.T) {
			w := newWorld(t, "example.com")
			if tc.fault.Kind == fault.Hang || tc.fault.Kind == fault.HangAfter {
				w.timeout = 500 * time.Millisecond
			}
			h := w.host(t, cloudflaresim.Token)
			snapshot := read(t, h, find(t, h, "example.com"))
			tc.fault.Method = http.MethodPost
			w.under(t, fault.Conditions{Faults: []fault.Fault{tc.fault}})
			err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", "new")}})
			if (err == nil) != (tc.applied && !tc.unsure) || errors.Is(err, api.ErrOutcomeUnknown) != tc.unsure {
				t.Errorf("got %v", err)
			}
			if tc.kind != nil && !errors.Is(err, tc.kind) {
				t.Errorf("%v is not %v", err, tc.kind)
			}
			if n := w.Count("POST"); n != tc.calls {
				t.Errorf("%d calls, want %d", n, tc.calls)
			}
			if applied := len(w.lines(t, "example.com")) == 1; applied != tc.applied {
				t.Errorf("applied: %t", applied)
			}
		})
	}
}

// Reads are repeated, and what is no list of records is never an empty zone.
func TestFaultsOfARead(t *testing.T) {
	for _, tc := range []struct {
		fault fault.Fault
		calls int
		fails bool
	}{
		{fault.Fault{Kind: fault.StatusAfter, Count: 1}, 2, false},
		{fault.Fault{Kind: fault.EmptyError, Count: 2}, 3, false},
		{fault.Fault{Kind: fault.EmptyError}, 3, true},
		{fault.Fault{Kind: fault.TruncatedBody, Count: 1}, 2, false},
		{fault.Fault{Kind: fault.InvalidJSON}, 1, true},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{}`}, 1, true},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":null,"result_info":{"page":1}}`}, 1, true},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":[]}`}, 1, true},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":false,"result":[],"result_info":{"page":1}}`}, 1, true},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":[{}],"result_info":{"page":1,"total_count":1,"total_pages":1}}`}, 1, true},
		{fault.Fault{Kind: fault.Status, Status: 200, Body: "<html>Welcome</html>", Header: map[string]string{"Content-Type": "text/html"}}, 1, true},
	} {
		t.Run(string(tc.fault.Kind)+" "+tc.fault.Body, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.add(t, "example.com", object{"type": "A", "name": "www", "content": "192.0.2.1"})
			h := w.host(t, cloudflaresim.Token)
			zone := find(t, h, "example.com")
			tc.fault.Path = cloudflaresim.BasePath + "/zones/*/dns_records"
			w.under(t, fault.Conditions{Faults: []fault.Fault{tc.fault}})
			snapshot, err := h.Read(t.Context(), zone)
			if (err != nil) != tc.fails || err == nil && len(snapshot.Records) != 1 {
				t.Errorf("got %+v, %v", snapshot, err)
			}
			if tc.fails && (!errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, api.ErrNotFound)) {
				t.Errorf("kinds of %v", err)
			}
			if n := w.Count("GET /zones/"); n != tc.calls {
				t.Errorf("%d calls, want %d", n, tc.calls)
			}
		})
	}
}

// The block of five minutes is longer than these hosts wait: the error says until when it lasts.
func TestBlock(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	w.under(t, fault.Conditions{Settings: map[string]string{cloudflaresim.SettingRequests: "1"}})
	zone := find(t, h, "example.com")
	_, err := h.Read(t.Context(), zone)
	if !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "not before 20") {
		t.Errorf("got %v", err)
	}
}

// A batch is refused as a whole, and the reason is in the error.
func TestRefusedBatch(t *testing.T) {
	w := newWorld(t, "example.com")
	taken := object{"type": "A", "name": "taken", "content": "192.0.2.1"}
	w.add(t, "example.com", taken)
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	before := w.lines(t, "example.com")
	for _, tc := range []struct {
		what   string
		record dns.Record
		kind   error
		says   string
	}{
		{"CNAME beside an address", dns.Record{Name: "taken.example.com", Type: "CNAME", Value: "x.example.net"}, api.ErrConflict, "cannot have one name"},
		{"what is there", dns.Record{Name: "taken.example.com", Type: "A", Value: "192.0.2.1"}, api.ErrConflict, "in the zone already"},
		{"a bad address", dns.Record{Name: "bad.example.com", Type: "A", Value: "192.0.2"}, nil, "must be a valid IPv4 address. (code 9005)"},
		{"a long comment", dns.Record{Name: "x.example.com", Type: "A", Value: "192.0.2.2", Comment: strings.Repeat("x", 101)}, nil, "100 characters"},
	} {
		err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("new.example.com", "new"), tc.record}})
		if err == nil || (tc.kind != nil && !errors.Is(err, tc.kind)) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.what, err)
		}
		if errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("%s leaves nothing open: %v", tc.what, err)
		}
		if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
			t.Errorf("%s: the zone is %q", tc.what, got)
		}
	}
}
