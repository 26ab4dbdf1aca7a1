package world

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// OpenBox opens the sandbox of a file with all simulated services. It closes with the test. observe
// learns of each call before its answer leaves; it may be nil.
func OpenBox(t *testing.T, file string, observe func(service, method, path string, status int)) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return box
}
