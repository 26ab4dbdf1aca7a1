package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// again ends the name of a run that plans what has been applied already. Its plan must be empty.
// This is checked here, because an assertion sees attributes and outputs, but not the plan's
// actions.
const again = "_again"

// test runs the tests of a configuration, in its folder tests, and returns how many runs passed. If
// it has no tests, this is 0 and no error.
func (c checked) test(ctx context.Context) (passed int, err error) {
	files, err := filepath.Glob(filepath.Join(c.dir(), "tests", "*.tftest.hcl"))
	if err != nil || len(files) == 0 {
		return 0, err
	}
	out, err := c.run(ctx, "test", "-json", "-verbose")
	passed, failures := readTests(out)
	switch {
	case len(failures) > 0:
		return passed, errors.Join(failures...)
	case err != nil:
		return passed, err
	case passed == 0:
		return 0, fmt.Errorf("%d files of tests, and no run in them has passed", len(files))
	}
	return passed, nil
}

// testEvent is a line of `test -json -verbose`, with the fields that matter here.
type testEvent struct {
	File string `json:"@testfile"`
	Run  string `json:"@testrun"`

	Diagnostic diagnostic `json:"diagnostic"`
	Plan       *testPlan  `json:"test_plan"`
	FileState  struct {
		Progress string `json:"progress"`
	} `json:"test_file"`
	RunState struct {
		Status string `json:"status"`
	} `json:"test_run"`
	Summary struct {
		Passed int `json:"passed"`
	} `json:"test_summary"`
}

// diagnostic is an error or a warning.
type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
}

// testPlan is the plan of a run.
type testPlan struct {
	ResourceChanges []struct {
		Address string `json:"address"`
		Change  change `json:"change"`
	} `json:"resource_changes"`
	OutputChanges map[string]change `json:"output_changes"`
}

type change struct {
	Actions []string `json:"actions"`
}

func (c change) empty() bool { return slices.Equal(c.Actions, []string{"no-op"}) }

// readTests reads the output of `test -json -verbose`. It returns how many runs passed, and the
// failures of the others. A run with expect_failures passes because of its errors. Newer versions of
// Terraform print these errors after the run's status; Terraform 1.11 does not print them. An error
// while the objects of a file are destroyed is a failure, although it is printed with the last run.
func readTests(out string) (passed int, failures []error) {
	plans := map[string]bool{}      // by run that must not change anything: whether it has shown a plan
	passes := map[string]bool{}     // the runs that passed
	destroying := map[string]bool{} // the files whose runs are over
	for line := range strings.Lines(out) {
		var e testEvent
		if json.Unmarshal([]byte(line), &e) != nil {
			continue // a warning about the command itself, before the events
		}
		passed += e.Summary.Passed
		name := fmt.Sprintf("%s, run %q", e.File, e.Run)
		if e.RunState.Status == "pass" {
			passes[name] = true
		}
		if e.FileState.Progress == "teardown" {
			destroying[e.File] = true
		}
		if expected := passes[name] && !destroying[e.File]; e.Diagnostic.Severity == "error" && !expected {
			failures = append(failures, fmt.Errorf("%s: %s: %s", name, e.Diagnostic.Summary, e.Diagnostic.Detail))
		}
		if strings.HasSuffix(e.Run, again) {
			plans[name] = plans[name] || e.Plan != nil
			for _, changes := range e.Plan.changes() {
				failures = append(failures, fmt.Errorf("%s: the plan is not empty: %s", name, changes))
			}
		}
	}
	if len(failures) > 0 {
		return passed, failures // the failures may be the reason why there is no plan
	}
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		if !plans[name] {
			failures = append(failures, fmt.Errorf("%s: it shows no plan; a run of this name needs command = plan", name))
		}
	}
	return passed, failures
}

// changes lists what a plan would change; nothing if there is no plan.
func (p *testPlan) changes() []string {
	if p == nil {
		return nil
	}
	var told []string
	for _, r := range p.ResourceChanges {
		if !r.Change.empty() {
			told = append(told, fmt.Sprintf("%s of %s", strings.Join(r.Change.Actions, " and "), r.Address))
		}
	}
	for name, c := range p.OutputChanges {
		if !c.empty() {
			told = append(told, fmt.Sprintf("%s of output %s", strings.Join(c.Actions, " and "), name))
		}
	}
	slices.Sort(told)
	return told
}
