package yandexsim_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

func TestRegister(t *testing.T) {
	w := newWorld(t)
	first := w.post("domain/register", "domain", "Example.COM.").ok()
	has(t, first, "domain", "example.com", "status", "domain-activate", "stage", "owner-check")
	secrets := first["secrets"].(object)
	if len(secrets["name"].(string)) != 12 || len(secrets["content"].(string)) != 12 || secrets["name"] == secrets["content"] {
		t.Errorf("secrets: %v", secrets)
	}
	// Registering a domain again does nothing to it.
	again := w.post("domain/register", "domain", "example.com").ok()
	has(t, again["secrets"].(object), "name", secrets["name"], "content", secrets["content"])
	w.settings(yandexsim.SwitchOwnOccupied, "on")
	w.post("domain/register", "domain", "example.com").refused("occupied")
	w.settings()
	// Who deletes it and registers it has to show once more that it is his.
	has(t, w.post("domain/delete", "domain", "example.com").ok(), "domain", "example.com")
	if name := w.register("example.com"); name == secrets["name"] {
		t.Errorf("two registrations have the same secret %s", name)
	}
}

func TestRegisterRefusals(t *testing.T) {
	w := newWorld(t)
	w.settings(yandexsim.SettingBlocked, "spam.example, worse.example")
	w.send(http.MethodPost, yandexsim.AdminPath+"domain/register", "domain=taken.example", "PddToken", yandexsim.OtherToken).ok()
	for domain, code := range map[string]string{
		"":                   "bad_domain",
		"single":             "bad_domain",
		"two words.example":  "bad_domain",
		"-hyphen.example":    "bad_domain",
		"_label.example":     "bad_domain",
		"*.example.com":      "bad_domain",
		"192.0.2.1":          "bad_domain",
		"yandex.ru":          "prohibited",
		"yandex.com.tr":      "prohibited",
		"mail.Yandex.net":    "prohibited",
		"ya.ru":              "prohibited",
		"co.uk":              "prohibited",
		"taken.example":      "occupied",
		"spam.example":       "blocked",
		"WORSE.example":      "blocked",
		"notyandex.example":  "",
		"deep.below.co.uk":   "",
		"пример.example":     "",
		"yandex.example.com": "",
	} {
		r := w.post("domain/register", "domain", domain)
		if code == "" {
			r.ok()
		} else {
			r.refused(code)
		}
	}
	w.post("domain/register").refused("no_domain")
	has(t, w.get("domain/details", "domain", "пример.example").ok(), "domain", "xn--e1afmkfd.example")
}

func TestDomainLimit(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.register(fmt.Sprintf("d%02d.example", i))
	}
	w.post("domain/register", "domain", "one-more.example").refused("domain_limit_reached")
	// Another user has 50 of his own, and what is there can be registered again.
	w.send(http.MethodPost, yandexsim.AdminPath+"domain/register", "domain=one-more.example", "PddToken", yandexsim.OtherToken).ok()
	w.post("domain/register", "domain", "d07.example").ok()
	w.post("domain/delete", "domain", "d07.example").ok()
	w.register("two-more.example")
	w.settings(yandexsim.SettingDomains, "51")
	w.register("three-more.example")
	w.post("domain/register", "domain", "four-more.example").refused("domain_limit_reached")
}

func TestOthersDomains(t *testing.T) {
	w := newWorld(t)
	w.send(http.MethodPost, yandexsim.AdminPath+"domain/register", "domain=taken.example", "PddToken", yandexsim.OtherToken).ok()
	for _, domain := range []string{"taken.example", "nobodys.example"} {
		for _, call := range []string{"domain/delete", "domain/settings/set_country", "email/add", "email/edit", "email/del", "dkim/enable", "dkim/disable", "dns/add", "dns/edit", "dns/del"} {
			w.post(call, "domain", domain, "country", "en").refused("not_allowed")
		}
		for _, call := range []string{"domain/registration_status", "email/list", "email/counters", "dkim/status", "dns/list"} {
			w.get(call, "domain", domain).refused("not_allowed")
		}
	}
	w.get("domain/details", "domain", "taken.example").refused("not_allowed")
	has(t, w.get("domain/details", "domain", "nobodys.example").ok(), "status", "none")
	has(t, w.get("domain/domains").ok(), "total", 0.0)
}

