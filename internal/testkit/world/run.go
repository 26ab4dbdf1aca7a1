package world

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// NewRun is a run in which nothing is configured.
func NewRun() *kit.Run {
	run := kit.NewRun("test", service.All)
	provider.Configuration{}.Configure(run, false, &diag.Diagnostics{})
	return run
}

// NewSandboxRun is a run in the sandbox of a file.
func NewSandboxRun(t *testing.T, file string) *kit.Run {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
	if err != nil {
		t.Fatal(err)
	}
	run := NewRun()
	run.EnterSandbox(box, file)
	return run
}
