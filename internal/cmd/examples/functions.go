package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ofFunction reports whether a configuration is the example of a function.
func (c checked) ofFunction() bool { return filepath.Dir(c.folder) == "functions" }

// evaluate calls the functions of an example and checks its outputs. Each needs a value. If the
// value is a text in one line, the example has to show it, so that a comment cannot be outdated.
func (c checked) evaluate(ctx context.Context) error {
	example, err := os.ReadFile(filepath.Join(c.dir(), "function.tf"))
	if err != nil {
		return err
	}
	out, err := c.run(ctx, "apply", "-auto-approve", "-input=false", "-json")
	values, failures := readOutputs(out)
	switch {
	case len(failures) > 0:
		return errors.Join(failures...)
	case err != nil:
		return err
	}
	return checkOutputs(values, string(example))
}

// applyEvent is a line of `apply -json`, with the fields that matter here.
type applyEvent struct {
	Type       string     `json:"type"`
	Diagnostic diagnostic `json:"diagnostic"`
	Outputs    map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
}

// readOutputs reads the output of `apply -json`: the values of the configuration's outputs, and the
// errors.
func readOutputs(out string) (values map[string]any, failures []error) {
	values = map[string]any{}
	for line := range strings.Lines(out) {
		var e applyEvent
		if json.Unmarshal([]byte(line), &e) != nil {
			continue // a warning about the command itself, before the events
		}
		if e.Diagnostic.Severity == "error" {
			failures = append(failures, fmt.Errorf("%s: %s", e.Diagnostic.Summary, e.Diagnostic.Detail))
		}
		if e.Type == "outputs" {
			for name, output := range e.Outputs {
				values[name] = output.Value
			}
		}
	}
	return values, failures
}

// checkOutputs checks the values of an example's outputs.
func checkOutputs(values map[string]any, example string) error {
	if len(values) == 0 {
		return errors.New("it has no outputs that show what the function returns")
	}
	var failures []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch value := values[name].(type) {
		case nil:
			failures = append(failures, fmt.Errorf("output %s: it has no value", name))
		case string:
			if !strings.Contains(value, "\n") && !strings.Contains(example, value) {
				failures = append(failures, fmt.Errorf("output %s: the example does not show its value, %s", name, value))
			}
		}
	}
	return errors.Join(failures...)
}
