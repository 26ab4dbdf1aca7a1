package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/bench/usage"
)

// TestMain lets the test binary act as a provider that fails.
func TestMain(m *testing.M) {
	if os.Getenv("LAUNCHER_TEST_PROVIDER") != "" {
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func TestLaunch(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("LAUNCHER_TEST_PROVIDER", "1")
	t.Setenv(usage.ProviderVariable, os.Args[0])
	t.Setenv(usage.FolderVariable, folder)
	var failed *exec.ExitError
	if err := launch(); !errors.As(err, &failed) || failed.ExitCode() != 3 {
		t.Errorf("got %v; want the provider's exit code, 3", err)
	}
	if used, err := usage.Take(folder); err != nil || used.CPU == 0 {
		t.Errorf("got %v, %v; want the usage of a process that has failed", used, err)
	}
}

func TestLaunchWithoutProvider(t *testing.T) {
	t.Setenv(usage.ProviderVariable, t.TempDir()+"/missing")
	t.Setenv(usage.FolderVariable, t.TempDir())
	if err := launch(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v; want an error that says that there is no such file", err)
	}
}
