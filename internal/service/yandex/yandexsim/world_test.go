package yandexsim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// password is one that mailboxes can have.
const password = "invented-pass1"

// world is a service with a clock, conditions and a DNS that tests change.
type world struct {
	*yandexsim.Service
	*sandboxtest.World
	t *testing.T

	mu        sync.Mutex
	asked     int    // questions to the DNS
	meanwhile func() // happens at the next of them
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldAt(t, "")
}

// worldAt is a world whose state is in a file.
func worldAt(t *testing.T, path string) *world {
	t.Helper()
	w := &world{World: sandboxtest.At(t, path), t: t}
	w.SetTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	w.Publish("NS", "example.com", "ns1.example.net")
	w.settings()
	w.Service = yandexsim.New(yandexsim.Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions, Lookup: w.lookup})
	return w
}

// lookup counts the questions to the DNS.
func (w *world) lookup(ctx context.Context, name, recordType string) ([]string, error) {
	w.mu.Lock()
	w.asked++
	meanwhile := w.meanwhile
	w.meanwhile = nil
	w.mu.Unlock()
	if meanwhile != nil {
		meanwhile()
	}
	return w.Lookup(ctx, name, recordType)
}

// settings replaces the conditions: names and values in turn. A value of "on" is that of a switch.
func (w *world) settings(pairs ...string) {
	// The smallest keys that there can be, as making larger ones takes long.
	c := fault.Conditions{Settings: map[string]string{yandexsim.SettingDKIMBits: "1024"}, Switches: map[string]bool{}}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "on" {
			c.Switches[pairs[i]] = true
		} else {
			c.Settings[pairs[i]] = pairs[i+1]
		}
	}
	w.Under(c)
}

// object is a JSON object.
type object = map[string]any

// reply is an answer as a client sees it.
type reply struct {
	t      *testing.T
	call   string
	status int
	header http.Header
	body   string
}

// send makes a call of any kind; header is names and values in turn.
func (w *world) send(method, target, body string, header ...string) reply {
	w.t.Helper()
	if method == http.MethodPost {
		header = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)
	}
	sent := w.Send(w.Service, method, target, body, header...)
	return reply{t: w.t, call: method + " " + target + " " + body, status: sent.Status, header: sent.Header, body: sent.Body}
}

func form(parameters []string) string {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	return values.Encode()
}

// get and post make calls as the first user; parameters are names and values in turn.
func (w *world) get(path string, parameters ...string) reply {
	w.t.Helper()
	return w.send(http.MethodGet, yandexsim.AdminPath+path+"?"+form(parameters), "", "PddToken", yandexsim.Token)
}

func (w *world) post(path string, parameters ...string) reply {
	w.t.Helper()
	return w.send(http.MethodPost, yandexsim.AdminPath+path, form(parameters), "PddToken", yandexsim.Token)
}

// decode returns the answer, which has to be JSON with the status that all have.
func (r reply) decode() (answer object) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", r.call, r.status, r.body)
	}
	return answer
}

// ok returns the answer, which has to be a success.
func (r reply) ok() object {
	r.t.Helper()
	answer := r.decode()
	if answer["success"] != "ok" {
		r.t.Fatalf("%s: %s", r.call, r.body)
	}
	return answer
}

// refused checks that the answer is an error with a code.
func (r reply) refused(code string) {
	r.t.Helper()
	if answer := r.decode(); answer["success"] != "error" || answer["error"] != code {
		r.t.Errorf("%s: %s, want the error %s", r.call, r.body, code)
	}
}

// has checks members of an answer: their names and values in turn.
func has(t *testing.T, answer object, members ...any) {
	t.Helper()
	for i := 0; i < len(members); i += 2 {
		if got := answer[members[i].(string)]; got != members[i+1] {
			t.Errorf("%v is %v (%T), want %v (%T) in %v", members[i], got, got, members[i+1], members[i+1], answer)
		}
	}
}

// register registers a domain and returns the name of its verification.
func (w *world) register(domain string) string {
	w.t.Helper()
	secrets, _ := w.post("domain/register", "domain", domain).ok()["secrets"].(object)
	name, _ := secrets["name"].(string)
	if name == "" {
		w.t.Fatalf("%s has no secrets: %v", domain, secrets)
	}
	return name
}

// verified registers example.com and shows that it is the user's.
func (w *world) verified() {
	w.t.Helper()
	w.verifiedAs(yandexsim.StatusMXActivate)
}

// verifiedAs registers example.com and shows that it is the user's, by which it gets as far as the
// other records let it.
func (w *world) verifiedAs(status string) {
	w.t.Helper()
	w.Publish("CNAME", "yamail-"+w.register("example.com")+".example.com", "mail.yandex.ru")
	has(w.t, w.get("domain/registration_status", "domain", "example.com").ok(), "status", status)
}

// state reads what the service keeps.
func (w *world) state(fn func(st *yandexsim.State)) {
	w.t.Helper()
	st := sandboxtest.State[yandexsim.State](w.World, yandexsim.Section)
	fn(&st)
}
