package sendgridsim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// world is a service with a clock, conditions and a DNS that tests change.
type world struct {
	*sendgridsim.Service
	*sandboxtest.World
	t *testing.T
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t}
	w.SetTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) // when a window begins
	w.Service = sendgridsim.New(sendgridsim.Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions, Lookup: w.Lookup})
	return w
}

// domain is one as answers show it.
type domain struct {
	ID                int64
	Subdomain, Domain string
	Username          string
	IPs               []string
	CustomSPF         bool `json:"custom_spf"`
	Default, Valid    bool
	DNS               map[string]struct {
		Valid            bool
		Type, Host, Data string
	}
	Subusers []struct{ Username string }
}

// reply is an answer as a client sees it.
type reply struct {
	t      *testing.T
	call   string
	status int
	header http.Header
	body   string
}

func (w *world) as(key, onBehalfOf, method, path, body string) reply {
	w.t.Helper()
	var header []string
	if key != "" {
		header = append(header, "Authorization", "Bearer "+key)
	}
	if onBehalfOf != "" {
		header = append(header, "on-behalf-of", onBehalfOf)
	}
	sent := w.Send(w.Service, method, path, body, header...)
	return reply{t: w.t, call: method + " " + path, status: sent.Status, header: sent.Header, body: sent.Body}
}

const domains = "/v3/whitelabel/domains"

// do is a call with the key that may do everything, to a path below that of the domains.
func (w *world) do(method, path, body string) reply {
	w.t.Helper()
	return w.as(sendgridsim.Key, "", method, domains+path, body)
}

// want checks the status, and that the body holds a text.
func (r reply) want(status int, text string) reply {
	r.t.Helper()
	if r.status != status || !strings.Contains(r.body, text) {
		r.t.Errorf("%s: %d %s, want %d with %s", r.call, r.status, r.body, status, text)
	}
	return r
}

func (r reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		r.t.Fatalf("%s: %d %s: %v", r.call, r.status, r.body, err)
	}
}

func (r reply) domain() domain {
	r.t.Helper()
	var d domain
	r.into(&d)
	return d
}

func (w *world) create(body string) domain {
	w.t.Helper()
	return w.do("POST", "", body).want(http.StatusCreated, "").domain()
}

func path(d domain, below string) string { return fmt.Sprintf("/%d%s", d.ID, below) }

// publish puts the records of a domain into the DNS.
func (w *world) publish(d domain) {
	data := map[[2]string][]string{}
	for _, r := range d.DNS {
		kind, value := strings.ToUpper(r.Type), r.Data
		if kind == "MX" && !strings.Contains(value, " ") {
			value = "10 " + value
		}
		data[[2]string{kind, r.Host}] = append(data[[2]string{kind, r.Host}], value)
	}
	for at, values := range data {
		w.Publish(at[0], at[1], values...)
	}
}

func TestWhoMayCall(t *testing.T) {
	const (
		revoked   = "authorization grant is invalid"
		forbidden = `{"errors":[{"field":null,"message":"access forbidden"}]}`
		eu        = "/eu" + domains
	)
	w := newWorld(t)
	for _, tc := range []struct {
		key, onBehalfOf, method, path string
		status                        int
		says                          string
	}{
		{"", "", "GET", domains, 401, "authorization required"},
		{"SG.nonsense", "", "GET", domains, 401, revoked},
		{sendgridsim.KeyReadOnly, "", "GET", domains, 200, "[]"},
		{sendgridsim.KeyReadOnly, "", "POST", domains, 403, forbidden},
		{sendgridsim.KeyMailOnly, "", "GET", domains, 403, forbidden},
		{sendgridsim.KeyMailOnly, "", "GET", "/v3/scopes", 200, `{"scopes":["mail.send"]}`},
		{sendgridsim.KeySuspended, "", "GET", domains, 403, "suspended"},
		{sendgridsim.KeyOfEUSubuser, "", "GET", domains, 401, revoked},
		{sendgridsim.KeyOfEUSubuser, "", "GET", eu, 200, "[]"},
		{sendgridsim.KeyOfSubuser, "", "GET", eu, 401, revoked},
		{sendgridsim.KeyOfSubuser, sendgridsim.OtherSubuser, "GET", domains, 403, forbidden},
		{sendgridsim.Key, sendgridsim.Subuser, "GET", domains, 200, "[]"},
		{sendgridsim.Key, sendgridsim.Subuser, "GET", eu, 403, forbidden},
		{sendgridsim.Key, sendgridsim.EUSubuser, "GET", eu, 200, "[]"},
		{sendgridsim.Key, "account-id " + sendgridsim.Customer, "GET", domains, 200, "[]"},
		{sendgridsim.Key, "account-id nobody", "GET", domains, 403, forbidden},
		{sendgridsim.Key, sendgridsim.Customer, "GET", domains, 403, forbidden},
		{sendgridsim.Key, "", "GET", domains + "/", 404, "not found"},
		{sendgridsim.Key, "", "PUT", domains, 404, "not found"},
		{sendgridsim.Key, "", "GET", "/whitelabel/domains", 404, "not found"},
	} {
		w.as(tc.key, tc.onBehalfOf, tc.method, tc.path, "{}").want(tc.status, tc.says)
	}
	w.Turn(sendgridsim.SwitchSuspended, true)
	w.do("GET", "", "").want(403, "suspended")
}

