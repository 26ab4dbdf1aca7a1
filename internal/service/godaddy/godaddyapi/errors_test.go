package godaddyapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// noSecret fails the test where a credential shows.
func noSecret(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{"gd_pat_", "0secret0", godaddysim.Key, "0key0", "Bearer ", "sso-key "} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in the error %q", secret, err)
		}
	}
}

func TestCredentials(t *testing.T) {
	ote := fault.Conditions{Switches: map[string]bool{godaddysim.SwitchOTE: true}}
	tests := map[string]struct {
		credentials func(*godaddyapi.Config)
		conditions  fault.Conditions
		kind        error
		says        []string
	}{
		"wrong secret":           {withKey(godaddysim.Key, "a-wrong-0secret0"), fault.Conditions{}, api.ErrAuth, []string{"401", "UNABLE_TO_AUTHENTICATE", "API key", "api_secret"}},
		"key of OTE":             {withKey(godaddysim.OTEKey, godaddysim.OTESecret), fault.Conditions{}, api.ErrAuth, []string{"401", "environment"}},
		"key of production":      {withKey(godaddysim.Key, godaddysim.Secret), ote, api.ErrAuth, []string{"401", "environment"}},
		"expired token":          {withToken(godaddysim.ExpiredToken), fault.Conditions{}, api.ErrAuth, []string{"401", "personal access token", "expired"}},
		"token of OTE":           {withToken(godaddysim.OTEToken), fault.Conditions{}, api.ErrAuth, []string{"401", "another environment"}},
		"small account":          {withKey(godaddysim.SmallKey, godaddysim.SmallSecret), fault.Conditions{}, api.ErrAuth, []string{"403", "ACCESS_DENIED", "may not qualify"}},
		"small account's token":  {withToken(godaddysim.SmallToken), fault.Conditions{}, api.ErrAuth, []string{"403", "ACCESS_DENIED", "may not qualify"}},
		"somebody else":          {withKey(godaddysim.OtherKey, godaddysim.OtherSecret), fault.Conditions{}, api.ErrNotFound, []string{apex, "another account"}},
		"somebody else's token":  {withToken(godaddysim.OtherToken), fault.Conditions{}, api.ErrNotFound, []string{apex, "another account"}},
		"a token with a newline": {withToken(godaddysim.Token + "\n"), fault.Conditions{}, nil, []string{"line breaks"}},
		"none":                   {withToken(""), fault.Conditions{}, api.ErrNotConfigured, []string{"GODADDY_TOKEN", "api_secret"}},
		"a key without secret":   {withKey(godaddysim.Key, ""), fault.Conditions{}, api.ErrNotConfigured, []string{"GODADDY_API_SECRET"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.set(test.conditions)
			h := s.host(test.credentials)
			_, found := h.FindZone(t.Context(), apex)
			_, checked := h.CheckAccess(t.Context(), zone)
			_, readErr := h.Read(t.Context(), zone)
			applied := h.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{txt(apex, "x")}})
			for _, err := range []error{found, checked, readErr, applied} {
				if err == nil || test.kind != nil && !errors.Is(err, test.kind) {
					t.Fatalf("got %v, want %v", err, test.kind)
				}
				noSecret(t, err)
			}
			for _, part := range test.says {
				if !strings.Contains(found.Error(), part) {
					t.Errorf("%q is not in the error %q", part, found)
				}
			}
			s.want()
		})
	}
}

// A token that may only read is found out by writing.
func TestReadOnlyToken(t *testing.T) {
	s := newSimulation(t)
	h := s.host(withToken(godaddysim.ReadOnlyToken))
	if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != dns.WriteUnknown {
		t.Errorf("access is %q, %v", access, err)
	}
	err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{txt(apex, "x")}})
	if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "domains.dns:update") {
		t.Errorf("got %v", err)
	}
	noSecret(t, err)
	s.want()
}

