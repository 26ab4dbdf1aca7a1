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
	if _, err := c.run(ctx, "apply", "-auto-approve", "-no-color", "-input=false"); err != nil {
		return err
	}
	out, err := c.run(ctx, "output", "-no-color", "-json")
	if err != nil {
		return err
	}
	example, err := os.ReadFile(filepath.Join(c.dir(), "function.tf"))
	if err != nil {
		return err
	}
	return checkOutputs(out, string(example))
}

// checkOutputs checks what `output -json` prints.
func checkOutputs(out, example string) error {
	var outputs map[string]struct {
		Value any `json:"value"`
	}
	if err := json.Unmarshal([]byte(out), &outputs); err != nil {
		return fmt.Errorf("reading the outputs: %w", err)
	}
	if len(outputs) == 0 {
		return errors.New("it has no outputs that show what the function returns")
	}
	var failures []error
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		switch value := outputs[name].Value.(type) {
		case nil:
			failures = append(failures, fmt.Errorf("output %s: it has no value", name))
		case string:
			if !strings.Contains(value, "\n") && !strings.Contains(example, value) && !strings.Contains(example, fmt.Sprintf("%q", value)) {
				failures = append(failures, fmt.Errorf("output %s: the example does not show its value, %s", name, value))
			}
		}
	}
	return errors.Join(failures...)
}
