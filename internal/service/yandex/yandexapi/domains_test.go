package yandexapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

func TestRegister(t *testing.T) {
	s := newScripted(t)
	s.has("example.org")
	s.says("POST domain/register", registered)
	c := s.client()
	d, err := c.Register(t.Context(), "Example.COM.")
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "example.com" || d.Status != yandexapi.DomainActivate || d.Stage != "owner-check" || d.Secrets == nil || d.Secrets.Content != "f6e5d4c3b2a1" {
		t.Fatalf("%+v", d)
	}
	name, target := d.Secrets.CNAME(d.Name)
	if name != "yamail-a1b2c3d4e5f6.example.com" || target != "mail.yandex.ru" || d.Secrets.File() != "a1b2c3d4e5f6.html" {
		t.Errorf("%s %s %s", name, target, d.Secrets.File())
	}
	if form := s.last("POST domain/register"); form.Get("domain") != "example.com" {
		t.Errorf("sent %v", form)
	}
	// What is listed from now on is asked for anew.
	s.has("example.com", "example.org")
	if all, err := c.Domains(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestRegisterInUnicode(t *testing.T) {
	s := newScripted(t)
	s.has()
	s.says("POST domain/register", `{"success":"ok","domain":"пример.example","status":"added","stage":"added"}`)
	d, err := s.client().Register(t.Context(), "Пример.example")
	if err != nil || d.Name != "xn--e1afmkfd.example" || s.last("POST domain/register").Get("domain") != d.Name {
		t.Errorf("%+v, %v", d, err)
	}
}

// A domain that is there already is an error that tells how to import it, unless it is another
// user's.
func TestRegisterWhatIsThere(t *testing.T) {
	for _, tc := range []struct {
		name   string
		script func(s *scripted)
		calls  int
		theirs bool
		want   string
	}{
		{"listed", func(s *scripted) { s.has("example.com") }, 0, false, `by the id "yandex/example.com"`},
		{"registered since the list", func(s *scripted) {
			s.has()
			s.refuses("POST domain/register", yandexapi.Occupied)
			s.says("GET domain/details", `{"success":"ok","domain":"example.com","status":"mx-activate"}`)
		}, 1, false, `by the id "yandex/example.com"`},
		{"another user's", func(s *scripted) {
			s.has()
			s.refuses("POST domain/register", yandexapi.Occupied)
			s.refuses("GET domain/details", yandexapi.NotAllowed)
		}, 1, true, "in use by another user"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			tc.script(s)
			_, err := s.client().Register(t.Context(), "example.com")
			wantError(t, err, api.ErrConflict, tc.want)
			if errors.Is(err, yandexapi.Occupied) != tc.theirs {
				t.Errorf("%v", err)
			}
			if n := s.count("POST domain/register"); n != tc.calls {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestRegisterTwiceAtOnce(t *testing.T) {
	s := newScripted(t)
	s.has()
	var second error
	var c *yandexapi.Client
	s.does("POST domain/register", func(w http.ResponseWriter, _ url.Values) {
		_, second = c.Register(context.Background(), "EXAMPLE.com")
		_, _ = io.WriteString(w, registered)
	})
	c = s.client()
	if _, err := c.Register(t.Context(), "example.com"); err != nil {
		t.Error(err)
	}
	wantError(t, second, api.ErrConflict, "another resource of this run")
}

// An answer that is lost leads to a look, and never to a second registration.
func TestRegisterWithoutAnAnswer(t *testing.T) {
	active := `{"success":"ok","domain":"example.com","status":"domain-activate","stage":"owner-check"}`
	for _, tc := range []struct {
		name     string
		register []string
		details  []string
		status   []string
		calls    int
		kind     error // nil: it succeeds
		want     string
		deleted  bool
	}{
		{name: "carried out", register: []string{cut}, details: []string{active}, status: []string{registered}, calls: 1},
		{name: "carried out, though it was said to have failed", register: []string{refusal(yandexapi.Unknown)}, details: []string{active}, status: []string{registered}, calls: 1},
		{name: "carried out a little later", register: []string{refusal(yandexapi.Unknown), refusal(yandexapi.Occupied)}, details: []string{none, active}, status: []string{registered}, calls: 2},
		{name: "without secrets", register: []string{active}, status: []string{refusal(yandexapi.Unknown), registered}, calls: 1},
		{name: "not carried out", register: []string{cut}, details: []string{none}, calls: 1, kind: api.ErrOutcomeUnknown, want: "safe to run again"},
		{name: "the look fails too", register: []string{cut}, details: []string{refusal(yandexapi.BadToken)}, calls: 1, kind: api.ErrOutcomeUnknown, want: "the check whether it was done failed as well"},
		{name: "failed for a time, and the look fails too", register: []string{refusal(yandexapi.Unknown)}, details: []string{refusal(yandexapi.BadToken)}, calls: 1, kind: api.ErrOutcomeUnknown, want: "failed as well"},
		{name: "secrets are not told", register: []string{active}, details: []string{none}, status: []string{active}, calls: 1, kind: api.ErrUnavailable, want: "has been deleted again", deleted: true},
		{name: "secrets are not told, and deleting fails", register: []string{active}, details: []string{active}, status: []string{active}, calls: 1, kind: api.ErrUnavailable, want: `by the id "yandex/example.com"`, deleted: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.has()
			s.says("POST domain/register", tc.register...)
			s.says("POST domain/delete", fine)
			if tc.details != nil {
				s.says("GET domain/details", tc.details...)
			}
			if tc.status != nil {
				s.says("GET domain/registration_status", tc.status...)
			}
			d, err := s.client().Register(t.Context(), "example.com")
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil || d.Name != "example.com" || d.Secrets == nil || d.Secrets.Name != "a1b2c3d4e5f6" {
				t.Errorf("%+v, %v", d, err)
			}
			if n := s.count("POST domain/register"); n != tc.calls {
				t.Errorf("registered %d times", n)
			}
			if (s.count("POST domain/delete") > 0) != tc.deleted {
				t.Errorf("deleted: %d", s.count("POST domain/delete"))
			}
		})
	}
}

// A run that is stopped still learns what came of a call that is under way.
func TestRegisterOfAStoppedRun(t *testing.T) {
	s := newScripted(t)
	s.has()
	ctx, cancel := context.WithCancel(t.Context())
	s.does("POST domain/register", func(w http.ResponseWriter, _ url.Values) {
		cancel()
		_, _ = io.WriteString(w, registered)
	})
	c := s.client()
	if d, err := c.Register(ctx, "example.com"); err != nil || d.Secrets == nil {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := c.Register(ctx, "example.net"); err == nil || s.count("POST domain/register") != 1 {
		t.Errorf("one that had not begun: %v", err)
	}
}

func TestDomainIsNotFoundOnlyWhereTheServiceSaysSo(t *testing.T) {
	for _, tc := range []struct {
		name     string
		list     string // "": the list without it
		details  string
		kind     error
		notFound bool
	}{
		{name: "neither listed nor there", details: none, kind: api.ErrNotFound, notFound: true},
		{name: "not listed, in the words of a code", details: refusal("status_none"), kind: api.ErrNotFound, notFound: true},
		{name: "not listed, and another user's", details: refusal(yandexapi.NotAllowed), kind: api.ErrAuth},
		{name: "not listed, and the service fails", details: refusal(yandexapi.Unknown), kind: api.ErrUnavailable},
		{name: "the list is incomplete", list: `{"success":"ok","total":2,"domains":[]}`, details: none, kind: api.ErrUnavailable},
		{name: "the list is null, but counts one", list: `{"success":"ok","total":1,"domains":null}`, details: none, kind: api.ErrUnavailable},
		{name: "the list counts nothing", list: `{"success":"ok","domains":[]}`, details: none, kind: api.ErrUnavailable},
		{name: "the token is wrong", list: refusal(yandexapi.BadToken), details: none, kind: yandexapi.BadToken},
		{name: "a row without a name", list: `{"success":"ok","total":1,"domains":[{"status":"added"}]}`, details: none, kind: api.ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.has("example.org")
			if tc.list != "" {
				s.says("GET domain/domains", tc.list)
			}
			s.says("GET domain/details", tc.details)
			_, err := s.client().Domain(t.Context(), "example.com")
			wantError(t, err, tc.kind)
			if errors.Is(err, api.ErrNotFound) != tc.notFound {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDomainThatTheListDoesNotHaveYet(t *testing.T) {
	s := newScripted(t)
	s.has()
	s.says("GET domain/details", `{"success":"ok","domain":"example.com","status":"added","stage":"added","delegated":"yes","imap_enabled":1,"country":"en"}`)
	d, err := s.client().Domain(t.Context(), "example.com")
	if want := (yandexapi.Domain{Name: "example.com", Status: yandexapi.Added, Stage: "added", Delegated: true}); err != nil || d != want {
		t.Errorf("%+v, %v", d, err)
	}
}

// Each question starts a check, so each is asked.
func TestRegistrationStatusIsNeverKept(t *testing.T) {
	s := newScripted(t)
	s.has("example.com")
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.says("GET domain/registration_status",
		`{"success":"ok","domain":"example.com","status":"domain-activate","stage":"owner-check","check_results":"no cname, no file","last_check":"2016-01-02T03:04:05","next_check":"2016-01-02T04:04:05","secrets":{"name":"a1b2","content":"c3d4"}}`,
		`{"success":"ok","domain":"example.com","status":"added","check_results":"ok","secrets":[]}`)
	first, err := c.RegistrationStatus(t.Context(), "example.com")
	if err != nil || first.CheckResults != "no cname, no file" || first.NextCheck != "2016-01-02T04:04:05" || first.LastCheck != "2016-01-02T03:04:05" || first.Secrets == nil {
		t.Errorf("%+v, %v", first, err)
	}
	second, err := c.RegistrationStatus(t.Context(), "example.com")
	if want := (yandexapi.Domain{Name: "example.com", Status: yandexapi.Added, CheckResults: yandexapi.CheckOK}); err != nil || second != want {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := c.Domains(t.Context()); err != nil || s.count("GET domain/domains") != 2 {
		t.Errorf("%d lists, %v", s.count("GET domain/domains"), err)
	}
}

func TestDeleteDomain(t *testing.T) {
	there := `{"success":"ok","domain":"example.com","status":"added"}`
	for _, tc := range []struct {
		name    string
		answer  string
		details []string
		listed  bool
		kind    error // nil: it is gone
		want    string
	}{
		{name: "gone", answer: fine, details: []string{none}},
		{name: "gone after a moment", answer: fine, details: []string{there, there, none}},
		{name: "gone, and not ours to ask about", answer: fine, details: []string{refusal(yandexapi.NotAllowed)}},
		{name: "gone before", answer: refusal(yandexapi.NotAllowed), details: []string{none}},
		{name: "gone before, in the words of a code", answer: refusal("status_none"), details: []string{refusal(yandexapi.NotAllowed)}},
		{name: "the answer is lost", answer: cut, details: []string{none}},
		{name: "still there", answer: fine, details: []string{there}, listed: true, kind: api.ErrUnavailable, want: "said that it was done, but still has it"},
		{name: "not ours to ask about, and still listed", answer: fine, details: []string{refusal(yandexapi.NotAllowed)}, listed: true, kind: api.ErrOutcomeUnknown, want: "the check failed"},
		{name: "the answer is lost, and it is there", answer: cut, details: []string{there}, listed: true, kind: api.ErrUnavailable, want: "run again"},
		{name: "the answer is lost, and it cannot be read", answer: cut, details: []string{`{}`}, kind: api.ErrUnavailable, want: "can be reached from here"},
		{name: "unintelligible, and it cannot be read", answer: `{}`, details: []string{`{}`}, kind: api.ErrOutcomeUnknown, want: `no "success"`},
		{name: "done, and it cannot be read", answer: fine, details: []string{refusal(yandexapi.BadToken)}, kind: api.ErrOutcomeUnknown, want: "the check failed"},
		{name: "refused", answer: refusal(yandexapi.Blocked), details: []string{there}, listed: true, kind: yandexapi.Blocked, want: "have the block lifted"},
		{name: "another user's now", answer: refusal(yandexapi.NotAllowed), details: []string{refusal(yandexapi.NotAllowed)}, kind: yandexapi.NotAllowed, want: "that pdd_token of yandex is the token of the user"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.has()
			if tc.listed {
				s.has("example.com")
			}
			s.says("POST domain/delete", tc.answer)
			s.says("GET domain/details", tc.details...)
			err := s.client().DeleteDomain(t.Context(), "example.com")
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// A run that was stopped before deletes nothing.
func TestDeleteOfAStoppedRun(t *testing.T) {
	s := newScripted(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range []error{s.client().DeleteDomain(ctx, "example.com"), s.client().DeleteAccount(ctx, "alice@example.com")} {
		wantError(t, err, context.Canceled)
	}
	if len(s.calls) > 0 {
		t.Errorf("calls: %v", s.calls)
	}
}

// What is no name is not sent.
func TestNamesThatAreNone(t *testing.T) {
	s := newScripted(t)
	c, ctx := s.client(), t.Context()
	for name, err := range map[string]error{
		"register": second(c.Register(ctx, "exa mple.com")),
		"details":  second(c.Details(ctx, "")),
		"status":   second(c.RegistrationStatus(ctx, "a..example")),
		"delete":   c.DeleteDomain(ctx, "a/b"),
		"accounts": second(c.Accounts(ctx, "a@b")),
		"account":  second(c.Account(ctx, "example.com")),
		"create":   second(c.CreateAccount(ctx, "@example.com", password, yandexapi.Profile{})),
		"update":   second(c.UpdateAccount(ctx, "alice@", yandexapi.Changes{})),
		"remove":   c.DeleteAccount(ctx, "alice"),
		"dkim":     second(c.DKIM(ctx, "")),
		"enable":   second(c.EnableDKIM(ctx, "")),
		"disable":  c.DisableDKIM(ctx, ""),
	} {
		t.Run(name, func(t *testing.T) { wantError(t, err, nil, "Nothing was sent") })
	}
	if len(s.calls) > 0 {
		t.Errorf("calls: %v", s.calls)
	}
}

func second[T any](_ T, err error) error { return err }

// Nothing is lost with a domain that was never proven and has no mailboxes; where the service does
// not say so, something may be.
func TestIsUnused(t *testing.T) {
	for row, want := range map[string]bool{
		`{"name":"example.com","status":"domain-activate","emails-count":0}`: true,
		`{"name":"example.com","status":"domain-activate","emails-count":1}`: false,
		`{"name":"example.com","status":"domain-activate"}`:                  false,
		`{"name":"example.com","status":"mx-activate","emails-count":0}`:     false,
		`{"name":"example.com","status":"added","emails-count":0}`:           false,
		`{"name":"example.org","status":"domain-activate","emails-count":0}`: false,
	} {
		s := newScripted(t)
		s.says("GET domain/domains", `{"success":"ok","page":1,"total":1,"found":1,"domains":[`+row+`]}`)
		if got, err := s.client().IsUnused(t.Context(), "Example.com.", true); err != nil || got != want {
			t.Errorf("%s: %t, %v", row, got, err)
		}
	}
	s := newScripted(t)
	s.says("GET domain/domains", `{"success":"error","error":"bad_token"}`)
	if got, err := s.client().IsUnused(t.Context(), "example.com", true); got || !errors.Is(err, api.ErrAuth) {
		t.Errorf("without an answer: %t, %v", got, err)
	}
	// With fresh, what has come since the last list counts.
	s = newScripted(t)
	page := func(count string) string {
		return `{"success":"ok","page":1,"total":1,"found":1,"domains":[{"name":"example.com","status":"domain-activate","emails-count":` + count + `}]}`
	}
	c := s.client()
	s.says("GET domain/domains", page("0"))
	if got, err := c.IsUnused(t.Context(), "example.com", false); !got || err != nil {
		t.Errorf("%t, %v", got, err)
	}
	s.says("GET domain/domains", page("1"))
	if got, err := c.IsUnused(t.Context(), "example.com", false); !got || err != nil {
		t.Errorf("by the list of before: %t, %v", got, err)
	}
	if got, err := c.IsUnused(t.Context(), "example.com", true); got || err != nil {
		t.Errorf("by a new list: %t, %v", got, err)
	}
}
