package godaddysim

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
)

const (
	zone      = "example.com"
	recordsV1 = "/v1/domains/example.com/records"
	recordsV3 = "/v3/domains/zones/example.com/dns-records"
	withKey   = "sso-key " + Key + ":" + Secret
	withToken = "Bearer " + Token
)

// server is the simulated API with a clock and conditions that tests set.
type server struct {
	*Service
	*sandboxtest.World
}

// newServer makes a server with one zone, whose records are added to GoDaddy's own.
func newServer(t *testing.T, records ...Record) *server {
	t.Helper()
	w := sandboxtest.New(t)
	s := &server{Service: New(Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions}), World: w}
	if err := s.AddZone(zone); err != nil {
		t.Fatal(err)
	}
	if err := s.SetZone(zone, func(z *Zone) { z.Records = append(z.Records, records...) }); err != nil {
		t.Fatal(err)
	}
	return s
}

// reply is an answer of the server.
type reply struct {
	status int
	body   string
}

// call sends a request. Further headers are names and values in turn.
func (s *server) call(t *testing.T, method, path, authorization, body string, header ...string) reply {
	t.Helper()
	sent := s.Send(s.Service, method, path, body, append([]string{"Authorization", authorization, "X-Request-Id", "request-1"}, header...)...)
	return reply{status: sent.Status, body: sent.Body}
}

// want fails the test unless the reply has this status and this body; JSON is compared as such.
func (r reply) want(t *testing.T, status int, body string) {
	t.Helper()
	if r.status != status || canonical(t, r.body) != canonical(t, body) {
		t.Errorf("got status %d, body %s\nwant status %d, body %s", r.status, r.body, status, body)
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	again, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(again)
}

// own returns the records of the zone that are not GoDaddy's, one a line: "TXT mail 600 text".
func (s *server) own(t *testing.T) []string {
	t.Helper()
	var lines []string
	err := s.view(func(st *State) error {
		for _, r := range st.find(zone).Records {
			if !r.system() {
				number, err := json.Marshal(r.TTL)
				if err != nil {
					return err
				}
				lines = append(lines, strings.Join([]string{r.Type, r.Name, string(number), r.Data}, " "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func (s *server) wantOwn(t *testing.T, lines ...string) {
	t.Helper()
	if got := s.own(t); strings.Join(got, "\n") != strings.Join(lines, "\n") {
		t.Errorf("the zone has %q, want %q", got, lines)
	}
}

func text(name, data string) Record { return Record{Type: "TXT", Name: name, Data: data, TTL: 3600} }

func TestCredentials(t *testing.T) {
	const (
		unableV1 = `{"code":"UNABLE_TO_AUTHENTICATE","message":"Unauthorized : Could not authenticate API key/secret"}`
		deniedV1 = `{"code":"ACCESS_DENIED","message":"Authenticated user is not allowed access"}`
		unknown  = `{"code":"UNKNOWN_DOMAIN","message":"The given domain is not registered, or does not have a zone file"}`
		unableV3 = `{"name":"UNAUTHORIZED","message":"Authentication credentials are missing or invalid","correlationId":"request-1","details":[]}`
		deniedV3 = `{"name":"ACCESS_DENIED","message":"Authenticated user is not allowed access","correlationId":"request-1","details":[]}`
		noScope  = `{"name":"FORBIDDEN","message":"The token does not have the scope domains.dns:update","correlationId":"request-1","details":[]}`
		notFound = `{"name":"NOT_FOUND","message":"The requested resource was not found","correlationId":"request-1","details":[]}`
		nothing  = `[]`
		listed   = `{"items":[],"links":[]}`
	)
	tests := map[string]struct {
		method, path, authorization string
		status                      int
		body                        string
	}{
		"key":                  {"GET", recordsV1 + "/TXT/x", withKey, 200, nothing},
		"wrong secret":         {"GET", recordsV1 + "/TXT/x", "sso-key " + Key + ":wrong", 401, unableV1},
		"no secret":            {"GET", recordsV1 + "/TXT/x", "sso-key " + Key, 401, `{"code":"MALFORMED_CREDENTIALS","message":"Unauthorized : Malformed credentials"}`},
		"nothing":              {"GET", recordsV1 + "/TXT/x", "", 401, unableV1},
		"token at v1":          {"GET", recordsV1 + "/TXT/x", withToken, 401, unableV1},
		"key of the test one":  {"GET", recordsV1 + "/TXT/x", "sso-key " + OTEKey + ":" + OTESecret, 401, unableV1},
		"small account":        {"GET", recordsV1 + "/TXT/x", "sso-key " + SmallKey + ":" + SmallSecret, 403, deniedV1},
		"somebody else":        {"GET", recordsV1 + "/TXT/x", "sso-key " + OtherKey + ":" + OtherSecret, 404, unknown},
		"token":                {"GET", recordsV3 + "?type=TXT", withToken, 200, listed},
		"expired token":        {"GET", recordsV3 + "?type=TXT", "Bearer " + ExpiredToken, 401, unableV3},
		"key at v3":            {"GET", recordsV3 + "?type=TXT", withKey, 401, unableV3},
		"no token":             {"GET", recordsV3 + "?type=TXT", "Bearer ", 401, unableV3},
		"small account's":      {"GET", recordsV3 + "?type=TXT", "Bearer " + SmallToken, 403, deniedV3},
		"somebody else's":      {"GET", recordsV3 + "?type=TXT", "Bearer " + OtherToken, 404, notFound},
		"reading token reads":  {"GET", recordsV3 + "?type=TXT", "Bearer " + ReadOnlyToken, 200, listed},
		"reading token writes": {"POST", recordsV3, "Bearer " + ReadOnlyToken, 403, noScope},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			newServer(t).call(t, test.method, test.path, test.authorization, "{}").want(t, test.status, test.body)
		})
	}
}

func TestTestEnvironment(t *testing.T) {
	s := newServer(t)
	s.Under(fault.Conditions{Switches: map[string]bool{SwitchOTE: true}})
	s.call(t, "GET", recordsV1+"/TXT/x", "sso-key "+OTEKey+":"+OTESecret, "").want(t, 200, "[]")
	if got := s.call(t, "GET", recordsV1+"/TXT/x", withKey, ""); got.status != 401 {
		t.Errorf("a production key is answered %d %s", got.status, got.body)
	}
	if got := s.call(t, "GET", recordsV3, "Bearer "+OTEToken, ""); got.status != 200 {
		t.Errorf("a test token is answered %d %s", got.status, got.body)
	}
}

func TestReseller(t *testing.T) {
	s := newServer(t)
	if err := s.AddZoneTo(CustomerShopper, "shop.example"); err != nil {
		t.Fatal(err)
	}
	const path, reseller = "/v1/domains/shop.example/records/TXT/x", "sso-key " + ResellerKey + ":" + ResellerSecret
	if got := s.call(t, "GET", path, reseller, ""); got.status != 404 {
		t.Errorf("without the customer's number: %d %s", got.status, got.body)
	}
	s.call(t, "GET", path, reseller, "", "X-Shopper-Id", CustomerShopper).want(t, 200, "[]")
	if got := s.call(t, "GET", path, withKey, "", "X-Shopper-Id", CustomerShopper); got.status != 403 {
		t.Errorf("for who is no reseller: %d %s", got.status, got.body)
	}
	if got := s.call(t, "GET", "/v3/domains/zones/shop.example/dns-records", "Bearer "+ResellerToken, "", "X-Shopper-Id", CustomerShopper); got.status != 200 {
		t.Errorf("with a token: %d %s", got.status, got.body)
	}
}

func TestRateLimit(t *testing.T) {
	s := newServer(t)
	for i := range 60 {
		if got := s.call(t, "GET", recordsV1, withKey, ""); got.status != 200 {
			t.Fatalf("call %d: %d %s", i+1, got.status, got.body)
		}
		s.Advance(500 * time.Millisecond)
	}
	s.call(t, "GET", recordsV1, withKey, "").want(t, 429, `{"code":"TOO_MANY_REQUESTS","message":"Too many requests received within interval","retryAfterSec":60}`)
	// Another endpoint, another caller, and half a minute later again.
	s.call(t, "GET", recordsV1+"/TXT/x", withKey, "").want(t, 200, "[]")
	if got := s.call(t, "GET", recordsV1, "sso-key "+OtherKey+":"+OtherSecret, ""); got.status != 404 {
		t.Errorf("another caller: %d %s", got.status, got.body)
	}
	s.Advance(30 * time.Second)
	if got := s.call(t, "GET", recordsV1, withKey, ""); got.status != 200 {
		t.Errorf("later: %d %s", got.status, got.body)
	}
	s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "1"}})
	s.call(t, "GET", recordsV3+"?type=TXT", withToken, "").want(t, 200, `{"items":[],"links":[]}`)
	s.call(t, "GET", recordsV3+"?type=TXT", withToken, "").want(t, 429,
		`{"name":"TOO_MANY_REQUESTS","message":"Too many requests received within interval","correlationId":"request-1","details":[]}`)
	s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "0"}})
	s.call(t, "GET", recordsV3+"?type=TXT", withToken, "").want(t, 200, `{"items":[],"links":[]}`)
}

