package fault

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

func memory(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestConditionsAsJSON(t *testing.T) {
	text := `{"latency":"20ms","rate_limit":{"requests":5,"per":"1s","retry_after":"2s"},` +
		`"faults":[{"method":"POST","path":"/users/*","skip":1,"count":2,"kind":"status","status":503,"retry_after":"1m0s",` +
		`"header":{"X-Test":"yes"},"body":"busy","delay":"5ms"}],"switches":{"database_down":true},"settings":{"token_lifetime":"1m"}}`
	var c Conditions
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if c.Latency != Duration(20*time.Millisecond) || c.Faults[0].RetryAfter != Duration(time.Minute) || c.RateLimit.Requests != 5 {
		t.Errorf("decoded %+v", c)
	}
	if again, err := json.Marshal(c); err != nil || string(again) != text {
		t.Errorf("encoded %s, %v\nwant    %s", again, err, text)
	}
	if empty, err := json.Marshal(Conditions{}); err != nil || string(empty) != "{}" {
		t.Errorf("no conditions are %s, %v", empty, err)
	}
	for _, bad := range []string{`{"latency":"-1s"}`, `{"latency":"soon"}`, `{"latency":5}`} {
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		conditions Conditions
		says       string // empty: valid
	}{
		"fine day":          {Conditions{}, ""},
		"each kind":         {Conditions{Faults: oneOfEach()}, ""},
		"unknown kind":      {Conditions{Faults: []Fault{{Kind: Cut}, {Kind: "explode"}}}, `faults[1]: unknown kind "explode"`},
		"no kind":           {Conditions{Faults: []Fault{{}}}, "unknown kind"},
		"pattern":           {Conditions{Faults: []Fault{{Kind: Cut, Path: "/[a"}}}, `path "/[a"`},
		"negative count":    {Conditions{Faults: []Fault{{Kind: Cut, Count: -1}}}, "negative"},
		"informal status":   {Conditions{Faults: []Fault{{Kind: Status, Status: 100}}}, "status 100"},
		"redirect nowhere":  {Conditions{Faults: []Fault{{Kind: Redirect}}}, "Location"},
		"redirect":          {Conditions{Faults: []Fault{{Kind: Redirect, Header: map[string]string{"location": "/"}}}}, ""},
		"rate of nothing":   {Conditions{RateLimit: &RateLimit{Per: Duration(time.Second)}}, "rate_limit"},
		"rate without time": {Conditions{RateLimit: &RateLimit{Requests: 1}}, "rate_limit"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.conditions.Validate()
			switch {
			case c.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error %v, want one with %q", err, c.says)
			}
			if setErr := Set(memory(t), "mailserver", c.conditions); (setErr == nil) != (err == nil) {
				t.Errorf("Set: %v", setErr)
			}
		})
	}
}

func oneOfEach() []Fault {
	faults := make([]Fault, len(kinds))
	for i, k := range kinds {
		faults[i] = Fault{Kind: k.Kind, Header: map[string]string{"Location": "/"}}
	}
	return faults
}

func TestSetAndGetCopy(t *testing.T) {
	st := memory(t)
	given := Conditions{
		Faults:    []Fault{{Kind: Cut, Header: map[string]string{"a": "1"}}},
		Switches:  map[string]bool{"s": true},
		Settings:  map[string]string{"t": "1"},
		RateLimit: &RateLimit{Requests: 1, Per: 1},
	}
	spoil := func(c Conditions) {
		c.Faults[0].Kind = "spoiled"
		c.Faults[0].Header["a"] = "2"
		c.Switches["s"] = false
		c.Settings["t"] = "2"
		c.RateLimit.Requests = 2
	}
	if err := Set(st, "mailserver", given); err != nil {
		t.Fatal(err)
	}
	spoil(given)
	got, err := Get(st, "mailserver")
	if err != nil {
		t.Fatal(err)
	}
	spoil(got)
	got, err = Get(st, "mailserver")
	if err != nil {
		t.Fatal(err)
	}
	if got.Faults[0].Kind != Cut || got.Faults[0].Header["a"] != "1" || !got.Switches["s"] || got.Settings["t"] != "1" || got.RateLimit.Requests != 1 {
		t.Errorf("the stored conditions share memory with the caller's: %+v", got)
	}
	if other, err := Get(st, "yandex"); err != nil || len(other.Faults) != 0 {
		t.Errorf("another service's conditions: %+v, %v", other, err)
	}
}

func TestTake(t *testing.T) {
	faults := []Fault{
		{Method: "POST", Path: "/users/*", Skip: 1, Count: 2, Kind: Cut},
		{Method: "post", Kind: CutAfter, Count: 1},
		{Path: "/ping", Kind: Hang},
	}
	c := Conditions{Faults: faults}
	for i, call := range []struct {
		method, path string
		hit          Kind
		changed      bool
	}{
		{"GET", "/users/1", "", false},
		{"GET", "/ping", Hang, false}, // without a count: for ever, and nothing to write
		{"POST", "/users/1", CutAfter, true},
		{"POST", "/users/1/2", "", false}, // "*" is one segment
		{"POST", "/users/1", Cut, true},
		{"POST", "/users/2", Cut, true},
		{"POST", "/users/3", "", false},
		{"GET", "/ping", Hang, false},
	} {
		hit, changed := c.take(call.method, call.path)
		var kind Kind
		if hit != nil {
			kind = hit.Kind
		}
		if kind != call.hit || changed != call.changed {
			t.Errorf("call %d, %s %s: hit by %q, changed %v; want %q, %v", i, call.method, call.path, kind, changed, call.hit, call.changed)
		}
	}
	if len(c.Faults) != 1 || c.Faults[0].Kind != Hang {
		t.Errorf("left over: %+v", c.Faults)
	}
}
