package yandexsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// account returns the only mailbox of example.com as it is listed.
func (w *world) account() object {
	w.t.Helper()
	accounts := w.get("email/list", "domain", "example.com").ok()["accounts"].([]any)
	if len(accounts) != 1 {
		w.t.Fatalf("mailboxes: %v", accounts)
	}
	return accounts[0].(object)
}

func TestMailbox(t *testing.T) {
	w := newWorld(t)
	w.verified()
	added := w.post("email/add", "domain", "example.com", "login", "Alice", "password", password).ok()
	has(t, added, "domain", "example.com", "login", "alice@example.com")
	uid, _ := added["uid"].(float64)
	if uid < 1<<32 {
		t.Errorf("the id %v fits into 32 bits, as none does", added["uid"])
	}
	has(t, w.account(), "uid", uid, "login", "alice@example.com", "enabled", "yes", "ready", "no", "fio", "", "iname", "", "fname", "", "maillist", "no")

	edited := w.post("email/edit", "domain", "example.com", "login", "ALICE@example.com",
		"iname", "Алиса", "fname", "Example", "enabled", "no", "sex", "2", "birth_date", "1990-01-02").ok()
	has(t, edited, "uid", uid, "login", "alice@example.com")
	has(t, edited["account"].(object), "fio", "Example Алиса", "enabled", "no")
	// What is not sent stays, and what is sent empty is taken away.
	w.post("email/edit", "domain", "example.com", "uid", fmt.Sprintf("%.0f", uid), "fname", "").ok()
	has(t, w.account(), "fio", "Алиса", "iname", "Алиса", "fname", "", "enabled", "no", "sex", 2.0, "birth_date", "1990-01-02")

	counters := w.get("email/counters", "domain", "example.com", "login", "alice").ok()["counters"].(object)
	has(t, counters, "unread", 0.0, "new", 0.0)
	has(t, w.post("email/del", "domain", "example.com", "login", "alice").ok(), "login", "alice@example.com")
	w.post("email/del", "domain", "example.com", "login", "alice").refused("account_not_found")
	again := w.post("email/add", "domain", "example.com", "login", "alice", "password", password).ok()
	if again["uid"] == added["uid"] {
		t.Errorf("a new mailbox has an old id: %v", again)
	}
}

func TestMailboxesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	w.verified()
	calls := []func(parameters ...string) reply{
		func(p ...string) reply { return w.post("email/edit", append(p, "domain", "example.com")...) },
		func(p ...string) reply { return w.post("email/del", append(p, "domain", "example.com")...) },
		func(p ...string) reply { return w.get("email/counters", append(p, "domain", "example.com")...) },
	}
	for _, call := range calls {
		call().refused("no_uid_or_login")
		call("login", "bob").refused("account_not_found")
		call("login", "bob@example.org").refused("account_not_found")
		call("uid", "17").refused("account_not_found")
		call("uid", "bob").refused("account_not_found")
	}
}

func TestMailboxesNeedOwnership(t *testing.T) {
	w := newWorld(t)
	w.register("example.com")
	has(t, w.get("email/list", "domain", "example.com").ok(), "total", 0.0, "pages", 0.0)
	w.post("email/add", "domain", "example.com", "login", "alice", "password", password).refused("not_allowed")
}

