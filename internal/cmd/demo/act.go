package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// act is one of the examples from nothing to its end.
type act struct {
	example string // its folder below examples/
	title   string
	read    func(outputs []byte) (result, error)
}

// result is what the outputs of an example tell.
type result interface {
	// records are what was published.
	records() []*record
	// unverified are the domains that their services have not verified.
	unverified() []string
	// write shows the result as tables, with a tick at each record that has been seen.
	write(io.Writer) error
}

// sandboxFile is where the sandbox keeps its state by default, relative to the configuration.
const sandboxFile = ".postmaster/sandbox.json"

// play applies the example, shows what came of it, and destroys it again.
func (a act) play(s *script, installation *terraformcli.Installation) (err error) {
	fmt.Fprintf(s.out, "\nexamples/%s: %s\n\n", a.example, a.title)
	workspace, err := a.workspace(installation)
	if err != nil {
		return err
	}
	world, err := openWorld(filepath.Join(workspace.Dir, filepath.FromSlash(sandboxFile)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.close()) }()

	var before []string // all records of the zones
	s.step("others publish", func() (string, error) {
		if err := world.letOthersPublish(s.ctx); err != nil {
			return "", err
		}
		before, err = world.contents(s.ctx)
		return fmt.Sprintf("The zones hold %d records of others, one of them SPF.", len(before)), err
	})
	s.step("init", func() (string, error) {
		_, err := workspace.Run(s.ctx, "init", "-no-color")
		return "", err
	})
	s.step("apply", func() (string, error) {
		applied, err := workspace.Run(s.ctx, "apply", "-auto-approve", "-no-color")
		return lineWith(applied, "Apply complete!"), err
	})
	var applied result
	s.step("look it up", func() (string, error) {
		outputs, err := workspace.Run(s.ctx, "output", "-json", "-no-color")
		if err != nil {
			return "", err
		}
		if applied, err = a.read([]byte(outputs)); err != nil {
			return "", fmt.Errorf("reading the outputs of examples/%s: %w", a.example, err)
		}
		records := applied.records()
		err = world.lookUp(s.ctx, records)
		return fmt.Sprintf("%d of %d published records are seen in the DNS.", len(records)-len(unseen(records)), len(records)), err
	})
	s.do(func() error {
		if err := applied.write(s.out); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
		return check(applied)
	})
	s.step("plan", func() (string, error) {
		changes, planned, err := workspace.Plan(s.ctx, "-no-color")
		if err == nil && changes {
			err = fmt.Errorf("the second plan is not empty:\n%s", planned)
		}
		return lineWith(planned, "No changes."), err
	})
	s.step("destroy", func() (string, error) {
		destroyed, err := workspace.Run(s.ctx, "destroy", "-auto-approve", "-no-color")
		return lineWith(destroyed, "Destroy complete!"), err
	})
	s.step("look it up again", func() (string, error) {
		after, err := world.contents(s.ctx)
		if err != nil {
			return "", err
		}
		if err := world.lookUp(s.ctx, applied.records()); err != nil {
			return "", err
		}
		return fmt.Sprintf("None of the records is left, and the %d of others are as they were.", len(before)),
			errors.Join(gone(applied.records()), same(before, after))
	})
	return s.err
}

// workspace lays out all examples, as one may use a module beside it, and goes into this one.
func (a act) workspace(installation *terraformcli.Installation) (*terraformcli.Workspace, error) {
	workspace, err := installation.Workspace(a.example)
	if err != nil {
		return nil, err
	}
	if err := workspace.CopyConfiguration("examples"); err != nil {
		return nil, err
	}
	workspace.Dir = filepath.Join(workspace.Dir, a.example)
	workspace.Setenv("TF_VAR_initial_password", rand.Text()[:longestPassword])
	return workspace, nil
}

// longestPassword is how many characters all of the mail services take.
const longestPassword = 20

// lineWith returns the line of Terraform's output that has a text in it.
func lineWith(output, text string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
