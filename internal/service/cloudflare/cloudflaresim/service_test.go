package cloudflaresim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// world is a service with a clock and settings that tests change.
type world struct {
	*cloudflaresim.Service
	*sandboxtest.World
	t *testing.T
}

func newWorld(t *testing.T, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t}
	w.SetTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	w.Service = cloudflaresim.New(cloudflaresim.Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// reply is an answer as a client without an SDK sees it.
type reply struct {
	status int
	header http.Header
	body   string
	Result json.RawMessage
	Errors []struct {
		Code    int
		Message string
		Chain   []struct{ Code int } `json:"error_chain"`
	}
	Success bool
	Info    struct {
		Page       int `json:"page"`
		Count      int `json:"count"`
		TotalCount int `json:"total_count"`
		TotalPages int `json:"total_pages"`
	} `json:"result_info"`
}

// codes are the codes of the first error and of its cause.
func (r reply) codes() string {
	if len(r.Errors) == 0 {
		return ""
	}
	codes := fmt.Sprint(r.Errors[0].Code)
	for _, cause := range r.Errors[0].Chain {
		codes += fmt.Sprintf(" %d", cause.Code)
	}
	return codes
}

func (w *world) as(token, method, path, body string) reply {
	w.t.Helper()
	header := []string{"Content-Type", "application/json"}
	if token != "" {
		header = append(header, "Authorization", "Bearer "+token)
	}
	sent := w.Send(w.Service, method, cloudflaresim.BasePath+path, body, header...)
	got := reply{status: sent.Status, header: sent.Header, body: sent.Body}
	if err := json.Unmarshal([]byte(sent.Body), &got); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, got.body)
	}
	if got.Success != (got.status == http.StatusOK) || got.Success != (len(got.Errors) == 0) {
		w.t.Errorf("%s %s: status %d with %s", method, path, got.status, got.body)
	}
	return got
}

func (w *world) do(method, path, body string) reply {
	w.t.Helper()
	return w.as(cloudflaresim.Token, method, path, body)
}

// zoneID looks a zone up by its name.
func (w *world) zoneID(name string) string {
	w.t.Helper()
	var zones []struct{ ID string }
	if err := json.Unmarshal(w.do("GET", "/zones?name="+name, "").Result, &zones); err != nil || len(zones) != 1 {
		w.t.Fatalf("zones named %s: %v, %v", name, zones, err)
	}
	return zones[0].ID
}

// create makes a record and returns its id.
func (w *world) create(zone, body string) string {
	w.t.Helper()
	got := w.do("POST", "/zones/"+zone+"/dns_records", body)
	var record struct{ ID string }
	if err := json.Unmarshal(got.Result, &record); err != nil || got.status != http.StatusOK {
		w.t.Fatalf("creating %s: %s", body, got.body)
	}
	return record.ID
}

// contents lists a zone's records as "name type content".
func (w *world) contents(zone string) []string {
	w.t.Helper()
	var records []struct{ Name, Type, Content string }
	if err := json.Unmarshal(w.do("GET", "/zones/"+zone+"/dns_records", "").Result, &records); err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, r := range records {
		lines = append(lines, r.Name+" "+r.Type+" "+r.Content)
	}
	return lines
}

