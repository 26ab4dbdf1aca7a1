package yandexsim_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

func TestAuthentication(t *testing.T) {
	w := newWorld(t)
	list, registrar := yandexsim.AdminPath+"domain/domains", yandexsim.RegistrarPath+"domain/domains"
	for _, tc := range []struct {
		target string
		header []string
		code   string // empty: a success
	}{
		{list, nil, "no_auth"},
		{list, []string{"PddToken", "nobody's"}, "bad_token"},
		{list, []string{"PddToken", yandexsim.Token}, ""},
		{list, []string{"pddtoken", yandexsim.OtherToken}, ""},
		{list + "?token=" + yandexsim.Token, nil, ""},
		{list, []string{"Authorization", "OAuth " + yandexsim.OAuthToken}, "no_auth"},
		{registrar, []string{"PddToken", yandexsim.Token}, "no_auth"},
		{registrar, []string{"PddToken", yandexsim.Token, "Authorization", "OAuth nobody's"}, "bad_oauth"},
		{registrar, []string{"PddToken", "nobody's", "Authorization", "OAuth " + yandexsim.OAuthToken}, "bad_token"},
		{registrar, []string{"PddToken", yandexsim.Token, "Authorization", "OAuth " + yandexsim.OAuthToken}, ""},
	} {
		r := w.send(http.MethodGet, tc.target, "", tc.header...)
		if tc.code == "" {
			r.ok()
		} else {
			r.refused(tc.code)
		}
		if got := r.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%s: %q", r.call, got)
		}
	}
}

// Registrars see what administrators see.
func TestRegistrarsHaveTheSameDomains(t *testing.T) {
	w := newWorld(t)
	w.send(http.MethodPost, yandexsim.RegistrarPath+"domain/register", "domain=example.com",
		"PddToken", yandexsim.Token, "Authorization", "OAuth "+yandexsim.OAuthToken).ok()
	has(t, w.get("domain/domains").ok(), "total", 1.0)
}

func TestUnknownCalls(t *testing.T) {
	w := newWorld(t)
	for call, want := range map[string]int{
		"GET /":                                http.StatusNotFound,
		"GET /domain/domains":                  http.StatusNotFound,
		"GET /api2/admin/domain/nonsense":      http.StatusNotFound,
		"GET /api2/domain/domains":             http.StatusNotFound,
		"POST /api2/admin/domain/domains":      http.StatusMethodNotAllowed,
		"GET /api2/admin/domain/register":      http.StatusMethodNotAllowed,
		"DELETE /api2/registrar/domain/delete": http.StatusMethodNotAllowed,
	} {
		method, path, _ := strings.Cut(call, " ")
		if r := w.send(method, path, "", "PddToken", yandexsim.Token); r.status != want {
			t.Errorf("%s: %d %s", call, r.status, r.body)
		}
	}
}

