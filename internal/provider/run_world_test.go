package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// testRun is a run in which nothing is configured.
func testRun() *Run {
	run := NewRun("test", allServices)
	configuration{}.configure(run, false, &diag.Diagnostics{})
	return run
}

// sandboxRun is a run in the sandbox of a file.
func sandboxRun(t *testing.T, file string) *Run {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: Simulated(), Path: file})
	if err != nil {
		t.Fatal(err)
	}
	run := testRun()
	run.EnterSandbox(box, file)
	return run
}
