package main

import (
	"strings"
	"testing"
)

// A thousand objects may take 1 s of CPU time, and 12 s where an idle provider takes 10.
func TestGoals(t *testing.T) {
	for _, test := range []struct {
		name      string
		operation operation
		subject   sample
		quiet     bool
		verdicts  string // of time and CPU
	}{
		{"both kept", planNothing, sample{seconds: 11.9, cpuSeconds: 0.9}, true, "ok, ok"},
		{"both kept on a busy machine", planNothing, sample{seconds: 11.9, cpuSeconds: 0.9}, false, "ok, ok"},
		{"slow", planNothing, sample{seconds: 12.1, cpuSeconds: 0.9}, true, "MISSED, ok"},
		{"much CPU", planNothing, sample{seconds: 11.9, cpuSeconds: 1.1}, true, "ok, MISSED"},
		{"slow on a busy machine", planNothing, sample{seconds: 30, cpuSeconds: 3}, false, "missed on a busy machine, missed on a busy machine"},
		{"CPU that is not known", planNothing, sample{seconds: 11.9}, true, "ok"},
		{"an apply has no such goals", applyAll, sample{seconds: 30, cpuSeconds: 3}, true, ""},
	} {
		r := &report{}
		r.add(benchCase{name: "noop", world: &world{objects: 1000}, operation: test.operation},
			measurement{subject: test.subject, data: sample{seconds: 8}, idle: sample{seconds: 10}, quiet: test.quiet})
		var verdicts []string
		for _, g := range r.results[0].goals() {
			verdicts = append(verdicts, g.verdict(test.quiet))
		}
		if got := strings.Join(verdicts, ", "); got != test.verdicts {
			t.Errorf("%s: got %q; want %q", test.name, got, test.verdicts)
		}
		if missed := r.missedTargets(); len(missed) > 0 {
			t.Errorf("%s: a missed goal fails the benchmark: %q", test.name, missed)
		}
	}
}

func TestSmallCasesHaveNoGoals(t *testing.T) {
	small := result{benchCase{name: "noop", world: &world{objects: 30}, operation: planNothing}, measurement{subject: sample{seconds: 9, cpuSeconds: 1}, idle: sample{seconds: 1}, quiet: true}}
	if goals := small.goals(); len(goals) > 0 {
		t.Errorf("30 objects have the goals %v", goals)
	}
}
