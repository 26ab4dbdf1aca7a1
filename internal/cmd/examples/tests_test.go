package main

import (
	"errors"
	"strings"
	"testing"
)

func TestReadTests(t *testing.T) {
	const (
		warning   = `{"type":"diagnostic","@testfile":"tests/a.tftest.hcl","@testrun":"made","diagnostic":{"severity":"warning","summary":"Sandbox"}}`
		assertion = `{"type":"diagnostic","@testfile":"tests/a.tftest.hcl","@testrun":"made","diagnostic":{"severity":"error","summary":"Test assertion failed","detail":"Not verified."}}`
		ran       = `{"type":"test_run","@testfile":"tests/a.tftest.hcl","@testrun":"made_again","test_run":{"status":"pass"}}`
		empty     = `{"type":"test_plan","@testfile":"tests/a.tftest.hcl","@testrun":"made_again","test_plan":{"resource_changes":[{"address":"x.y","change":{"actions":["no-op"]}}],"output_changes":{"o":{"actions":["no-op"]}}}}`
		replaces  = `{"type":"test_plan","@testfile":"tests/a.tftest.hcl","@testrun":"made_again","test_plan":{"resource_changes":[{"address":"x.y","change":{"actions":["delete","create"]}}],"output_changes":{"o":{"actions":["update"]}}}}`
		first     = `{"type":"test_plan","@testfile":"tests/a.tftest.hcl","@testrun":"made","test_plan":{"resource_changes":[{"address":"x.y","change":{"actions":["create"]}}]}}`
		refused   = `{"type":"diagnostic","@testfile":"tests/a.tftest.hcl","@testrun":"refused","diagnostic":{"severity":"error","summary":"Invalid value for variable","detail":"No name."}}`
		expected  = `{"type":"test_run","@testfile":"tests/a.tftest.hcl","@testrun":"refused","test_run":{"progress":"complete","status":"pass"}}`
		errored   = `{"type":"test_run","@testfile":"tests/a.tftest.hcl","@testrun":"refused","test_run":{"progress":"complete","status":"error"}}`
		elsewhere = `{"type":"test_run","@testfile":"tests/b.tftest.hcl","@testrun":"refused","test_run":{"progress":"complete","status":"pass"}}`
		teardown  = `{"type":"test_file","@testfile":"tests/a.tftest.hcl","test_file":{"path":"tests/a.tftest.hcl","progress":"teardown"}}`
		broken    = `{"type":"diagnostic","@testfile":"tests/a.tftest.hcl","diagnostic":{"severity":"error","summary":"Unsupported argument","detail":"No such argument."}}`
		summary   = `{"type":"test_summary","test_summary":{"status":"pass","passed":2,"failed":0}}`
	)
	for name, c := range map[string]struct {
		lines  []string
		passed int
		says   string
	}{
		"passes":          {[]string{"No configuration file was found", warning, first, ran, empty, summary}, 2, ""},
		"assertion":       {[]string{assertion, ran, summary}, 2, `tests/a.tftest.hcl, run "made": Test assertion failed: Not verified.`},
		"changes again":   {[]string{ran, replaces, summary}, 2, "tests/a.tftest.hcl, run \"made_again\": the plan is not empty: delete and create of x.y\ntests/a.tftest.hcl, run \"made_again\": the plan is not empty: update of output o"},
		"applies again":   {[]string{ran, summary}, 2, `tests/a.tftest.hcl, run "made_again": it shows no plan; a run of this name needs command = plan`},
		"expected error":  {[]string{expected, refused, teardown, summary}, 2, ""},
		"error":           {[]string{errored, refused, summary}, 2, `tests/a.tftest.hcl, run "refused": Invalid value for variable: No name.`},
		"not that run":    {[]string{elsewhere, refused, summary}, 2, `tests/a.tftest.hcl, run "refused": Invalid value for variable: No name.`},
		"in the teardown": {[]string{expected, teardown, refused, summary}, 2, `tests/a.tftest.hcl, run "refused": Invalid value for variable: No name.`},
		"of no run":       {[]string{expected, broken, summary}, 2, `tests/a.tftest.hcl, run "": Unsupported argument: No such argument.`},
		"nothing printed": {nil, 0, ""},
	} {
		passed, failures := readTests(strings.Join(c.lines, "\n"))
		says := ""
		if err := errors.Join(failures...); err != nil {
			says = err.Error()
		}
		if passed != c.passed || says != c.says {
			t.Errorf("%s: got %d, %q; want %d, %q", name, passed, says, c.passed, c.says)
		}
	}
}
