package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestScript(t *testing.T) {
	var out strings.Builder
	s := script{ctx: t.Context(), out: &out}
	s.step("one", func() (string, error) { return "It went well.", nil })
	s.step("two", func() (string, error) { return "", nil })
	refused := errors.New("the server said no")
	s.step("three", func() (string, error) { return "It went well.", refused })
	s.step("four", func() (string, error) { t.Error("a step ran after one that had failed"); return "", nil })
	s.do(func() error { t.Error("a table was shown after a step that had failed"); return nil })
	if s.err != refused {
		t.Errorf("the error is %v; want that of the step", s.err)
	}
	want := regexp.MustCompile(`^  one +\d+\.\d s   It went well\.\n  two +\d+\.\d s\n  three +failed\n$`)
	if !want.MatchString(out.String()) {
		t.Errorf("written was\n%s", out.String())
	}
}

func TestScriptInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	s := script{ctx: ctx, out: new(strings.Builder)}
	s.step("one", func() (string, error) {
		interrupt()
		return "", errors.New("a long output of a command that was stopped")
	})
	if s.err == nil || s.err.Error() != "interrupted" {
		t.Errorf("the error is %v", s.err)
	}
}

func TestLineWith(t *testing.T) {
	const output = "\nNo changes. Your infrastructure matches.\n\n  Apply complete! Resources: 3 added.\nOutputs:\n"
	if got := lineWith(output, "Apply complete!"); got != "Apply complete! Resources: 3 added." {
		t.Errorf("got %q", got)
	}
	if got := lineWith(output, "Destroy complete!"); got != "" {
		t.Errorf("got %q of a text that is not there", got)
	}
}