func TestLoginsAndPasswords(t *testing.T) {
	w := newWorld(t)
	w.verified()
	w.post("email/add", "domain", "example.com", "login", "taken", "password", password).ok()
	w.post("email/add", "domain", "example.com", "password", password).refused("no_login")
	w.post("email/add", "domain", "example.com", "login", "alice").refused("no_password")
	for _, tc := range []struct{ login, password, documented, detailed string }{
		{"", password, "bad_login", "login-empty"},
		{strings.Repeat("x", 31), password, "bad_login", "login-toolong"},
		{"two words", password, "bad_login", "badlogin"},
		{"alice@example.org", password, "bad_login", "badlogin"},
		{".alice", password, "bad_login", "badlogin"},
		{"alice.", password, "bad_login", "badlogin"},
		{"a..b", password, "bad_login", "badlogin"},
		{"алиса", password, "bad_login", "badlogin"},
		{"Postmaster", password, "bad_login", "login_reserved"},
		{"TAKEN", password, "occupied", "occupied"},
		{"taken@EXAMPLE.com", password, "occupied", "occupied"},
		{"alice", "", "bad_passwd", "passwd-empty"},
		{"alice", "12345", "bad_passwd", "passwd-tooshort"},
		{"alice", strings.Repeat("x", 21), "bad_passwd", "passwd-toolong"},
		{"alice", "two words", "bad_passwd", "badpasswd"},
		{"alice", "пароль", "bad_passwd", "badpasswd"},
		{"charlie", "Charlie", "bad_passwd", "passwd-likelogin"},
	} {
		w.settings()
		w.post("email/add", "domain", "example.com", "login", tc.login, "password", tc.password).refused(tc.documented)
		w.settings(yandexsim.SwitchDetailedCodes, "on")
		w.post("email/add", "domain", "example.com", "login", tc.login, "password", tc.password).refused(tc.detailed)
	}
	for login, good := range map[string]string{"six": "!@#$%^", "twenty": "&*()_-+:;,.abcXYZ089", strings.Repeat("x", 30): password, "a.b-c_d-": password, "7": password} {
		w.post("email/add", "domain", "example.com", "login", login, "password", good).ok()
	}
	w.settings()
	w.post("email/edit", "domain", "example.com", "login", "taken", "password", "short").refused("bad_passwd")
	w.post("email/edit", "domain", "example.com", "login", "nobody", "password", password).refused("account_not_found")
}

func TestLogIn(t *testing.T) {
	w := newWorld(t)
	w.verified()
	w.post("email/add", "domain", "example.com", "login", "alice", "password", password).ok()
	logIn := func(address, password string, want bool) {
		t.Helper()
		if welcome, err := w.LogIn(address, password); err != nil || welcome != want {
			t.Errorf("%s logs in: %t, %v", address, welcome, err)
		}
	}
	logIn("alice@example.com", "another", false)
	logIn("bob@example.com", password, false)
	logIn("alice@example.org", password, false)
	has(t, w.account(), "ready", "no")
	logIn("Alice@Example.com", password, true)
	has(t, w.account(), "ready", "yes")

	w.post("email/edit", "domain", "example.com", "login", "alice", "password", "another-1").ok()
	logIn("alice@example.com", password, false)
	logIn("alice@example.com", "another-1", true)
	w.post("email/edit", "domain", "example.com", "login", "alice", "enabled", "no").ok()
	logIn("alice@example.com", "another-1", false)
	w.state(func(st *yandexsim.State) {
		if text := fmt.Sprintf("%+v", st); strings.Contains(text, "another-1") || strings.Contains(text, password) {
			t.Error("the state has a password")
		}
	})
}

func TestMailboxesArePaged(t *testing.T) {
	w := newWorld(t)
	w.verified()
	for i := range 65 {
		w.post("email/add", "domain", "example.com", "login", fmt.Sprintf("u%02d", i), "password", password).ok()
	}
	for _, tc := range []struct {
		page, size        string
		onPage, found, of float64
		first             string
	}{
		{"", "", 30, 30, 3, "u00"},
		{"3", "30", 30, 5, 3, "u60"},
		{"4", "30", 30, 0, 3, ""},
		{"1", "100", 100, 65, 1, "u00"},
		{"1", "100000", 1000, 65, 1, "u00"},
	} {
		answer := w.get("email/list", "domain", "example.com", "page", tc.page, "on_page", tc.size).ok()
		has(t, answer, "on_page", tc.onPage, "found", tc.found, "pages", tc.of, "total", 65.0)
		if accounts := answer["accounts"].([]any); len(accounts) > 0 {
			has(t, accounts[0].(object), "login", tc.first+"@example.com")
		}
	}
	w.settings(yandexsim.SettingAccountsPage, "25")
	has(t, w.get("email/list", "domain", "example.com", "on_page", "30").ok(), "on_page", 25.0, "pages", 3.0)
	// A mailbox that goes moves those behind it.
	w.post("email/del", "domain", "example.com", "login", "u03").ok()
	accounts := w.get("email/list", "domain", "example.com", "on_page", "25", "page", "2").ok()["accounts"].([]any)
	has(t, accounts[0].(object), "login", "u26@example.com")
}
