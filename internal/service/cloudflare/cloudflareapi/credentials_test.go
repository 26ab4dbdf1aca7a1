package cloudflareapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// Each kind of bad credentials is told apart, and what to do is said.
func TestCredentials(t *testing.T) {
	const unknown = "an-api-token-that-nobody-has-ever-made-0"
	for _, tc := range []struct {
		what, token string
		call        string // which call fails: find, check, read or apply; empty: none
		kind        error
		says        string
	}{
		{"good", cloudflaresim.Token, "", nil, ""},
		{"of an account", cloudflaresim.TokenOfAccount, "", nil, ""},
		{"expired", cloudflaresim.TokenExpired, "find", api.ErrAuth, "has expired"},
		{"disabled", cloudflaresim.TokenDisabled, "find", api.ErrAuth, "has been disabled"},
		{"unknown", unknown, "find", api.ErrAuth, "knows no user's API token like this"},
		{"no token at all", "0123456789abcdef0123456789abcdef01234", "find", api.ErrAuth, "not a Global API Key"},
		{"two lines", "sandbox-cloudflare-token\n-may-edit-all-00", "find", nil, "line breaks"},
		{"of somebody else", cloudflaresim.TokenOfOther, "find", api.ErrNotFound, "none of the 0 zones"},
		{"may read", cloudflaresim.TokenReadOnly, "check", api.ErrAuth, "may read the zone's DNS records, but not edit them. Give the token the permissions"},
		{"may not even read", cloudflaresim.TokenNoDNS, "check", api.ErrAuth, "neither read nor edit"},
		{"may read, and writes", cloudflaresim.TokenReadOnly, "apply", api.ErrAuth, "The API token itself is good, so it lacks a permission"},
		{"may not even read, and reads", cloudflaresim.TokenNoDNS, "read", api.ErrAuth, "The API token itself is good, so it lacks a permission"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			h := w.host(t, tc.token)
			zone := dns.HostedZone{Apex: "example.com", ID: w.zone(t, "example.com").ID}
			calls := map[string]func() error{
				"find": func() error {
					_, err := h.FindZone(t.Context(), "example.com")
					return err
				},
				"check": func() error {
					access, err := h.CheckAccess(t.Context(), zone)
					if err == nil && access != dns.WriteProven {
						t.Errorf("access is %s", access)
					}
					return err
				},
				"read": func() error {
					_, err := h.Read(t.Context(), zone)
					return err
				},
				"apply": func() error {
					return h.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{text("example.com", "x")}})
				},
			}
			if tc.call == "" {
				for _, name := range []string{"find", "check", "read", "apply"} {
					if err := calls[name](); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
				return
			}
			err := calls[tc.call]()
			if err == nil || (tc.kind != nil && !errors.Is(err, tc.kind)) || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("got %v\nwant %v and %q", err, tc.kind, tc.says)
			}
			if errors.Is(err, api.ErrOutcomeUnknown) {
				t.Errorf("a refusal leaves nothing open: %v", err)
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				if strings.Contains(cause.Error(), strings.Split(tc.token, "\n")[0]) {
					t.Errorf("the token shows: %v", cause)
				}
			}
			if tc.call == "apply" && len(w.lines(t, "example.com")) != 0 {
				t.Errorf("the zone is %q", w.lines(t, "example.com"))
			}
		})
	}
}

// The zones of a token that may edit them are all proven by the list that they were found in.
func TestAccessIsToldByTheList(t *testing.T) {
	w := newWorld(t, "example.com", "example.org", "example.net")
	h := w.host(t, cloudflaresim.Token)
	for _, apex := range []string{"example.com", "example.org", "example.net"} {
		if access, err := h.CheckAccess(t.Context(), find(t, h, apex)); err != nil || access != dns.WriteProven {
			t.Errorf("%s: %q, %v", apex, access, err)
		}
	}
	if n := w.Count(""); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// A zone that says nothing of permissions proves nothing.
func TestAccessThatCannotBeTold(t *testing.T) {
	for what, tc := range map[string]struct {
		answer string
		access dns.WriteAccess
		fails  bool
	}{
		"no list":      {`{"success":true,"result":{"id":"z1","name":"example.com"}}`, dns.WriteUnknown, false},
		"an empty one": {`{"success":true,"result":{"id":"z1","permissions":[]}}`, dns.WriteUnknown, false},
		"another zone": {`{"success":true,"result":{"id":"z2","permissions":["#dns_records:edit"]}}`, "", true},
		"nothing":      {`{}`, "", true},
	} {
		h := answering(t, 200, "application/json", tc.answer)
		access, err := h.CheckAccess(t.Context(), dns.HostedZone{Apex: "example.com", ID: "z1"})
		if access != tc.access || (err != nil) != tc.fails {
			t.Errorf("%s: %q, %v", what, access, err)
		}
	}
}