func TestRoutes(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	for _, tc := range []struct {
		method, path string
		status       int
		codes        string
	}{
		{"GET", "/zones/" + zone, 200, ""},
		{"GET", "/zones/nonsense", 404, "7003"},
		{"GET", "/zones/" + strings.Repeat("0", 32), 403, "9109"},
		{"GET", "/zones/" + strings.Repeat("0", 32) + "/dns_records", 403, "10000"},
		{"GET", "/zones/" + zone + "/dns_records/" + strings.Repeat("0", 32), 404, "81044"},
		{"DELETE", "/zones/" + zone + "/dns_records/" + strings.Repeat("0", 32), 404, "81044"},
		{"GET", "/zones/" + zone + "/dns_records/batch", 404, "81044"},
		{"GET", "/zones/" + zone + "/", 404, "7000"},
		{"DELETE", "/zones", 404, "7000"},
		{"GET", "/nothing", 404, "7000"},
		{"GET", "/zones?per_page=51", 400, "6007"},
		{"GET", "/zones?page=0", 400, "6007"},
		{"GET", "/zones/" + zone + "/dns_records?per_page=5000001", 400, "6007"},
		{"GET", "/zones/" + zone + "/dns_records?proxied=perhaps", 400, "9003"},
	} {
		if got := w.do(tc.method, tc.path, ""); got.status != tc.status || got.codes() != tc.codes {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, got.status, got.body)
		}
	}
	sent := w.Send(w.Service, "POST", cloudflaresim.BasePath+"/zones/"+zone+"/dns_records", "type=A",
		"Authorization", "Bearer "+cloudflaresim.Token, "Content-Type", "application/x-www-form-urlencoded")
	if sent.Status != 400 || !strings.Contains(sent.Body, "9207") {
		t.Errorf("a form: %d %s", sent.Status, sent.Body)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	const record = `{"type":"A","name":"www","content":"192.0.2.1"}`
	for _, tc := range []struct {
		token                                     string
		verify, ofAccount, zones, read, write, at string
	}{
		{cloudflaresim.Token, "200 active", "401 1000", "200 1", "200", "200", "one"},
		{cloudflaresim.TokenReadOnly, "200 active", "401 1000", "200 1", "200", "403 10000", "two"},
		{cloudflaresim.TokenNoDNS, "200 active", "401 1000", "200 1", "403 10000", "403 10000", "three"},
		{cloudflaresim.TokenOfAccount, "401 1000", "200 active", "200 1", "200", "200", "four"},
		{cloudflaresim.TokenOfOther, "200 active", "401 1000", "200 0", "403 10000", "403 10000", "five"},
		{cloudflaresim.TokenExpired, "200 expired", "401 1000", "403 9109", "403 9109", "403 9109", "six"},
		{cloudflaresim.TokenDisabled, "200 disabled", "401 1000", "403 9109", "403 9109", "403 9109", "seven"},
		{strings.Repeat("x", 40), "401 1000", "401 1000", "403 9109", "403 9109", "403 9109", "eight"},
		{"short", "400 6003 6111", "400 6003 6111", "400 6003 6111", "400 6003 6111", "400 6003 6111", "nine"},
		{"", "400 9106", "400 9106", "400 9106", "400 9106", "400 9106", "ten"},
	} {
		status := func(r reply) string {
			var verified struct{ Status string }
			if json.Unmarshal(r.Result, &verified) != nil || r.status != 200 {
				return strings.TrimSpace(fmt.Sprintf("%d %s", r.status, r.codes()))
			}
			return "200 " + verified.Status
		}
		zones := w.as(tc.token, "GET", "/zones", "")
		counted := strings.TrimSpace(fmt.Sprintf("%d %s", zones.status, zones.codes()))
		if zones.status == 200 {
			counted = fmt.Sprintf("200 %d", zones.Info.TotalCount)
		}
		code := func(r reply) string { return strings.TrimSpace(fmt.Sprintf("%d %s", r.status, r.codes())) }
		got := []string{
			status(w.as(tc.token, "GET", "/user/tokens/verify", "")),
			status(w.as(tc.token, "GET", "/accounts/"+cloudflaresim.Account+"/tokens/verify", "")),
			counted,
			code(w.as(tc.token, "GET", "/zones/"+zone+"/dns_records", "")),
			code(w.as(tc.token, "POST", "/zones/"+zone+"/dns_records", strings.ReplaceAll(record, "www", tc.at))),
		}
		want := []string{tc.verify, tc.ofAccount, tc.zones, tc.read, tc.write}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %q\nwant %q", tc.token, got, want)
		}
	}
}

