package yandexapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// office keeps the mailboxes of example.com as the service does, unless a test has it lose or fail
// something.
type office struct {
	*scripted

	mu        sync.Mutex
	boxes     map[string]map[string]string // by local part
	forgetful string                       // the call that is answered, and not carried out
	cutAfter  string                       // the call whose answer is lost, once
	fails     map[string][]yandexapi.Code  // codes that a call is answered with, in turn, and not carried out
	late      int                          // lists that do not show what was added
}

func newOffice(t *testing.T, locals ...string) *office {
	o := &office{scripted: newScripted(t), boxes: map[string]map[string]string{}, fails: map[string][]yandexapi.Code{}}
	for _, local := range locals {
		o.boxes[local] = map[string]string{"enabled": "yes"}
	}
	o.does("GET email/list", o.list)
	for _, name := range []string{"POST email/add", "POST email/edit", "POST email/del"} {
		o.does(name, func(w http.ResponseWriter, form url.Values) { o.change(w, name, form) })
	}
	return o
}

func (o *office) list(w http.ResponseWriter, _ url.Values) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var rows []string
	for local, box := range o.boxes {
		if o.late > 0 && box["password"] != "" {
			continue
		}
		rows = append(rows, fmt.Sprintf(`{"uid":%d,"login":"%s@example.com","enabled":%q,"iname":%q,"fname":%q}`,
			1130000000000000+len(local), local, box["enabled"], box["iname"], box["fname"]))
	}
	o.late--
	slices.Sort(rows)
	_, _ = fmt.Fprintf(w, `{"success":"ok","total":%d,"accounts":[%s]}`, len(rows), strings.Join(rows, ","))
}

func (o *office) change(w http.ResponseWriter, name string, form url.Values) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if codes := o.fails[name]; len(codes) > 0 {
		o.fails[name] = codes[1:]
		_, _ = io.WriteString(w, refusal(codes[0]))
		return
	}
	local := form.Get("login")
	box, there := o.boxes[local]
	switch {
	case form.Get("domain") != "example.com":
		_, _ = io.WriteString(w, refusal(yandexapi.NotAllowed))
		return
	case name == "POST email/add" && there:
		_, _ = io.WriteString(w, refusal(yandexapi.Occupied))
		return
	case name != "POST email/add" && !there:
		_, _ = io.WriteString(w, refusal("account_not_found"))
		return
	case o.forgetful == name:
	case name == "POST email/add":
		o.boxes[local] = map[string]string{"enabled": "yes", "password": form.Get("password")}
	case name == "POST email/del":
		delete(o.boxes, local)
	default:
		for parameter := range form {
			box[parameter] = form.Get(parameter)
		}
	}
	if o.cutAfter == name {
		o.cutAfter = ""
		panic(http.ErrAbortHandler)
	}
	_, _ = fmt.Fprintf(w, `{"success":"ok","domain":"example.com","login":"%s@example.com","uid":%d}`, local, 1130000000000000+len(local))
}

