package octethapi_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

var credentials = octethapi.Credentials{Key: "invented dns key", Secret: "invented dns secret", User: "invented-user", Username: "invented-name"}

// The two generations of the DNS calls differ in what their parameters are called, and in where the
// platform's own credentials go.
func TestGenerationsOfTheDNSCalls(t *testing.T) {
	type sent struct {
		method, path, query, authorization string
		params                             map[string]any
	}
	first := map[string]any{"Provider": "godaddy", "Domain": "example.net", "Api_key": credentials.Key, "Api_secret": credentials.Secret,
		"Api_user": credentials.User, "Username": credentials.Username}
	later := map[string]any{"Provider": "godaddy", "Domain": "example.net", "ApiKey": credentials.Key, "ApiSecret": credentials.Secret,
		"ApiUser": credentials.User, "Username": credentials.Username}
	with := func(params map[string]any, more ...string) map[string]any {
		params = maps.Clone(params)
		for i := 0; i < len(more); i += 2 {
			params[more[i]] = more[i+1]
		}
		return params
	}
	find := func(c *octethapi.Client, t *testing.T) error {
		return second(c.DNSProvider(t.Context(), "example.net"))
	}
	authorize := func(c *octethapi.Client, t *testing.T) error {
		return c.DNSAuthorize(t.Context(), octethapi.GoDaddy, "example.net", credentials)
	}
	set := func(c *octethapi.Client, t *testing.T) error {
		return c.DNSSet(t.Context(), octethapi.GoDaddy, "example.net", credentials, octethapi.Campaign)
	}
	key, session := octethsim.APIKey, octethsim.SessionID
	for name, test := range map[string]struct {
		version octethapi.Version
		session bool
		make    func(*octethapi.Client, *testing.T) error
		want    sent
	}{
		"provider":              {octethapi.Version{5, 6}, false, find, sent{"GET", "/api/v1/dns.provider", "", "", map[string]any{"Domain": "example.net", "APIKey": key}}},
		"provider, by session":  {octethapi.Version{5, 5}, true, find, sent{"GET", "/api/v1/dns.provider", "", "", map[string]any{"Domain": "example.net", "SessionID": session}}},
		"provider, later":       {octethapi.Version{5, 7, 2}, false, find, sent{"GET", "/api/v1/dns.provider", "Domain=example.net", "Bearer " + key, nil}},
		"later, by session":     {octethapi.Version{5, 7, 2}, true, find, sent{"POST", "/api.php", "", "", map[string]any{"Command": "dns.provider", "ResponseFormat": "JSON", "Domain": "example.net", "SessionID": session}}},
		"authorize":             {octethapi.Version{5, 6}, false, authorize, sent{"POST", "/api/v1/dns.authorize", "", "", with(first, "APIKey", key)}},
		"authorize, by session": {octethapi.Version{5, 6}, true, authorize, sent{"POST", "/api/v1/dns.authorize", "", "", with(first, "SessionID", session)}},
		"authorize, later":      {octethapi.Version{5, 9, 4}, false, authorize, sent{"POST", "/api/v1/dns.authorize", "", "Bearer " + key, with(later, "Command", "dns.authorize")}},
		"set":                   {octethapi.Version{5, 6}, false, set, sent{"POST", "/api/v1/dns.set", "", "", with(first, "APIKey", key, "Record_type", "campaign")}},
		"set, later":            {octethapi.Version{5, 7, 2}, false, set, sent{"POST", "/api/v1/dns.set", "", "Bearer " + key, with(later, "Command", "dns.set", "RecordType", "campaign")}},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(call) (*http.Response, error, bool) {
				return says(200, `{"success":true,"provider":"godaddy"}`), nil, false
			})
			changes := []func(*octethapi.Config){atVersion(test.version)}
			if test.session {
				changes = append(changes, bySession)
			}
			if err := test.make(s.client(changes...), t); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := s.last()
			if got.method != test.want.method || got.path != test.want.path || got.query != test.want.query ||
				got.authorization != test.want.authorization || !maps.Equal(got.params, test.want.params) {
				t.Errorf("%s: sent %+v, want %+v", name, got, test.want)
			}
		})
	}
}

// No two parameters of a call may be the same to a platform that tells no case apart.
func TestNoParametersDifferInCaseAlone(t *testing.T) {
	for _, version := range []octethapi.Version{{5, 5}, {5, 6}, {5, 7, 2}, {5, 9, 4}} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(call) (*http.Response, error, bool) { return says(200, `{"success":true}`), nil, false })
			c := s.client(atVersion(version))
			for _, err := range []error{
				c.DNSAuthorize(t.Context(), octethapi.Namecheap, "example.org", credentials),
				c.DNSSet(t.Context(), octethapi.Namecheap, "example.org", credentials, octethapi.EmailGateway),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, sent := range s.sent() {
				var names []string
				for name := range sent.params {
					names = append(names, strings.ToLower(name))
				}
				slices.Sort(names)
				if len(slices.Compact(slices.Clone(names))) != len(names) {
					t.Errorf("%s: %v", version, names)
				}
			}
		})
	}
}

