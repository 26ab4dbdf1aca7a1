package octethapi_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

var kinds = []error{
	api.ErrAuth, api.ErrConflict, api.ErrNotConfigured, api.ErrNotFound, api.ErrOutcomeUnknown, api.ErrRateLimited, api.ErrUnavailable,
}

func TestAnswersThatAreErrors(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		is     []error
		says   []string
	}{
		"a wrong key":              {200, `{"Errors":[{"Code":99998,"Message":"Invalid API key"}]}`, []error{api.ErrAuth}, []string{"99998", "Check api_key of octeth"}},
		"older shape":              {200, `{"Success":false,"ErrorCode":99998,"ErrorText":"Authentication failure"}`, []error{api.ErrAuth}, []string{"Authentication failure", "OCTETH_API_KEY"}},
		"without a code":           {200, `{"Errors":[{"Code":0,"Message":"Authentication failed"}]}`, []error{api.ErrAuth}, []string{"Authentication failed"}},
		"with a status":            {403, `{"Errors":[{"Code":99998,"Message":"Invalid API key"}]}`, []error{api.ErrAuth}, []string{"HTTP 403", "Check api_key"}},
		"an expired session":       {200, `{"Success":false,"ErrorCode":[99999],"ErrorText":["Session expired"]}`, []error{api.ErrAuth}, []string{"Log in to Octeth for a new session_id"}},
		"gone":                     {200, `{"Success":false,"ErrorCode":[2]}`, []error{api.ErrNotFound}, []string{"code 2", "without a reason", "another user"}},
		"gone, with a status":      {404, `{"Errors":[{"Code":"2","Message":"Sender domain not found"}]}`, []error{api.ErrNotFound}, []string{"Sender domain not found"}},
		"several codes":            {200, `{"Success":false,"ErrorCode":["1","2"],"ErrorMessage":["one","two"]}`, nil, []string{"code 1", "one; two"}},
		"a hard failure":           {500, `{"Errors":[{"Code":100000,"Message":"oops"}]}`, []error{api.ErrUnavailable}, []string{"oops", "api_version", "error log"}},
		"no such command":          {404, `{"Errors":[{"Code":100001,"Message":"API command not found"}]}`, []error{api.ErrUnavailable}, []string{"api_version"}},
		"a hard failure, 200":      {200, `{"Errors":[{"Code":100005,"Message":"oops"}]}`, []error{api.ErrUnavailable}, []string{"error log"}},
		"a page":                   {200, "<html>\n<body>Error</body></html>", []error{api.ErrUnavailable}, []string{"Before 5.9.3", "<body>Error"}},
		"another server":           {404, "<html><body>Not Found</body></html>", []error{api.ErrUnavailable}, []string{"url of octeth"}},
		"another server, in JSON":  {404, `{"error":"no such page"}`, []error{api.ErrUnavailable}, []string{"url of octeth"}},
		"a proxy's login":          {401, `<html>`, []error{api.ErrAuth}, []string{"HTTP 401"}},
		"JSON of something else":   {200, `{"hello":"world"}`, []error{api.ErrUnavailable}, []string{"lacks what the API documents"}},
		"a list":                   {200, `[]`, []error{api.ErrUnavailable}, []string{"look like JSON"}},
		"a 403 with an unknown":    {403, `{"Errors":[{"Code":55,"Message":"not in demo mode"}]}`, nil, []string{"code 55", "demo"}},
		"a 400 with an unknown":    {400, `{"Errors":[{"Code":55,"Message":"no"}]}`, nil, []string{"code 55", "no"}},
		"the key in the text":      {200, `{"Errors":[{"Code":99998,"Message":"` + octethsim.APIKey + ` is unknown"}]}`, []error{api.ErrAuth}, []string{"*** is unknown"}},
		"the key behind a status":  {400, `{"Errors":[{"Code":55,"Message":"` + octethsim.APIKey + ` is unknown"}]}`, nil, []string{"*** is unknown"}},
		"the key in another shape": {200, `{"ErrorText":"` + octethsim.APIKey + `"`, []error{api.ErrUnavailable}, []string{"look like JSON"}},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(call) (*http.Response, error, bool) { return says(test.status, test.body), nil, false })
			_, err := s.client().Verify(t.Context(), octethapi.Campaign, 12)
			if err == nil {
				t.Fatalf("%s: no error", name)
			}
			for _, kind := range kinds {
				want := false
				for _, is := range test.is {
					want = want || is == kind
				}
				if errors.Is(err, kind) != want {
					t.Errorf("%s: is it %q? %v", name, kind, err)
				}
			}
			for _, text := range append(test.says, "Octeth: verify octeth/campaign/12") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%s: %q is not in %v", name, text, err)
				}
			}
			if strings.Contains(err.Error(), octethsim.APIKey) {
				t.Errorf("%s: it shows the key: %v", name, err)
			}
		})
	}
}

