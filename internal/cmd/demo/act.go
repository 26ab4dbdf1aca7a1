package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// act shows one of the examples, from its apply to its destroy.
type act struct {
	example string // its folder below examples/
	title   string
	records bool // show all records, and not only the domains
}

// sandboxFile is the default file of the sandbox's state, relative to the configuration.
const sandboxFile = ".postmaster/sandbox.json"

// play applies the example, shows the result, and destroys it again.
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
	var applied *estate.Estate
	s.step("look it up", func() (string, error) {
		state, err := workspace.Run(s.ctx, "show", "-json", "-no-color")
		if err != nil {
			return "", err
		}
		if applied, err = estate.Read(strings.NewReader(state)); err != nil {
			return "", fmt.Errorf("reading the state of examples/%s: %w", a.example, err)
		}
		err = world.lookUp(s.ctx, applied)
		seen, all := count(applied)
		return fmt.Sprintf("%d of %d published records are seen in the DNS.", seen, all), err
	})
	s.do(func() error {
		if a.records {
			if err := report.WriteRecords(s.out, report.Style{}, applied.Domains); err != nil {
				return err
			}
		}
		if err := report.WriteDomains(s.out, report.Style{}, applied.Domains); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
		return complete(applied)
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
		if err := world.lookUp(s.ctx, applied); err != nil {
			return "", err
		}
		return fmt.Sprintf("None of the records is left, and the %d of others are as they were.", len(before)),
			errors.Join(gone(applied), same(before, after))
	})
	return s.err
}

// workspace copies all examples, because an example may use a module next to it, and enters this
// one.
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

// longestPassword is the longest password, in characters, that all of the mail services take.
const longestPassword = 20

// lineWith returns the line of Terraform's output that contains a text.
func lineWith(output, text string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
