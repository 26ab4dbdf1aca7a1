package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// testRun is a run in which nothing is configured.
func testRun() *kit.Run {
	run := kit.NewRun("test", service.All)
	provider.Configuration{}.Configure(run, false, &diag.Diagnostics{})
	return run
}

// sandboxRun is a run in the sandbox of a file.
func sandboxRun(t *testing.T, file string) *kit.Run {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
	if err != nil {
		t.Fatal(err)
	}
	run := testRun()
	run.EnterSandbox(box, file)
	return run
}