func TestZoneList(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		if err := w.AddZone(fmt.Sprintf("zone%02d.example", 59-i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.EditZone("zone07.example", func(z *cloudflaresim.Zone) { z.Type, z.Status = "partial", "pending" }); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		query              string
		count, total, last int
		first              string
	}{
		{"", 20, 60, 3, "zone00.example"},
		{"?per_page=50", 50, 60, 2, "zone00.example"},
		{"?per_page=50&page=2", 10, 60, 2, "zone50.example"},
		{"?per_page=50&page=3", 0, 60, 2, ""},
		{"?direction=desc", 20, 60, 3, "zone59.example"},
		{"?name=zone07.example", 1, 1, 1, "zone07.example"},
		{"?name=zone07.example.", 1, 1, 1, "zone07.example"},
		{"?name=zone", 0, 0, 0, ""},
		{"?name=starts_with:zone1", 10, 10, 1, "zone10.example"},
		{"?status=pending", 1, 1, 1, "zone07.example"},
		{"?type=partial,secondary", 1, 1, 1, "zone07.example"},
		{"?account.id=" + cloudflaresim.Account, 20, 60, 3, "zone00.example"},
		{"?account.id=" + strings.Repeat("0", 32), 0, 0, 0, ""},
	} {
		got := w.do("GET", "/zones"+tc.query, "")
		var zones []struct{ Name string }
		if err := json.Unmarshal(got.Result, &zones); err != nil {
			t.Fatal(err)
		}
		first := ""
		if len(zones) > 0 {
			first = zones[0].Name
		}
		if len(zones) != tc.count || got.Info.Count != tc.count || got.Info.TotalCount != tc.total || got.Info.TotalPages != tc.last || first != tc.first {
			t.Errorf("%q: %d zones, first %q, %+v", tc.query, len(zones), first, got.Info)
		}
	}
}

func TestCreateZone(t *testing.T) {
	w := newWorld(t)
	got := w.do("POST", "/zones", `{"name":"Bücher.example","account":{"id":"`+cloudflaresim.Account+`"}}`)
	if got.status != 200 || !strings.Contains(got.body, `"name":"xn--bcher-kva.example","status":"active"`) {
		t.Errorf("got %s", got.body)
	}
	if got := w.do("POST", "/zones", `{"name":"xn--bcher-kva.example"}`); got.codes() != "1061" {
		t.Errorf("twice: %s", got.body)
	}
	if got := w.do("POST", "/zones", `{"name":"no zone"}`); got.codes() != "1001" {
		t.Errorf("a bad name: %s", got.body)
	}
	if got := w.as(cloudflaresim.TokenReadOnly, "POST", "/zones", `{"name":"example.org"}`); got.codes() != "10000" {
		t.Errorf("a token that may read: %s", got.body)
	}
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t)
	w.Set(cloudflaresim.SettingRequests, "3")
	for i := range 3 {
		w.Advance(10 * time.Second)
		got := w.do("GET", "/zones", "")
		if want := fmt.Sprintf(`"default";r=%d;t=%d`, 2-i, 300-10*i); got.status != 200 || got.header.Get("Ratelimit") != want {
			t.Errorf("call %d: %d, %s, want %s", i, got.status, got.header.Get("Ratelimit"), want)
		}
	}
	w.Advance(10 * time.Second)
	if got := w.do("GET", "/zones", ""); got.status != 429 || got.header.Get("Retry-After") != "300" {
		t.Errorf("one too many: %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	if got := w.as(cloudflaresim.TokenReadOnly, "GET", "/zones", ""); got.status != 200 {
		t.Errorf("another token: %s", got.body)
	}
	w.Advance(299 * time.Second)
	if got := w.do("GET", "/zones", ""); got.status != 429 || got.header.Get("Retry-After") != "1" {
		t.Errorf("a second too early: %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	w.Advance(time.Second)
	if got := w.do("GET", "/zones", ""); got.status != 200 {
		t.Errorf("after the block: %s", got.body)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	w.Set(cloudflaresim.SettingRequests, "many")
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, httptest.NewRequest("GET", cloudflaresim.BasePath+"/zones", nil))
	if recorder.Code != 500 || !strings.Contains(recorder.Body.String(), `requests is "many"`) {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}
