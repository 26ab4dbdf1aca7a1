package yandexsim_test

import (
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

func TestOwnership(t *testing.T) {
	for name, tc := range map[string]struct {
		prepare func(w *world, name string)
		status  string
		results string
	}{
		"nothing":          {func(*world, string) {}, "domain-activate", "no-cname,no-file"},
		"no such domain":   {func(w *world, _ string) { w.Publish("NS", "example.com") }, "domain-activate", "domain-not-found"},
		"no answer":        {func(w *world, _ string) { w.BreakDNS(true) }, "domain-activate", "domain-not-found"},
		"wrong CNAME":      {func(w *world, name string) { w.Publish("CNAME", "yamail-"+name+".example.com", "mail.example.com") }, "domain-activate", "bad-cname,no-file"},
		"CNAME":            {func(w *world, name string) { w.Publish("CNAME", "yamail-"+name+".example.com", "Mail.Yandex.RU.") }, "mx-activate", "mx-not-found"},
		"wrong file":       {func(w *world, _ string) { w.file(yandexsim.FileWrong) }, "domain-activate", "no-cname,bad-file"},
		"file":             {func(w *world, _ string) { w.file(yandexsim.FileRight) }, "mx-activate", "mx-not-found"},
		"delegation":       {func(w *world, _ string) { w.Publish("NS", "example.com", yandexsim.NameServers...) }, "mx-activate", "mx-not-found"},
		"other servers":    {func(w *world, _ string) { w.Publish("NS", "example.com", "dns1.yandex.net", "ns1.example.net") }, "domain-activate", "no-cname,no-file"},
		"the wrong record": {func(w *world, _ string) { w.Publish("CNAME", "yamail-0123456789ab.example.com", "mail.yandex.ru") }, "domain-activate", "no-cname,no-file"},
		"wrong CNAME, wrong file": {func(w *world, name string) {
			w.Publish("CNAME", "yamail-"+name+".example.com", "mail.example.com")
			w.file(yandexsim.FileWrong)
		}, "domain-activate", "bad-cname,bad-file"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tc.prepare(w, w.register("example.com"))
			has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", tc.status, "check_results", tc.results)
		})
	}
}

// file puts the verification file on the web server of example.com.
func (w *world) file(content string) {
	w.t.Helper()
	if found, err := w.SetDomain("example.com", func(d *yandexsim.Domain) { d.File = content }); err != nil || !found {
		w.t.Fatal(found, err)
	}
}

func TestMailExchange(t *testing.T) {
	w := newWorld(t)
	w.verified()
	for _, tc := range []struct {
		records []string
		status  string
		results string
	}{
		{[]string{"10 mx.yandex.net"}, "added", "ok"},
		{[]string{"20 mail.example.com", "10 MX.yandex.net."}, "added", "ok"},
		{[]string{"10 mx.yandex.net", "10 mail.example.com"}, "mx-activate", "mx-wrong"},
		{[]string{"0 ."}, "mx-activate", "mx-wrong"},
		{nil, "mx-activate", "mx-not-found"},
		{[]string{"0 mx.yandex.net"}, "added", "ok"},
	} {
		w.Publish("MX", "example.com", tc.records...)
		has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", tc.status, "check_results", tc.results)
	}
	// What has been shown once need not be shown again.
	w.Publish("NS", "example.com")
	has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", "added")
}

func TestChecksTakeTheirTime(t *testing.T) {
	w := newWorld(t)
	w.settings(yandexsim.SettingCheckDelay, "30s")
	w.Publish("CNAME", "yamail-"+w.register("example.com")+".example.com", "mail.yandex.ru")
	status := func() object { return w.get("domain/registration_status", "domain", "example.com").ok() }
	for range 2 {
		answer := status()
		has(t, answer, "status", "domain-activate", "next_check", "2026-03-01T12:20:00Z")
		if _, told := answer["last_check"]; told {
			t.Errorf("a check has ended at once: %v", answer)
		}
		w.Advance(14 * time.Second)
	}
	w.Advance(2 * time.Second)
	has(t, status(), "status", "mx-activate", "check_results", "mx-not-found",
		"last_check", "2026-03-01T12:00:30Z", "next_check", "2026-03-01T12:20:30Z")
	// That call has started the next check, whose result any other call is late enough to see.
	w.Publish("MX", "example.com", "10 mx.yandex.net")
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "mx-activate")
	w.Advance(30 * time.Second)
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "added")
}

func TestScheduledChecks(t *testing.T) {
	w := newWorld(t)
	w.Publish("MX", "example.com", "10 mx.yandex.net")
	w.verifiedAs("added")
	w.Publish("MX", "example.com")
	w.Advance(19 * time.Minute)
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "added")
	w.Advance(time.Minute)
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "mx-activate")
	w.Publish("MX", "example.com", "10 mx.yandex.net")
	w.settings(yandexsim.SettingRecheck, "0s")
	w.Advance(1000 * time.Hour)
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "mx-activate")
	answer := w.get("domain/registration_status", "domain", "example.com").ok()
	has(t, answer, "status", "added")
	if _, told := answer["next_check"]; told {
		t.Errorf("there is no next check: %v", answer)
	}
}

// A domain loses nothing because the DNS does not answer for a while.
func TestNoAnswerTakesNothingAway(t *testing.T) {
	w := newWorld(t)
	w.Publish("NS", "example.com", yandexsim.NameServers...)
	w.Publish("MX", "example.com", "10 mx.yandex.net")
	has(t, w.post("domain/register", "domain", "example.com").ok(), "status", "added")
	w.BreakDNS(true)
	has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", "added", "check_results", "domain-not-found")
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "added", "delegated", "yes")
	w.BreakDNS(false)
	has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", "added", "check_results", "ok")
}

// What a check has found of one registration says nothing of the next, which may be somebody
// else's.
func TestDomainThatChangesHandsDuringACheck(t *testing.T) {
	w := newWorld(t)
	w.Publish("CNAME", "yamail-"+w.register("example.com")+".example.com", "mail.yandex.ru")
	w.meanwhile = func() {
		w.post("domain/delete", "domain", "example.com").ok()
		w.post("domain/register", "domain", "example.com").ok()
	}
	answer := w.get("domain/registration_status", "domain", "example.com").ok()
	has(t, answer, "status", "domain-activate")
	if _, told := answer["check_results"]; told {
		t.Errorf("the new registration has the results of the old: %v", answer)
	}
}

// Of two checks side by side, the one that has seen more is believed.
func TestSlowCheckTakesNoOwnershipAway(t *testing.T) {
	w := newWorld(t)
	name := w.register("example.com")
	w.Publish("CNAME", "yamail-"+name+".example.com", "mail.yandex.ru")
	w.meanwhile = func() {
		w.get("domain/registration_status", "domain", "example.com").ok()
		w.Publish("CNAME", "yamail-"+name+".example.com")
	}
	has(t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", "mx-activate")
}

func TestScheduledChecksNeedNoCall(t *testing.T) {
	w := newWorld(t)
	w.Publish("CNAME", "yamail-"+w.register("example.com")+".example.com", "mail.yandex.ru")
	w.Advance(20 * time.Minute)
	has(t, w.get("domain/details", "domain", "example.com").ok(), "status", "mx-activate")
}