func TestLifeOfAnAccount(t *testing.T) {
	o := newOffice(t, "bob")
	c, ctx := o.client(), t.Context()
	created, err := c.CreateAccount(ctx, "Alice@example.com", password, yandexapi.Profile{FirstName: new("Алиса"), LastName: new("A & B"), Enabled: new(false)})
	want := yandexapi.Account{UID: 1130000000000005, Email: "alice@example.com", FirstName: "Алиса", LastName: "A & B"}
	if err != nil || created != want || o.boxes["alice"]["password"] != password {
		t.Fatalf("%+v, %v", created, err)
	}
	// The list that proves it is kept.
	lists := o.count("GET email/list")
	if read, err := c.Account(ctx, "alice@example.com"); err != nil || read != want || o.count("GET email/list") != lists {
		t.Errorf("%d lists after %d, %+v, %v", o.count("GET email/list"), lists, read, err)
	}
	updated, err := c.UpdateAccount(ctx, "alice@example.com", yandexapi.Changes{Profile: yandexapi.Profile{LastName: new(""), Enabled: new(true)}, Password: new("An0ther.One")})
	want.LastName, want.Enabled = "", true
	if err != nil || updated != want || o.boxes["alice"]["password"] != "An0ther.One" {
		t.Errorf("%+v, %v", updated, err)
	}
	if form := o.last("POST email/edit"); form.Has("iname") || !form.Has("fname") {
		t.Errorf("sent %v", form)
	}
	if same, err := c.UpdateAccount(ctx, "alice@example.com", yandexapi.Changes{}); err != nil || same != want || o.count("POST email/edit") != 2 {
		t.Errorf("%+v, %v", same, err)
	}
	for range 2 {
		if err := c.DeleteAccount(ctx, "ALICE@example.com"); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Account(ctx, "alice@example.com"); !errors.Is(err, api.ErrNotFound) {
		t.Error(err)
	}
	if _, err := c.Account(ctx, "bob@example.com"); err != nil {
		t.Error(err)
	}
	_, err = c.UpdateAccount(ctx, "alice@example.com", yandexapi.Changes{Password: new(password)})
	wantError(t, err, api.ErrNotFound, "no such mailbox")
}

func TestCreateAccount(t *testing.T) {
	const add, edit = "POST email/add", "POST email/edit"
	for _, tc := range []struct {
		name    string
		script  func(o *office)
		profile yandexapi.Profile
		adds    int
		kind    error // nil: it succeeds
		want    string
		there   bool // afterwards
	}{
		{name: "the service takes a moment", script: func(o *office) { o.late = 3 }, adds: 1, there: true},
		{name: "the answer is lost", script: func(o *office) { o.cutAfter = add }, adds: 1, there: true},
		{name: "it fails twice for a time", script: func(o *office) { o.fails[add] = []yandexapi.Code{yandexapi.Unknown, yandexapi.Unknown} }, adds: 3, there: true},
		{name: "a profile fails for a time", script: func(o *office) { o.fails[edit] = []yandexapi.Code{yandexapi.Unknown} }, profile: yandexapi.Profile{FirstName: new("Alice")}, adds: 1, there: true},
		{name: "nothing was stored", script: func(o *office) { o.forgetful = add }, adds: 1, kind: api.ErrUnavailable, want: "does not list the mailbox"},
		{name: "the answer of nothing is lost", script: func(o *office) { o.forgetful, o.cutAfter = add, add }, adds: 1, kind: api.ErrOutcomeUnknown, want: "safe to run again"},
		{name: "the profile is refused", script: func(o *office) { o.fails[edit] = []yandexapi.Code{yandexapi.Blocked} }, profile: yandexapi.Profile{FirstName: new("Alice")}, adds: 1, kind: yandexapi.Blocked, want: "has been deleted again"},
		{name: "the profile was not stored", script: func(o *office) { o.forgetful = edit }, profile: yandexapi.Profile{LastName: new("Example")}, adds: 1, kind: api.ErrUnavailable, want: "shows other values"},
		{name: "it cannot be undone", script: func(o *office) {
			o.fails[edit] = []yandexapi.Code{yandexapi.Blocked}
			o.fails["POST email/del"] = []yandexapi.Code{yandexapi.NotAllowed}
		}, profile: yandexapi.Profile{Enabled: new(false)}, adds: 1, kind: yandexapi.Blocked, want: `by the id "yandex/alice@example.com"`, there: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := newOffice(t, "bob")
			tc.script(o)
			c := o.client()
			if _, err := c.Accounts(t.Context(), "example.com"); err != nil {
				t.Fatal(err)
			}
			a, err := c.CreateAccount(t.Context(), "alice@example.com", password, tc.profile)
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil || a.Email != "alice@example.com" {
				t.Errorf("%+v, %v", a, err)
			}
			if n := o.count(add); n != tc.adds {
				t.Errorf("added %d times", n)
			}
			if _, there := o.boxes["alice"]; there != tc.there {
				t.Errorf("%v", o.boxes)
			}
		})
	}
}

func TestCreateAccountThatIsThere(t *testing.T) {
	o := newOffice(t, "alice")
	c, ctx := o.client(), t.Context()
	_, err := c.CreateAccount(ctx, "alice@example.com", password, yandexapi.Profile{})
	wantError(t, err, api.ErrConflict, `by the id "yandex/alice@example.com"`)
	if errors.Is(err, yandexapi.Occupied) || o.count("POST email/add") != 0 {
		t.Errorf("%d calls, %v", o.count("POST email/add"), err)
	}

	// Somebody else makes one after it was listed.
	o.boxes["carol"] = map[string]string{"enabled": "yes"}
	_, err = c.CreateAccount(ctx, "carol@example.com", password, yandexapi.Profile{})
	wantError(t, err, api.ErrConflict, `by the id "yandex/carol@example.com"`)

	// Once that is deleted, the list from before does not stand in the way.
	delete(o.boxes, "carol")
	if err := c.DeleteAccount(ctx, "carol@example.com"); err != nil {
		t.Error(err)
	}
	if _, err := c.CreateAccount(ctx, "carol@example.com", password, yandexapi.Profile{}); err != nil {
		t.Error(err)
	}

	o.says("GET email/list", `{"success":"ok","total":1,"accounts":[{"login":"all@example.com","maillist":"yes"}]}`)
	_, err = o.client().CreateAccount(ctx, "all@example.com", password, yandexapi.Profile{})
	wantError(t, err, api.ErrConflict, "a mailing list of this address")
}