func TestLaterDNSCallsNeedAnAPIKey(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		err := s.client(bySession).DNSAuthorize(t.Context(), octethapi.Cloudflare, "example.com", credentials)
		if !errors.Is(err, api.ErrNotConfigured) || len(s.made()) != 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestRefusalsOfDNSCalls(t *testing.T) {
	authorize := func(c *octethapi.Client, t *testing.T) error {
		return c.DNSAuthorize(t.Context(), octethapi.GoDaddy, "example.net", credentials)
	}
	set := func(c *octethapi.Client, t *testing.T) error {
		return c.DNSSet(t.Context(), octethapi.GoDaddy, "example.net", credentials, octethapi.Campaign)
	}
	older, newer := octethapi.Version{5, 6}, octethapi.Version{5, 9, 4}
	for name, test := range map[string]struct {
		version octethapi.Version
		make    func(*octethapi.Client, *testing.T) error
		code    int
		kind    error
		advice  string
	}{
		"refused":              {older, authorize, 4, api.ErrAuth, "Check the credentials of godaddy"},
		"refused, later":       {newer, authorize, 9, api.ErrAuth, "Check the credentials of godaddy"},
		"failed within":        {older, authorize, 9, api.ErrUnavailable, "error log"},
		"failed within, later": {newer, authorize, 10, api.ErrUnavailable, "error log"},
		"no secret":            {older, authorize, 5, nil, "api_version"},
		"another host":         {older, authorize, 8, nil, "Cloudflare, Namecheap and GoDaddy only"},
		"not set":              {older, set, 9, nil, "look at the zone before the next attempt"},
		"not set, later":       {newer, set, 9, nil, "look at the zone before the next attempt"},
		"set failed within":    {newer, set, 10, api.ErrUnavailable, "error log"},
		"unknown code":         {newer, set, 77, nil, "with invented words"},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(call) (*http.Response, error, bool) {
				return says(200, fmt.Sprintf(`{"Errors":[{"Code":%d,"Message":"with invented words and invented dns secret"}]}`, test.code)), nil, false
			})
			err := test.make(s.client(atVersion(test.version)), t)
			if err == nil || !strings.Contains(err.Error(), test.advice) || !strings.Contains(err.Error(), "example.net") ||
				strings.Contains(err.Error(), credentials.Secret) {
				t.Errorf("%s: %v", name, err)
			}
			for _, kind := range []error{api.ErrAuth, api.ErrUnavailable, api.ErrNotFound, api.ErrConflict} {
				if errors.Is(err, kind) != (kind == test.kind) {
					t.Errorf("%s: is it %v? %v", name, kind, err)
				}
			}
		})
	}
}

// A client that is taken for an older one than the installation is has its own key used at the DNS
// host. It learns which attribute to set, whichever call it makes.
func TestAnInstallationNewerThanConfigured(t *testing.T) {
	for _, installed := range []string{"5.7.2", "5.8", "5.9.4"} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.version(installed)
			c := s.client(atVersion(octethapi.Version{}))
			err := c.DNSAuthorize(t.Context(), octethapi.Cloudflare, "example.com", credentials)
			for _, want := range []string{"code 9", "api_version of octeth", "which is 5.6 now", "make a new API key"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s, authorize: no %q in %v", installed, want, err)
				}
			}
			err = c.DNSSet(t.Context(), octethapi.Cloudflare, "example.com", credentials, octethapi.EmailGateway)
			if err == nil || !strings.Contains(err.Error(), "api_version of octeth") {
				t.Errorf("%s, set: %v", installed, err)
			}
		})
	}
}

func TestSettingRecordsWithoutAnAnswerIsNotRepeated(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.spoils(func(call) (*http.Response, error, bool) { return nil, errCut, false })
		err := s.client().DNSSet(t.Context(), octethapi.Cloudflare, "example.com", credentials, octethapi.Campaign)
		if made := s.made(); !errors.Is(err, api.ErrOutcomeUnknown) || len(made) != 1 {
			t.Errorf("%v: %v", made, err)
		}
	})
}

func TestProviderThatOctethDoesNotKnow(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		if _, err := s.client().DNSProvider(t.Context(), "example.edu"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "no other host") {
			t.Errorf("%v", err)
		}
	})
}

func TestCredentialsShowNothing(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{credentials, &credentials} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "invented") {
				t.Errorf("%s: %s", verb, text)
			}
		}
	}
}
