// Command examples validates every configuration below examples/ with the real Terraform and the provider as it is now.
// It runs in the root of the module.
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
		fmt.Fprintln(os.Stderr, "Validating the examples failed:", err)
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

	failures := make([]error, len(configurations))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, configuration := range configurations {
		group.Go(func() error {
			failures[i] = validate(ctx, installation, configuration, fmt.Sprint("example-", i))
			return nil
		})
	}
	_ = group.Wait()
	for i, configuration := range configurations {
		verdict := "valid"
		if failures[i] != nil {
			verdict = "NOT VALID"
			failures[i] = fmt.Errorf("%s: %w", configuration, failures[i])
		}
		fmt.Fprintf(out, "  %-9s  %s\n", verdict, configuration)
	}
	return errors.Join(failures...)
}

// find returns the folders below root that hold a configuration.
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

// validate validates a copy of one configuration. The snippets of the documentation leave out where the provider comes
// from; their copies get it.
func validate(ctx context.Context, installation *terraformcli.Installation, configuration, name string) error {
	workspace, err := installation.Workspace(name)
	if err != nil {
		return err
	}
	if err := workspace.CopyConfiguration(configuration); err != nil {
		return err
	}
	stated, err := statesProviders(workspace.Dir)
	if err != nil {
		return err
	}
	if !stated {
		if err := os.WriteFile(filepath.Join(workspace.Dir, "required_providers.tf"), []byte(terraformcli.RequiredProviders), 0o644); err != nil {
			return err
		}
	}
	if _, err := workspace.Run(ctx, "init", "-no-color", "-backend=false"); err != nil {
		return err
	}
	_, err = workspace.Run(ctx, "validate", "-no-color")
	return err
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
