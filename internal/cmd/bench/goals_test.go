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
		missed    string
	}{
		{"both kept", planNothing, sample{seconds: 11.9, cpuSeconds: 0.9}, true, "ok, ok", ""},
		{"both kept on a busy machine", planNothing, sample{seconds: 11.9, cpuSeconds: 0.9}, false, "ok, ok", ""},
		{"slow", planNothing, sample{seconds: 12.1, cpuSeconds: 0.9}, true, "MISSED, ok", "time, in parts of an idle provider's was 1.21, at most 1.20"},
		{"much CPU", planNothing, sample{seconds: 11.9, cpuSeconds: 1.1}, true, "ok, MISSED", "the provider's CPU an object was 1.10 ms, at most 1.00 ms"},
		{"slow on a busy machine", planNothing, sample{seconds: 30, cpuSeconds: 3}, false, "missed on a busy machine, missed on a busy machine", ""},
		{"CPU that is not known", planNothing, sample{seconds: 11.9}, true, "ok", ""},
		{"an apply has no such goals", applyAll, sample{seconds: 30, cpuSeconds: 3}, true, "", ""},
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
		if missed := strings.Join(r.missedTargets(), "; "); !strings.Contains(missed, test.missed) || (missed == "") != (test.missed == "") {
			t.Errorf("%s: missed %q; want %q", test.name, missed, test.missed)
		}
	}
}

func TestSmallCasesHaveNoGoals(t *testing.T) {
	small := result{benchCase{name: "noop", world: &world{objects: 30}, operation: planNothing}, measurement{subject: sample{seconds: 9, cpuSeconds: 1}, idle: sample{seconds: 1}, quiet: true}}
	if goals := small.goals(); len(goals) > 0 {
		t.Errorf("30 objects have the goals %v", goals)
	}
	if !small.keepsGoals() {
		t.Error("a case without goals misses them")
	}
}

func TestBest(t *testing.T) {
	first := measurement{subject: sample{3, 0.9, 80}, data: sample{2, 0, 0}, idle: sample{2.5, 0.2, 30}, quiet: true, calls: map[string]int{"GET /": 1}}
	got := first.best(measurement{subject: sample{2.8, 1.1, 90}, data: sample{2.2, 0, 0}, idle: sample{2.4, 0.3, 20}, quiet: true, calls: map[string]int{"GET /": 2}})
	if got.subject != (sample{2.8, 0.9, 90}) || got.data != (sample{2, 0, 0}) || got.idle != (sample{2.4, 0.2, 30}) || !got.quiet || got.count() != 1 {
		t.Errorf("got %+v", got)
	}
	if got := first.best(measurement{quiet: false}); got.quiet {
		t.Error("a measurement that was disturbed passes for a quiet one")
	}
}