func TestEUHost(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("GET", "https://"+sendgridsim.EUHost+domains, nil)
	r.Header.Set("Authorization", "Bearer "+sendgridsim.KeyOfEUSubuser)
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, r)
	if recorder.Code != http.StatusOK {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t)
	w.Advance(40*time.Second + time.Millisecond)
	w.Set(sendgridsim.SettingRequests, "2")
	w.do("GET", "", "").want(200, "")
	got := w.do("GET", "", "").want(200, "")
	if got.header.Get("X-RateLimit-Limit") != "2" || got.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("header %v", got.header)
	}
	got = w.do("GET", "", "").want(429, "too many requests")
	ends := time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC)
	if got.header.Get("X-RateLimit-Reset") != fmt.Sprint(ends.Unix()) || got.header.Get("Retry-After") != "" {
		t.Errorf("header %v", got.header)
	}
	w.do("GET", "/default", "").want(200, "") // other calls are counted for themselves
	w.as(sendgridsim.KeyOfSubuser, "", "GET", domains, "").want(200, "")
	w.SetTime(ends)
	w.do("GET", "", "").want(200, "")
	w.Set(sendgridsim.SettingRequests, "0")
	if got := w.do("GET", "", ""); got.header.Get("X-RateLimit-Limit") != "" {
		t.Errorf("unlimited calls are counted: %v", got.header)
	}
}

func TestErrorShapes(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "", "{}").want(400, `{"errors":[{"field":"domain","message":"domain is required"}]}`)
	w.Turn(sendgridsim.SwitchErrorsAsObject, true)
	w.do("POST", "", "{}").want(400, `{"errors":{"error":"domain is required","field":"domain"}}`)
}

func TestWrongConditions(t *testing.T) {
	for name, value := range map[string]string{
		sendgridsim.SettingValidDelay: "soon", sendgridsim.SettingRecheck: "-1s", sendgridsim.SettingWindow: "1ms",
		sendgridsim.SettingRequests: "many", sendgridsim.SettingDomains: "-1",
	} {
		w := newWorld(t)
		w.Set(name, value)
		w.do("GET", "", "").want(500, "The sandbox can't simulate SendGrid: setting "+name)
	}
}

func TestZones(t *testing.T) {
	w := newWorld(t)
	zones, err := w.Zones()
	if err != nil || len(zones) != 1 || zones[0].Apex != "sendgrid.net" {
		t.Fatalf("%v, %v", zones, err)
	}
	names := map[string]bool{}
	for _, rr := range zones[0].Records {
		names[rr.Header().Name] = true
	}
	d := w.create(`{"domain":"example.com"}`)
	if target := d.DNS["mail_cname"].Data; !names[target+"."] || !names["*.domainkey."+target+"."] {
		t.Errorf("%s is not served: %v", target, names)
	}
	again, err := w.Zones()
	if err != nil || &again[0] != &zones[0] {
		t.Errorf("zones that never change were made again (%v)", err)
	}
}