func TestBrokenSetting(t *testing.T) {
	s := newServer(t)
	s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "many"}})
	if got := s.call(t, "GET", recordsV1, withKey, ""); got.status != 500 || !strings.Contains(got.body, SettingCallsPerMinute) || !strings.Contains(got.body, `"many"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestPaths(t *testing.T) {
	s := newServer(t)
	for call, status := range map[string]int{
		"GET /v1/domains/example.com/records/":                    404,
		"GET /v1/nothing":                                         404,
		"POST /v1/domains/example.com/records":                    405,
		"GET /v1/domains/com/records":                             422,
		"GET /v1/domains/b%C3%BCcher.example/records":             422,
		"PUT /v1/domains/example.com/records/CAA/@":               422,
		"GET /v1/domains/nobody.example/records":                  404,
		"GET /v1/domains/EXAMPLE.com/records":                     200,
		"GET /v3/domains/zones/com/dns-records":                   401, // the wrong credentials come first
		"GET /v1/domains/example.com/records?limit=501":           422,
		"GET /v1/domains/example.com/records?offset=-1":           422,
		"GET /v1/domains/example.com/records/TXT/_dmarc%2Fx":      422,
		"DELETE /v1/domains/example.com/records/TXT/_dmarc%2Fx":   422,
		"DELETE /v1/domains/example.com/records/TXT/nothing-here": 404,
	} {
		method, path, _ := strings.Cut(call, " ")
		if got := s.call(t, method, path, withKey, ""); got.status != status {
			t.Errorf("%s: %d %s, want %d", call, got.status, got.body, status)
		}
	}
}

func TestAddZone(t *testing.T) {
	s := newServer(t, text("@", "kept"))
	if err := s.AddZone("Example.COM."); err != nil {
		t.Fatal(err)
	}
	s.wantOwn(t, "TXT @ 3600 kept")
	if s.AddZone("com") == nil {
		t.Error("a top-level domain was taken")
	}
	if s.SetZone("example.net", func(*Zone) {}) == nil {
		t.Error("a zone that is not there was changed")
	}
}
