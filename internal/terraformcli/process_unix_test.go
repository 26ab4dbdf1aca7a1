//go:build unix

package terraformcli

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestKillEndsTheProvidersToo(t *testing.T) {
	t.Parallel()
	w, running := newWorkspace(t), filepath.Join(t.TempDir(), "running")
	p, err := w.Start(t.Context(), "parent", running)
	if err != nil {
		t.Fatal(err)
	}
	awaitAnnouncement(t, running)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	// The child shares its parent's standard output, so Wait has to wait as long as the child
	// lives.
	started := time.Now()
	_, err = p.Wait()
	if took := time.Since(started); took > patience/2 {
		t.Errorf("the child outlived the command: waiting took %v", took)
	}
	var failed *CommandError
	if !errors.As(err, &failed) || failed.ExitCode != -1 {
		t.Errorf("got %v; want a CommandError that a signal caused", err)
	}
}
