package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

var (
	testReport = Reporter{Service: "mail server", CheckURL: "Check the URL"}
	testCall   = Request{Op: "create domain", Object: "example.com"}
)

func TestReporter(t *testing.T) {
	repeated := testCall
	repeated.Repeat = Safely
	for name, test := range map[string]struct {
		err     error
		want    string
		matches []error
	}{
		"problem": {testReport.Problem(testCall, ErrConflict, "it is there", "Import it"),
			"mail server: create domain example.com: it is there. Import it", []error{ErrConflict}},
		"unsendable": {testReport.Unsendable(testCall, errors.New("not a domain")),
			"mail server: create domain example.com: not a domain. Nothing was sent", nil},
		"ended before": {testReport.Unsendable(testCall, context.Canceled),
			"mail server: create domain example.com: the run was stopped, or its time ran out, while it waited for its turn. Nothing was sent",
			[]error{context.Canceled}},
		"ended before, in other words": {testReport.Unsendable(testCall, fmt.Errorf("no lock: %w", context.Canceled)),
			"mail server: create domain example.com: no lock: context canceled. Nothing was sent", []error{context.Canceled}},
		"ended meanwhile": {testReport.Stopped(testCall, context.DeadlineExceeded),
			"mail server: create domain example.com: the run was stopped, or its time ran out, before the answer came. Run again",
			[]error{context.DeadlineExceeded}},
		"unintelligible change": {testReport.Unintelligible(testCall),
			"mail server: create domain example.com: the answer is JSON, but lacks what the API documents. It may or may not have been carried out. Check the URL",
			[]error{ErrUnavailable, ErrOutcomeUnknown}},
		"unintelligible list": {testReport.Unintelligible(repeated),
			"mail server: create domain example.com: the answer is JSON, but lacks what the API documents. Check the URL", []error{ErrUnavailable}},
	} {
		if test.err.Error() != test.want {
			t.Errorf("%s: %s", name, test.err)
		}
		for _, target := range test.matches {
			if !errors.Is(test.err, target) {
				t.Errorf("%s does not match %v", name, target)
			}
		}
	}
	if errors.Is(testReport.Unintelligible(repeated), ErrOutcomeUnknown) {
		t.Error("a call that only reads leaves an outcome open")
	}
	other := errors.New("other")
	if got := testReport.Stopped(testCall, other); got != other {
		t.Errorf("another error became %v", got)
	}
}

func TestMisdirected(t *testing.T) {
	for status, want := range map[int]error{404: ErrUnavailable, 409: ErrUnavailable, 401: ErrAuth} {
		failed := &Error{Status: status, Kind: kindOf(status, nil), Advice: "before"}
		testReport.Misdirected(failed)
		if !errors.Is(failed, want) || (failed.Advice == testReport.CheckURL) != (want == ErrUnavailable) {
			t.Errorf("%d is %v: %s", status, failed.Kind, failed.Advice)
		}
	}
}

func TestRefusal(t *testing.T) {
	base, err := ParseBaseURL("https://mail.example.com", false)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{Service: "mail server", BaseURL: base, Secrets: []string{"invented-key"}})
	refused := c.Refusal(testCall, "invented-key is unknown")
	if refused.Error() != "mail server: create domain example.com: refused: *** is unknown" || !errors.Is(refused, ErrRefused) {
		t.Error(refused)
	}
	if silent := c.Refusal(testCall, ""); silent.Answer != "without a reason" {
		t.Error(silent)
	}
}

func TestExplainJSON(t *testing.T) {
	explain := ExplainJSON(func(body []byte) (code, message string) {
		var answer struct{ Code, Message string }
		if json.Unmarshal(body, &answer) != nil {
			return "", ""
		}
		return answer.Code, answer.Message
	})
	for body, want := range map[string][2]string{
		` {"code":"7"} `:         {"7", ""},
		`{"message":"no"}`:       {"", "no"},
		`{"hash":"$1$invented"}`: {"", "22 bytes of JSON that give no reason"},
		`[1]`:                    {"", "3 bytes of JSON that give no reason"},
		`{"cut":`:                {"", "7 bytes of JSON that give no reason"},
		`<html>not found</html>`: {"", ""},
		``:                       {"", ""},
	} {
		if code, message := explain(500, []byte(body)); code != want[0] || message != want[1] {
			t.Errorf("%s: %q, %q", body, code, message)
		}
	}
}

func TestAdviseAndNote(t *testing.T) {
	first := testReport.Problem(testCall, ErrConflict, "it is there", "Import it")
	advised := Advise(first, "Run again")
	if advised.Error() != "mail server: create domain example.com: it is there. Run again" || first.Advice != "Import it" {
		t.Errorf("%v, and the first one %v", advised, first)
	}
	noted := Note(Note(&Error{Service: "s", Op: "o"}, "one"), "two")
	if noted.Error() != "s: o: one; two" {
		t.Error(noted)
	}
	foreign := errors.New("other")
	for _, err := range []error{Advise(foreign, "Run again"), Note(foreign, "Run again")} {
		if !errors.Is(err, foreign) || !strings.Contains(err.Error(), "Run again") {
			t.Error(err)
		}
	}
}

func TestWithJSON(t *testing.T) {
	r := testCall.WithJSON(map[string]any{"a": 1})
	if string(r.Body) != `{"a":1}` || r.Type != "application/json" || testCall.Body != nil {
		t.Errorf("%s, %s, %s", r.Body, r.Type, testCall.Body)
	}
	defer func() {
		if recover() == nil {
			t.Error("a channel is sent as JSON")
		}
	}()
	testCall.WithJSON(make(chan int))
}
