package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// With -debug, the provider is a process that Terraform connects to. It ends when it is
// interrupted.
func TestDebug(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, world.SandboxBlock(filepath.Join(t.TempDir(), "sandbox.json"), "")+firm("example.com", "f", "", 1))
	process := exec.CommandContext(t.Context(), installation.Binary, "-debug")
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	const variable = "TF_REATTACH_PROVIDERS"
	var value string
	lines := bufio.NewScanner(out)
	for value == "" && lines.Scan() {
		if line, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), variable+"='"); found {
			value = strings.TrimSuffix(line, "'")
		}
	}
	if value == "" {
		t.Fatalf("it did not print %s: %v", variable, lines.Err())
	}
	w.Setenv(variable, value)
	w.mustApply(t)
	w.mustPlanNothing(t)
	if err := process.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // the process has to be able to write until it ends
	}
	if err := process.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if out, ok := w.apply(t); ok {
		t.Errorf("Terraform did not work with the process, as it works without:\n%s", out)
	}
}
