package main

import "testing"

func TestCheckOutputs(t *testing.T) {
	const example = "output \"x\" {\n  value = f(\"a\")\n}\n\n# v=spf1 -all\n"
	for name, c := range map[string]struct {
		out, says string
	}{
		"shown":         {`{"x":{"value":"v=spf1 -all"}}`, ""},
		"an object":     {`{"x":{"value":{"a":"b"}}}`, ""},
		"several lines": {`{"x":{"value":"a\nc"}}`, ""},
		"outdated":      {`{"x":{"value":"v=spf1 ~all"}}`, "output x: the example does not show its value, v=spf1 ~all"},
		"null":          {`{"x":{"value":null}}`, "output x: it has no value"},
		"nothing":       {`{}`, "it has no outputs that show what the function returns"},
		"no JSON":       {`x`, "reading the outputs: invalid character 'x' looking for beginning of value"},
	} {
		says := ""
		if err := checkOutputs(c.out, example); err != nil {
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
