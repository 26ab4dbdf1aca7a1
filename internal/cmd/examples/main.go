// Command examples validates every configuration in examples/ with the real Terraform and the
// current provider, and runs their tests. It evaluates the examples of functions. Run it in the root
// of the module.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, "examples", os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Checking the examples failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, out io.Writer) (err error) {
	configurations, err := find(root)
	if err != nil {
		return err
	}
	installation, err := terraformcli.Install(ctx, ".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, installation.Close()) }()

	passed := make([]int, len(configurations))
	failures := make([]error, len(configurations))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, configuration := range configurations {
		group.Go(func() error {
			passed[i], failures[i] = check(ctx, installation, root, configuration, fmt.Sprint("example-", i))
			return nil
		})
	}
	_ = group.Wait()
	for i, configuration := range configurations {
		verdict := "valid"
		switch {
		case failures[i] != nil:
			verdict = "FAILED"
			failures[i] = fmt.Errorf("%s: %w", configuration, failures[i])
		case passed[i] > 0:
			verdict = fmt.Sprintf("valid, %d runs pass", passed[i])
		}
		fmt.Fprintf(out, "  %-19s  %s\n", verdict, configuration)
	}
	return errors.Join(failures...)
}

// find returns the folders below root that have a configuration.
func find(root string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if folder := filepath.Dir(path); strings.HasSuffix(path, ".tf") && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no configuration below %s", root)
	}
	return found, err
}

// check validates one configuration and runs its tests; the example of a function is evaluated
// instead. It returns how many runs passed. It works
// in a copy of everything below root, because a configuration may use a module next to it. Snippets
// for the documentation do not say where the provider comes from, so check adds this to their
// copies.
func check(ctx context.Context, installation *terraformcli.Installation, root, configuration, name string) (passed int, err error) {
	folder, err := filepath.Rel(root, configuration)
	if err != nil {
		return 0, err
	}
	workspace, err := installation.Workspace(name)
	if err != nil {
		return 0, err
	}
	if err := workspace.CopyConfiguration(root); err != nil {
		return 0, err
	}
	c := checked{workspace, folder}
	stated, err := statesProviders(c.dir())
	if err != nil {
		return 0, err
	}
	if !stated {
		if err := os.WriteFile(filepath.Join(c.dir(), "required_providers.tf"), []byte(terraformcli.RequiredProviders), 0o644); err != nil {
			return 0, err
		}
	}
	if _, err := c.run(ctx, "init", "-no-color", "-backend=false"); err != nil {
		return 0, err
	}
	if c.ofFunction() {
		return 0, c.evaluate(ctx)
	}
	if _, err := c.run(ctx, "validate", "-no-color"); err != nil {
		return 0, err
	}
	return c.test(ctx)
}

// checked is the copy of a configuration that is checked.
type checked struct {
	workspace *terraformcli.Workspace
	folder    string // below the workspace's own
}

func (c checked) dir() string { return filepath.Join(c.workspace.Dir, c.folder) }

func (c checked) run(ctx context.Context, args ...string) (string, error) {
	return c.workspace.Run(ctx, append([]string{"-chdir=" + c.folder}, args...)...)
}

func statesProviders(folder string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		return false, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return false, err
		}
		if strings.Contains(string(text), "required_providers") {
			return true, nil
		}
	}
	return false, nil
}