// Reading is tried again where that can help, which after a timeout it does not. A change is tried
// again only where it was certainly not made.
func TestFaults(t *testing.T) {
	create := dns.ChangeSet{Create: []dns.Record{txt("new."+apex, "x")}}
	tests := map[string]struct {
		fault   fault.Fault
		kind    error // of a change's error; nil: it succeeds
		written bool
	}{
		"429":                {fault.Fault{Kind: fault.Status, Status: 429, Body: `{"code":"TOO_MANY_REQUESTS","retryAfterSec":30}`}, nil, true},
		"502 before":         {fault.Fault{Kind: fault.Status, Status: 502, Body: "<html>Bad Gateway</html>"}, api.ErrOutcomeUnknown, false},
		"502 after":          {fault.Fault{Kind: fault.StatusAfter}, api.ErrOutcomeUnknown, true},
		"500 without a body": {fault.Fault{Kind: fault.EmptyError}, api.ErrOutcomeUnknown, false},
		"cut after":          {fault.Fault{Kind: fault.CutAfter}, api.ErrOutcomeUnknown, true},
		"a timeout after":    {fault.Fault{Kind: fault.HangAfter, Delay: fault.Duration(time.Second)}, api.ErrOutcomeUnknown, true},
	}
	for name, test := range tests {
		for version, credentials := range versions {
			t.Run(name+", "+version, func(t *testing.T) {
				s := newSimulation(t)
				h := s.host(credentials, func(c *godaddyapi.Config) {
					if test.fault.Kind == fault.HangAfter {
						c.Timeout = 300 * time.Millisecond
					}
				})
				base := read(t, h)
				method := "POST"
				if isV1(h) {
					method = "PATCH"
				}
				s.reset()
				s.fail(method, 0, test.fault)
				err := h.Apply(t.Context(), base, create)
				if test.kind == nil && err != nil || test.kind != nil && !errors.Is(err, test.kind) {
					t.Errorf("got %v, want %v", err, test.kind)
				}
				if test.kind != nil && s.called(method) > 1 {
					t.Errorf("the change was sent %d times", s.called(method))
				}
				if written := len(s.records()) == 1; written != test.written {
					t.Errorf("the zone has %v", s.records())
				}
				s.fail("GET", 0, test.fault)
				if _, err := h.Read(t.Context(), zone); (err != nil) != (test.fault.Kind == fault.HangAfter) {
					t.Errorf("reading: %v", err)
				}
			})
		}
	}
}

// A service that stays broken is named, and so is a limit that stays reached.
func TestLastingFaults(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 503, Body: "<html>Down</html>"}}})
		if _, err := h.FindZone(t.Context(), apex); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		s.set(fault.Conditions{Settings: map[string]string{godaddysim.SettingCallsPerMinute: "1"}})
		if _, err := h.FindZone(t.Context(), apex); err != nil {
			t.Fatal(err)
		}
		if _, err := h.FindZone(t.Context(), "www."+apex); !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "60 calls a minute") {
			t.Errorf("got %v", err)
		}
	})
}

// clock is one that goes on only while somebody waits for it.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	waited time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pause(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waited += d
	return nil
}

// GoDaddy's limit is kept without ever running into it: as many calls as are allowed go out at
// once, and the next when the first is a minute old.
func TestPace(t *testing.T) {
	s := newSimulation(t)
	c := &clock{now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	h := s.host(withToken(godaddysim.Token), func(config *godaddyapi.Config) {
		config.CallsPerMinute, config.Now, config.Pause = 0, c.Now, c.pause
	})
	var many []dns.Record
	for i := range 60 {
		many = append(many, txt(strings.Repeat("x", i+1)+"."+apex, "x"))
	}
	if err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: many}); err != nil {
		t.Fatal(err)
	}
	if c.waited != 0 {
		t.Errorf("60 calls waited %s", c.waited)
	}
	if err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{txt("one."+apex, "x"), txt("two."+apex, "x")}}); err != nil {
		t.Fatal(err)
	}
	if c.waited != 61*time.Second {
		t.Errorf("two more waited %s", c.waited)
	}
	// Somebody who cannot wait that long is told at once.
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 60 {
		read(t, h)
	}
	if _, err := h.Read(soon, zone); !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "longer timeout") {
		t.Errorf("got %v", err)
	}
}

func TestStoppedWhileWaiting(t *testing.T) {
	s := newSimulation(t)
	ctx, cancel := context.WithCancel(t.Context())
	h := s.host(withToken(godaddysim.Token), func(config *godaddyapi.Config) {
		config.CallsPerMinute = 1
		config.Now = func() time.Time {
			time.AfterFunc(10*time.Millisecond, cancel)
			return time.Now()
		}
	})
	read(t, h)
	if _, err := h.Read(ctx, zone); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Neither of the calls that replace a whole zone is ever made.
func TestNoCallReplacesAZone(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("@", "theirs"), text("@", "ours"), text("www", "ours"))
		base := read(t, h)
		err := h.Apply(t.Context(), base, dns.ChangeSet{Replace: []dns.Replacement{
			{Old: find(t, base, apex, "TXT", "ours"), New: txt(apex, "new")},
			{Old: find(t, base, "www."+apex, "TXT", "ours"), New: txt("www."+apex, "new")},
		}})
		if err != nil {
			t.Fatal(err)
		}
		s.want("TXT @ 1h0m0s theirs", "TXT @ 1h0m0s new", "TXT www 1h0m0s new")
		for _, call := range s.made() {
			if strings.HasPrefix(call, http.MethodPut) && !strings.HasPrefix(call, "PUT /v1/domains/example.com/records/TXT/") {
				t.Errorf("called was %s", call)
			}
		}
	})
}