// What a change has come to is known only where the platform says so.
func TestUnknownOutcomesOfChanges(t *testing.T) {
	for name, test := range map[string]struct {
		says    *http.Response
		err     error
		unknown bool
	}{
		"refused":              {says: says(200, `{"Errors":[{"Code":6,"Message":"no label"}]}`)},
		"refused, 400":         {says: says(400, `{"Errors":[{"Code":6,"Message":"no label"}]}`)},
		"no such command":      {says: says(404, `{"Errors":[{"Code":100001,"Message":"not found"}]}`)},
		"cut":                  {err: errCut, unknown: true},
		"a page":               {says: says(200, `<html>`), unknown: true},
		"a failure within":     {says: says(200, `{"Errors":[{"Code":100003,"Message":"oops"}]}`), unknown: true},
		"a failure within it":  {says: says(500, `{"Errors":[{"Code":7,"Message":"could not be retrieved after update"}]}`), unknown: true},
		"an answer without it": {says: says(200, `{"Success":true,"SenderDomain":{"DomainID":"x"}}`), unknown: true},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(call) (*http.Response, error, bool) { return test.says, test.err, false })
			_, _, err := s.client().Update(t.Context(), octethapi.Campaign, 12, octethapi.Options{LinkTracking: on()})
			if err == nil || errors.Is(err, api.ErrOutcomeUnknown) != test.unknown || len(s.made()) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestLimitOfDomainsIsNoMatterOfCredentials(t *testing.T) {
	for _, kind := range []octethapi.Kind{octethapi.Campaign, octethapi.EmailGateway} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.under(settings(octethsim.SettingDomains, "0"))
			_, err := s.client().Create(t.Context(), kind, "example.com", octethapi.Options{})
			if err == nil || errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "as many sender domains as the user group allows") {
				t.Errorf("%s: %v", kind, err)
			}
		})
	}
}

func TestRefusedLabelsSayWhatALabelIs(t *testing.T) {
	for _, kind := range []octethapi.Kind{octethapi.Campaign, octethapi.EmailGateway} {
		inBubble(t, func(t *testing.T, s *simulation) {
			c := s.client()
			_, err := c.Create(t.Context(), kind, "example.com", octethapi.Options{Subdomain: new("-em")})
			if err == nil || !strings.Contains(err.Error(), "at most 32 letters") {
				t.Errorf("%s, at creation: %v", kind, err)
			}
			d, err := c.Create(t.Context(), kind, "example.com", octethapi.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.Update(t.Context(), kind, d.ID, octethapi.Options{TrackPrefix: new("t_")}); err == nil || !strings.Contains(err.Error(), "at most 32 letters") {
				t.Errorf("%s, at an update: %v", kind, err)
			}
		})
	}
}

func TestNothingIsSentWithoutCredentials(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		c := s.client(func(cfg *octethapi.Config) { cfg.APIKey = "" })
		_, err := c.Domains(t.Context(), octethapi.Campaign)
		if !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "OCTETH_API_KEY") || len(s.made()) != 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestExpiredSession(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		c := s.client(func(cfg *octethapi.Config) { cfg.APIKey, cfg.SessionID = "", octethsim.ExpiredSessionID })
		_, err := c.Domains(t.Context(), octethapi.EmailGateway)
		if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "api_key, which does not expire") || strings.Contains(err.Error(), octethsim.ExpiredSessionID) {
			t.Errorf("%v", err)
		}
	})
}
