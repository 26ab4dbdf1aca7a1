package simulation

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

func TestCalls(t *testing.T) {
	var calls Calls
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	minute, hour := Window{time.Minute, 2}, Window{time.Hour, 3}
	for _, step := range []struct {
		at      time.Duration
		windows []Window
		wait    time.Duration
		ok      bool
	}{
		{0, []Window{minute, hour}, 0, true},
		{10 * time.Second, []Window{minute, hour}, 0, true},
		{20 * time.Second, []Window{minute, hour}, 40 * time.Second, false},
		{59 * time.Second, []Window{minute, hour}, time.Second, false},
		{time.Minute, []Window{minute, hour}, 0, true},
		{2 * time.Minute, []Window{minute, hour}, 58 * time.Minute, false},
		{2 * time.Minute, []Window{minute, {time.Hour, 0}}, 0, true},
		{2 * time.Minute, []Window{{time.Minute, 0}}, 0, true},
		{2 * time.Minute, nil, 0, true},
	} {
		if wait, ok := calls.Allow("one", start.Add(step.at), step.windows...); wait != step.wait || ok != step.ok {
			t.Errorf("after %s: %s, %v, want %s, %v", step.at, wait, ok, step.wait, step.ok)
		}
	}
	if _, ok := calls.Allow("other", start.Add(20*time.Second), minute); !ok {
		t.Error("another caller is refused")
	}
}

func TestZones(t *testing.T) {
	var zones Zones
	var state, other int
	built := 0
	build := func() ([]dnsserver.Zone, error) {
		built++
		return []dnsserver.Zone{{Apex: "example.com"}}, nil
	}
	first, err := zones.At(&state, 0, build)
	if err != nil || len(first) != 1 {
		t.Fatalf("%v, %v", first, err)
	}
	if again, err := zones.At(&state, 0, build); err != nil || &again[0] != &first[0] || built != 1 {
		t.Errorf("built %d times (%v)", built, err)
	}
	broken := errors.New("broken")
	if got, err := zones.At(&state, 1, func() ([]dnsserver.Zone, error) { return nil, broken }); got != nil || !errors.Is(err, broken) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := zones.At(&state, 1, build); err != nil || built != 2 {
		t.Errorf("built %d times (%v)", built, err)
	}
	if _, err := zones.At(&other, 1, build); err != nil || built != 3 {
		t.Errorf("another state that changed as often: built %d times (%v)", built, err)
	}
}

func TestAnswers(t *testing.T) {
	recorder := httptest.NewRecorder()
	WriteJSON(recorder, "Example", 201, map[string]int{"a": 1})
	if recorder.Code != 201 || recorder.Body.String() != `{"a":1}` || recorder.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %s", recorder.Code, recorder.Header(), recorder.Body)
	}
	recorder = httptest.NewRecorder()
	WriteJSON(recorder, "Example", 200, make(chan int))
	if recorder.Code != 500 || !strings.HasPrefix(recorder.Body.String(), "The sandbox can't simulate Example: ") {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}

func TestDefaults(t *testing.T) {
	if now := Clock(nil)(); time.Since(now) > time.Minute {
		t.Errorf("it is %s", now)
	}
	if c := Conditions(nil)(); c.Settings != nil || c.Switches != nil || c.Faults != nil {
		t.Errorf("there are conditions: %+v", c)
	}
}
