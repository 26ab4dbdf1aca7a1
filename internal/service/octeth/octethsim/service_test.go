package octethsim

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

func TestHardFailures(t *testing.T) {
	w := newWorld(t)
	broken := map[string]bool{SwitchOutOfOrder: true}
	for name, test := range map[string]struct {
		conditions           fault.Conditions
		method, path, body   string
		status               int
		contentType, content string
	}{
		"an unknown command":      {method: "POST", path: CommandPath, body: `{"Command":"no.such"}`, status: 404, contentType: "application/json", content: "100001"},
		"an unknown path":         {method: "GET", path: "/api/v1/dns.authorize", status: 404, contentType: "application/json", content: "100001"},
		"commands are posted":     {method: "GET", path: CommandPath + "?Command=user.senderdomain.list", status: 404, contentType: "application/json", content: "100001"},
		"no JSON":                 {method: "POST", path: CommandPath, body: `[`, status: 400, contentType: "application/json", content: "100002"},
		"out of order":            {conditions: fault.Conditions{Switches: broken}, method: "GET", path: "/api/v1/dns.provider", status: 500, contentType: "application/json", content: "100000"},
		"a page for it":           {conditions: fault.Conditions{Switches: broken, Settings: map[string]string{SettingVersion: "5.9.2"}}, method: "GET", path: "/api/v1/dns.provider", status: 200, contentType: "text/html; charset=utf-8", content: "<html>"},
		"a command of the future": {conditions: fault.Conditions{Settings: map[string]string{SettingVersion: "5.8"}}, method: "POST", path: CommandPath, body: `{"Command":"user.senderdomain.list"}`, status: 200, contentType: "text/html; charset=utf-8", content: "<html>"},
		"a mistyped setting":      {conditions: fault.Conditions{Settings: map[string]string{SettingVersion: "new"}}, method: "GET", path: "/", status: 500, contentType: "text/plain; charset=utf-8", content: "The sandbox can't"},
	} {
		w.Under(test.conditions)
		r := w.raw(test.method, test.path, test.body)
		if r.Code != test.status || r.Header().Get("Content-Type") != test.contentType || !strings.Contains(r.Body.String(), test.content) {
			t.Errorf("%s: %d %s %s", name, r.Code, r.Header(), r.Body)
		}
	}
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t)
	list := func(key string) (int, string) {
		r := w.command("user.senderdomain.list", object{"APIKey": key})
		return r.Code, r.Body.String()
	}
	for i := range 100 {
		if status, body := list(APIKey); status != 200 {
			t.Fatalf("call %d: %d %s", i, status, body)
		}
		w.Advance(100 * time.Millisecond)
	}
	status, body := list(APIKey)
	if status != 429 || body != `{"Errors":[{"Code":429,"Message":"Too many requests. Wait for 50 seconds for another 100 attempts."}]}` {
		t.Errorf("%d %s", status, body)
	}
	if status, body := list(OtherAPIKey); status != 200 {
		t.Errorf("another user: %d %s", status, body)
	}
	w.version("5.9.2")
	if status, body := list(APIKey); status != 200 || !strings.Contains(body, "429") {
		t.Errorf("before 5.9.3: %d %s", status, body)
	}
	w.Advance(50 * time.Second)
	if status, body := list(APIKey); status != 200 || strings.Contains(body, "429") {
		t.Errorf("after the wait: %d %s", status, body)
	}
}

func TestParametersTellNoCaseApart(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{
		`{"COMMAND":"USER.SENDERDOMAIN.LIST","apikey":"` + APIKey + `"}`,
		`{"Command":"user.senderdomain.list","SessionID":"` + SessionID + `"}`,
		`{"Command":"user.senderdomain.list","APIKey":"` + OtherAPIKey + `","ApiKey":"` + APIKey + `"}`,
	} {
		if r := w.raw(http.MethodPost, CommandPath, body); !strings.Contains(r.Body.String(), `"Success":true`) {
			t.Errorf("%s: %s", body, r.Body)
		}
	}
	form := "Command=user.senderdomain.list&APIKey=" + APIKey
	if r := w.raw(http.MethodPost, CommandPath, form, "Content-Type", "application/x-www-form-urlencoded"); !strings.Contains(r.Body.String(), `"Success":true`) {
		t.Errorf("a form: %s", r.Body)
	}
}