func TestDetails(t *testing.T) {
	w := newWorld(t)
	w.verified()
	w.post("domain/settings/set_country", "domain", "example.com", "country", "tr").ok()
	w.post("domain/settings/set_country", "domain", "example.com", "country", "xx").refused("bad_country")
	w.asked = 0
	answer := w.get("domain/details", "domain", "example.com").ok()
	has(t, answer, "domain", "example.com", "status", "mx-activate", "stage", "mx-check", "delegated", "no", "country", "tr",
		"imap_enabled", 1.0, "pop_enabled", 1.0)
	w.get("domain/domains").ok()
	if w.asked > 0 {
		t.Errorf("the DNS was asked %d times", w.asked)
	}
	for _, secret := range []string{"secrets", "check_results"} {
		if _, told := answer[secret]; told {
			t.Errorf("details tell %s: %v", secret, answer)
		}
	}
}

func TestDomainsArePaged(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		w.register(fmt.Sprintf("d%02d.example", i))
	}
	for _, tc := range []struct {
		page, size string
		onPage     float64
		first      string // domain of the page, empty if it has none
		found      float64
	}{
		{"", "", 10, "d00.example", 10},
		{"3", "10", 10, "d20.example", 5},
		{"1", "20", 20, "d00.example", 20},
		{"2", "20", 20, "d20.example", 5},
		{"2", "1000", 20, "d20.example", 5},
		{"4", "10", 10, "", 0},
		{"9223372036854775807", "20", 20, "", 0},
		{"0", "-5", 10, "d00.example", 10},
		{"next", "all", 10, "d00.example", 10},
	} {
		answer := w.get("domain/domains", "page", tc.page, "on_page", tc.size).ok()
		has(t, answer, "on_page", tc.onPage, "found", tc.found, "total", 25.0)
		domains := answer["domains"].([]any)
		if len(domains) != int(tc.found) || len(domains) > 0 && domains[0].(object)["name"] != tc.first {
			t.Errorf("page %q of %q: %v", tc.page, tc.size, domains)
		}
	}
	w.settings(yandexsim.SettingDomainsPage, "2")
	has(t, w.get("domain/domains", "on_page", "20").ok(), "on_page", 2.0, "found", 2.0)
}

func TestListedDomain(t *testing.T) {
	w := newWorld(t)
	w.verified()
	w.post("email/add", "domain", "example.com", "login", "alice", "password", password).ok()
	listed := func() object { return w.get("domain/domains").ok()["domains"].([]any)[0].(object) }
	has(t, listed(), "name", "example.com", "status", "mx-activate", "stage", "mx-check", "emails-count", 1.0, "emails-max-count", 1000.0,
		"nsdelegated", false, "master_admin", true, "nodkim", true)
	w.post("dkim/enable", "domain", "example.com").ok()
	has(t, listed(), "nodkim", false)
	w.settings(yandexsim.SwitchYesNo, "on")
	has(t, listed(), "nsdelegated", "no", "master_admin", "yes", "nodkim", "no")
}

func TestDeletedDomainTakesItsMailboxes(t *testing.T) {
	w := newWorld(t)
	w.verified()
	w.post("email/add", "domain", "example.com", "login", "alice", "password", password).ok()
	w.post("domain/delete", "domain", "example.com").ok()
	w.post("domain/delete", "domain", "example.com").refused("not_allowed")
	w.verified()
	has(t, w.get("email/list", "domain", "example.com").ok(), "total", 0.0)
}
