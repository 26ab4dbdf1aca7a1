package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Workspace is a folder with a configuration in which commands run. It has its own settings, data
// and plug-in mirror. So it shares nothing with other workspaces or with the user's own Terraform.
type Workspace struct {
	// Dir holds the configuration, and also the state and the lock file that Terraform writes.
	Dir string

	cli      CLI
	settings []string
}

// Workspace makes a workspace with the given name. In it, `init` finds only the installation's
// provider, and needs no network.
func (i *Installation) Workspace(name string) (*Workspace, error) {
	root := filepath.Join(i.folder, "workspaces", name)
	w := &Workspace{Dir: filepath.Join(root, "configuration"), cli: i.CLI}
	if err := os.MkdirAll(w.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	settings := filepath.Join(root, "cli.tfrc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(i.mirror()))
	if err := os.WriteFile(settings, []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	w.settings = []string{
		"TF_CLI_CONFIG_FILE=" + settings,
		"TF_DATA_DIR=" + filepath.Join(root, "data"),
		"HOME=" + root, // caches and lock files of providers stay here too
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
	}
	return w, nil
}

// Setenv adds a variable, such as TF_VAR_name or TF_LOG, to the environment of all later commands.
// This package never prints its value.
func (w *Workspace) Setenv(name, value string) {
	w.settings = append(w.settings, name+"="+value)
}

// CopyConfiguration copies the files of a configuration folder and its subfolders into the
// workspace. It leaves out what Terraform and the sandbox have written there.
func (w *Workspace) CopyConfiguration(from string) error {
	keep := func(name string) bool {
		return !strings.HasPrefix(name, ".") && !strings.Contains(name, ".tfstate") && !strings.HasSuffix(name, ".tfplan")
	}
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil || relative == "." {
			return err
		}
		to := filepath.Join(w.Dir, relative)
		switch {
		case !keep(entry.Name()) && entry.IsDir():
			return filepath.SkipDir
		case !keep(entry.Name()):
			return nil
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		return fmt.Errorf("copying the configuration of %s: %w", from, err)
	}
	return nil
}

// Run runs one command, such as Run(ctx, "apply", "-auto-approve"), and returns its standard
// output. If the command fails, the error is a *CommandError. If ctx ends, the command is
// interrupted as by Ctrl-C, so that it can save its state.
func (w *Workspace) Run(ctx context.Context, args ...string) (string, error) {
	p, err := w.Start(ctx, args...)
	if err != nil {
		return "", err
	}
	return p.Wait()
}

// Plan runs `plan` with additional arguments and reports whether it would change anything. It uses
// the command's exit code, not its output.
func (w *Workspace) Plan(ctx context.Context, args ...string) (changes bool, out string, err error) {
	p, err := w.Start(ctx, append([]string{"plan", "-detailed-exitcode"}, args...)...)
	if err != nil {
		return false, "", err
	}
	out, err = p.Wait()
	var failed *CommandError
	if errors.As(err, &failed) && failed.ExitCode == planHasChanges {
		return true, out, nil
	}
	return false, out, err
}

// planHasChanges is the exit code of `plan -detailed-exitcode` for a plan that is not empty.
const planHasChanges = 2
