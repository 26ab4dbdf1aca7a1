// Command examples validates every configuration in examples/ with the real Terraform and the
// current provider, and runs their tests. It evaluates the examples of functions. Examples that need
// a newer Terraform than the one that is there are only parsed: those in list-resources, actions and
// folders named query, and imports by identity. Other providers are stand-ins, which have the schemas
// of the resources that the guides use. Run it in the root of the module. Arguments are the folders to
// check, such as examples/guides; the default is all.
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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/standin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, "examples", os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Checking the examples failed:", err)
		os.Exit(1)
	}
}

// run checks the configurations below root. If only is not empty, it checks those in these folders
// and below them.
func run(ctx context.Context, root string, only []string, out io.Writer) (err error) {
	configurations, err := find(root)
	if err != nil {
		return err
	}
	if len(only) > 0 {
		configurations = slices.DeleteFunc(configurations, func(c configuration) bool {
			return !slices.ContainsFunc(only, func(folder string) bool { return strings.HasPrefix(c.folder+"/", filepath.Clean(folder)+"/") })
		})
	}
	installation, err := terraformcli.Install(ctx, ".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, installation.Close()) }()
	standIns, err := standin.Serve(ctx, standin.Hooks{})
	if err != nil {
		return err
	}

	passed := make([]int, len(configurations))
	failures := make([]error, len(configurations))
	unread := !knowsNewer(installation.CLI)
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, configuration := range configurations {
		group.Go(func() error {
			passed[i], failures[i] = check(ctx, installation, standIns, root, configuration, fmt.Sprint("example-", i))
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
		case configuration.newer && unread:
			verdict = "parsed only"
		case passed[i] > 0:
			verdict = fmt.Sprintf("valid, %d runs pass", passed[i])
		}
		fmt.Fprintf(out, "  %-19s  %s\n", verdict, configuration)
	}
	return errors.Join(failures...)
}

// configurationFiles are the endings of files that are part of a configuration.
var configurationFiles = []string{".tf", ".tfquery.hcl"}

// configuration is what is checked: the files in a folder.
type configuration struct {
	folder   string // with the root
	newer    bool   // whether it needs a newer Terraform
	identity bool   // whether it is the import by identity of a resource, without the one by ID
}

func (c configuration) String() string {
	if c.identity {
		return filepath.Join(c.folder, identityFile)
	}
	return c.folder
}

// find returns the configurations below root.
func find(root string) ([]configuration, error) {
	var found []configuration
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		folder := filepath.Dir(path)
		if entry.Name() == identityFile {
			found = append(found, configuration{folder: folder, newer: true, identity: true})
			return nil
		}
		below, err := filepath.Rel(root, folder)
		if err != nil {
			return err
		}
		c := configuration{folder: folder, newer: newer(below)}
		isPart := func(ending string) bool { return strings.HasSuffix(path, ending) }
		if slices.ContainsFunc(configurationFiles, isPart) && !slices.Contains(found, c) {
			found = append(found, c)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no configuration below %s", root)
	}
	return found, err
}

// check validates one configuration and runs its tests; the example of a function is evaluated
// instead. It returns how many runs passed. It works in a copy of everything below root, because a
// configuration may use a module next to it. Snippets for the documentation do not say where the
// provider comes from, so check adds this to their copies.
func check(ctx context.Context, installation *terraformcli.Installation, standIns, root string, configuration configuration, name string) (passed int, err error) {
	folder, err := filepath.Rel(root, configuration.folder)
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
	workspace.Setenv(standin.Variable, standIns)
	c := checked{workspace, folder}
	without := c.withoutIdentity
	if configuration.identity {
		without = c.withIdentity
	}
	if err := without(); err != nil {
		return 0, err
	}
	stated, err := statesProviders(c.dir())
	if err != nil {
		return 0, err
	}
	if !stated {
		if err := os.WriteFile(filepath.Join(c.dir(), "required_providers.tf"), []byte(terraformcli.RequiredProviders), 0o644); err != nil {
			return 0, err
		}
	}
	if configuration.newer {
		return 0, c.checkNewer(ctx, installation.CLI)
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
