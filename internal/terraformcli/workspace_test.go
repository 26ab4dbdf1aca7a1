package terraformcli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func newWorkspace(t *testing.T) *Workspace {
	t.Helper()
	i := &Installation{CLI: CLI{Path: fakeIn(t, t.TempDir(), "terraform"), Product: Terraform, Version: "1.11.4"}, folder: t.TempDir()}
	w, err := i.Workspace("test")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("TF_LOG", "trace")
	t.Setenv("TF_CLI_ARGS_apply", "-refresh=false")
	t.Setenv("TF_CLI_CONFIG_FILE", "/nonexistent")
	t.Setenv("MAILSERVER_PASSWORD", "invented")
	w := newWorkspace(t)
	w.Setenv("TF_VAR_initial_password", "given here")
	out, err := w.Run(t.Context(), "environment")
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Split(out, "\n")
	for _, leak := range []string{"TF_LOG=", "TF_CLI_ARGS_apply=", "TF_CLI_CONFIG_FILE=/nonexistent", "MAILSERVER_PASSWORD="} {
		if slices.ContainsFunc(env, func(line string) bool { return strings.HasPrefix(line, leak) }) {
			t.Errorf("%s reached the command", leak)
		}
	}
	root := filepath.Dir(w.Dir)
	for _, want := range []string{"PATH=" + os.Getenv("PATH"), "TF_VAR_initial_password=given here", "TF_DATA_DIR=" + filepath.Join(root, "data"), "TF_CLI_CONFIG_FILE=" + filepath.Join(root, "cli.tfrc")} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing from the command's environment", want)
		}
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	out, err := newWorkspace(t).Run(t.Context(), "exit", "3")
	var failed *CommandError
	if !errors.As(err, &failed) || failed.ExitCode != 3 {
		t.Fatalf("got %v; want a CommandError with exit code 3", err)
	}
	if out != "to standard output\n" {
		t.Errorf("got %q from standard output", out)
	}
	for _, want := range []string{"`terraform exit 3` failed", "exit status 3", "to standard output", "to standard error"} {
		if !strings.Contains(strings.Replace(err.Error(), "terraform.exe", "terraform", 1), want) {
			t.Errorf("the error %q does not tell %q", err, want)
		}
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code        string
		wantChanges bool
		wantErr     bool
	}{
		{"0", false, false},
		{"2", true, false},
		{"1", false, true},
	} {
		t.Run(test.code, func(t *testing.T) {
			t.Parallel()
			changes, out, err := newWorkspace(t).Plan(t.Context(), test.code)
			if changes != test.wantChanges || (err != nil) != test.wantErr {
				t.Fatalf("got %v, %v; want %v, error %v", changes, err, test.wantChanges, test.wantErr)
			}
			if out != "to standard output\n" {
				t.Errorf("got %q from standard output", out)
			}
		})
	}
}

func TestCopyConfiguration(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	for _, file := range []string{"main.tf", "staff.csv", "module/main.tf", ".terraform/providers/x", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup", "saved.tfplan", ".postmaster/sandbox.json"} {
		path := filepath.Join(from, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorkspace(t)
	if err := w.CopyConfiguration(from); err != nil {
		t.Fatal(err)
	}
	out, err := w.Run(t.Context(), "files")
	if err != nil {
		t.Fatal(err)
	}
	if want := "main.tf\nmodule\nstaff.csv\n"; out != want {
		t.Errorf("the workspace holds %q; want %q", out, want)
	}
	if text, err := os.ReadFile(filepath.Join(w.Dir, "module", "main.tf")); err != nil || string(text) != "module/main.tf" {
		t.Errorf("module/main.tf holds %q, %v", text, err)
	}
	if err := w.CopyConfiguration(filepath.Join(from, "missing")); err == nil {
		t.Error("a folder that is not there was copied")
	}
}

func TestEndOfContextInterrupts(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("interrupts cannot be sent on Windows: the command is ended outright")
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	w, running := newWorkspace(t), filepath.Join(t.TempDir(), "running")
	p, err := w.Start(ctx, "patient", running)
	if err != nil {
		t.Fatal(err)
	}
	awaitAnnouncement(t, running)
	cancel()
	out, err := p.Wait()
	if out != "saved\n" {
		t.Errorf("the command wrote %q; it was not given the time to save", out)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v; want the context's", err)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	i := &Installation{folder: t.TempDir()}
	for _, content := range []string{"the provider", "one that replaces it"} {
		binary := filepath.Join(t.TempDir(), "built")
		if err := os.WriteFile(binary, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := i.Offer(ProviderAddress, binary); err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
			path := filepath.Join(i.folder, "mirror", host, "postmaster-dev", "postmaster", "0.1.0", runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-postmaster_v0.1.0"+executableSuffix())
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm()&0o100 == 0 {
				t.Errorf("%s is not executable", path)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != content {
				t.Errorf("%s holds %q, %v; want %q", path, got, err, content)
			}
		}
	}
}