func TestFormsOfEitherEncoding(t *testing.T) {
	w := newWorld(t)
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range map[string]string{"token": yandexsim.Token, "domain": "example.com"} {
		if err := parts.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.send(http.MethodPost, yandexsim.AdminPath+"domain/register", body.String(), "Content-Type", parts.FormDataContentType())
	has(t, r.ok(), "domain", "example.com")
}

// Clients in use send a form with GET, where others send a query.
func TestFormsWithGET(t *testing.T) {
	w := newWorld(t)
	w.verified()
	const typed = "application/x-www-form-urlencoded"
	for _, tc := range []struct{ path, body string }{
		{"email/list", "domain=example.com&on_page=7"},
		{"email/list?domain=example.com", "on_page=7"},
		{"domain/domains", "on_page=7"},
	} {
		r := w.send(http.MethodGet, yandexsim.AdminPath+tc.path, tc.body, "PddToken", yandexsim.Token, "Content-Type", typed)
		has(t, r.ok(), "on_page", 7.0)
	}
	w.send(http.MethodGet, yandexsim.AdminPath+"email/list", "on_page=7", "PddToken", yandexsim.Token, "Content-Type", typed).refused("no_domain")
}

// Scripts in use take answers apart by their spaces and line feeds, of which there are none.
func TestAnswersAreOneLineWithSpaces(t *testing.T) {
	w := newWorld(t)
	w.verified()
	added := w.post("email/add", "domain", "example.com", "login", "odd", "password", password).ok()
	w.post("email/edit", "domain", "example.com", "login", "odd", "hintq", "one,\ntwo: <&>").ok()
	want := fmt.Sprintf(`{"accounts": [{"aliases": [], "birth_date": "", "enabled": "yes", "fio": "", "fname": "", "hintq": "one,\ntwo: <&>", "iname": "", `+
		`"login": "odd@example.com", "maillist": "no", "ready": "no", "sex": 0, "uid": %.0f}], "domain": "example.com", `+
		`"found": 1, "on_page": 30, "page": 1, "pages": 1, "success": "ok", "total": 1}`, added["uid"])
	if got := w.get("email/list", "domain", "example.com").body; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAnswersWithoutSuccess(t *testing.T) {
	w := newWorld(t)
	w.settings(yandexsim.SwitchWithoutSuccess, "on")
	for _, r := range []reply{w.get("domain/domains"), w.get("domain/details", "domain", "nonsense")} {
		if _, there := r.decode()["success"]; there {
			t.Errorf("%s: %s", r.call, r.body)
		}
	}
}

func TestMistypedSettings(t *testing.T) {
	w := newWorld(t)
	for name, values := range map[string][]string{
		yandexsim.SettingCheckDelay:   {"soon", "-1s"},
		yandexsim.SettingRecheck:      {"20"},
		yandexsim.SettingDomains:      {"-1", "many"},
		yandexsim.SettingDomainsPage:  {"0"},
		yandexsim.SettingAccountsPage: {"0"},
		yandexsim.SettingDKIMBits:     {"512"},
		yandexsim.SettingBlocked:      {"no name"},
	} {
		for _, value := range values {
			w.settings(name, value)
			if r := w.get("domain/domains"); r.status != http.StatusInternalServerError || !strings.Contains(r.body, name) {
				t.Errorf("%s %q: %d %s", name, value, r.status, r.body)
			}
		}
	}
}

// Two services on one file, as two processes have them, are one.
func TestStateIsShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	one := worldAt(t, path)
	one.verified()
	one.post("email/add", "domain", "example.com", "login", "alice", "password", password).ok()
	text := one.post("dkim/enable", "domain", "example.com").ok()["dkim"].(object)["txtrecord"]
	two := worldAt(t, path)
	has(t, two.get("email/list", "domain", "example.com").ok(), "total", 1.0)
	dkim := two.get("dkim/status", "domain", "example.com", "secretkey", "yes").ok()["dkim"].(object)
	if dkim["txtrecord"] != text || !strings.Contains(dkim["secretkey"].(string), "PRIVATE KEY") {
		t.Error("the second service has another key, or none")
	}
}

func TestCallsSideBySide(t *testing.T) {
	w := newWorld(t)
	w.verified()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			login := fmt.Sprintf("user%d", i)
			for _, r := range []reply{
				w.post("email/add", "domain", "example.com", "login", login, "password", password),
				w.get("domain/registration_status", "domain", "example.com"),
				w.post("email/edit", "domain", "example.com", "login", login, "iname", "Given"),
				w.get("email/list", "domain", "example.com"),
				w.get("domain/domains"),
			} {
				if r.status != http.StatusOK || !strings.Contains(r.body, `"success": "ok"`) {
					t.Errorf("%s: %d %s", r.call, r.status, r.body)
				}
			}
			if _, err := w.Zones(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	answer := w.get("email/list", "domain", "example.com").ok()
	uids := map[any]bool{}
	for _, account := range answer["accounts"].([]any) {
		uids[account.(object)["uid"]] = true
	}
	if len(uids) != 8 {
		t.Errorf("%d different mailboxes, want 8: %v", len(uids), answer)
	}
}