// Many creations side by side are proven by few lists: here by one that begins with the first, and
// by those after it.
func TestCreateManyAccounts(t *testing.T) {
	const many = 40
	o := newOffice(t)
	c := o.client()
	if _, err := c.Accounts(t.Context(), "example.com"); err != nil {
		t.Fatal(err)
	}
	added := make(chan struct{}, many)
	o.does("POST email/add", func(w http.ResponseWriter, form url.Values) {
		o.change(w, "POST email/add", form)
		added <- struct{}{}
	})
	var once sync.Once
	o.does("GET email/list", func(w http.ResponseWriter, form url.Values) {
		once.Do(func() {
			for range many {
				<-added
			}
		})
		o.list(w, form)
	})
	var group sync.WaitGroup
	for _, local := range boxes(1, many) {
		group.Go(func() {
			if _, err := c.CreateAccount(t.Context(), local+"@example.com", password, yandexapi.Profile{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(o.boxes); n != many {
		t.Errorf("%d mailboxes", n)
	}
	if adds, lists := o.count("POST email/add"), o.count("GET email/list"); adds != many || lists >= many {
		t.Errorf("%d creations, %d lists", adds, lists)
	}
}

func TestDeleteAccount(t *testing.T) {
	for _, tc := range []struct {
		name   string
		script func(o *office)
		kind   error // nil: it is gone
		want   string
	}{
		{name: "the answer is lost", script: func(o *office) { o.cutAfter = "POST email/del" }},
		{name: "it fails twice for a time", script: func(o *office) { o.fails["POST email/del"] = []yandexapi.Code{yandexapi.NoReply, yandexapi.Unknown} }},
		{name: "refused", script: func(o *office) { o.fails["POST email/del"] = []yandexapi.Code{yandexapi.Blocked} }, kind: yandexapi.Blocked},
		{name: "not carried out", script: func(o *office) { o.forgetful = "POST email/del" }, kind: api.ErrUnavailable, want: "still has it"},
		{name: "the domain is gone", script: func(o *office) {
			o.has()
			o.says("GET domain/details", none)
			o.refuses("POST email/del", yandexapi.NotAllowed)
			o.refuses("GET email/list", yandexapi.NotAllowed)
		}},
		{name: "the domain goes with it", script: func(o *office) {
			o.has()
			o.says("GET domain/details", none)
			o.refuses("GET email/list", yandexapi.NotAllowed)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := newOffice(t, "alice")
			tc.script(o)
			err := o.client().DeleteAccount(t.Context(), "alice@example.com")
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUpdateThatCannotBeReadBack(t *testing.T) {
	o := newOffice(t, "alice")
	o.refuses("GET email/list", yandexapi.BadToken)
	_, err := o.client().UpdateAccount(t.Context(), "alice@example.com", yandexapi.Changes{Password: new(password)})
	wantError(t, err, api.ErrOutcomeUnknown, "the check failed", "list the accounts of example.com")
}

func TestSecretsThatAreEchoed(t *testing.T) {
	o := newOffice(t, "alice")
	echo := fmt.Sprintf(`{"success":"error","error":"odd %s %s"}`, token, password)
	for _, name := range []string{"POST email/add", "POST email/edit"} {
		for body, status := range map[string]int{echo: 200, echo + " ": 400, `{"error":"` + password + `"}`: 200, "<p>" + password + token: 200, "<b>" + password + token: 500} {
			o.does(name, func(w http.ResponseWriter, _ url.Values) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
			var err error
			if name == "POST email/add" {
				_, err = o.client().CreateAccount(t.Context(), "carol@example.com", password, yandexapi.Profile{})
			} else {
				_, err = o.client().UpdateAccount(t.Context(), "alice@example.com", yandexapi.Changes{Password: new(password)})
			}
			wantError(t, err, nil)
		}
	}
}

func TestAccountOfAStoppedRun(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	o.does("POST email/add", func(w http.ResponseWriter, form url.Values) {
		cancel()
		o.change(w, "POST email/add", form)
	})
	if a, err := o.client().CreateAccount(ctx, "alice@example.com", password, yandexapi.Profile{FirstName: new("Alice")}); err != nil || a.FirstName != "Alice" {
		t.Errorf("%+v, %v", a, err)
	}
}

// What has begun goes on for the grace period, and not for ever.
func TestAccountOfAStoppedRunThatHangs(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan struct{})
	defer close(hung)
	o.does("POST email/add", func(http.ResponseWriter, url.Values) {
		cancel()
		<-hung
	})
	_, err := o.client(func(cfg *yandexapi.Config) { cfg.Grace = time.Millisecond }).CreateAccount(ctx, "alice@example.com", password, yandexapi.Profile{})
	wantError(t, err, api.ErrOutcomeUnknown)
	if n := o.count("POST email/add"); n != 1 {
		t.Errorf("added %d times", n)
	}
}
