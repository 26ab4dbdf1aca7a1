package main

import (
	"errors"
	"testing"
)

func TestCheckOutputs(t *testing.T) {
	const (
		example = "output \"x\" {\n  value = f(\"a\")\n}\n\n# v=spf1 -all\n"
		planned = `{"type":"outputs","outputs":{"x":{"action":"create"}}}` + "\n"
	)
	applied := func(value string) string {
		return planned + `{"type":"outputs","outputs":{"x":{"value":` + value + `}}}`
	}
	for name, c := range map[string]struct {
		out, says string
	}{
		"shown":         {applied(`"v=spf1 -all"`), ""},
		"an object":     {applied(`{"a":"b"}`), ""},
		"several lines": {applied(`"a\nc"`), ""},
		"outdated":      {applied(`"v=spf1 ~all"`), "output x: the example does not show its value, v=spf1 ~all"},
		"null":          {planned, "output x: it has no value"},
		"nothing":       {"Warning: something\n", "it has no outputs that show what the function returns"},
		"an error":      {`{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Invalid function argument","detail":"p: it is required."}}`, "Invalid function argument: p: it is required."},
		"a warning":     {`{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Sandbox"}}` + "\n" + applied(`"a"`), ""},
	} {
		values, failures := readOutputs(c.out)
		err := errors.Join(failures...)
		if err == nil {
			err = checkOutputs(values, example)
		}
		says := ""
		if err != nil {
			says = err.Error()
		}
		if says != c.says {
			t.Errorf("%s: got %q; want %q", name, says, c.says)
		}
	}
}

func TestOfFunction(t *testing.T) {
	for folder, want := range map[string]bool{"functions/spf": true, "resources/functions": false, "complete": false, "modules/functions/spf": false} {
		if got := (checked{folder: folder}).ofFunction(); got != want {
			t.Errorf("%s: %v", folder, got)
		}
	}
}
