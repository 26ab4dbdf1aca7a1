package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// newerMinor is the first minor version of Terraform 1 that knows everything that newer examples
// use: queries, actions and imports by identity.
const newerMinor = 14

// identityFile is the example of an import by identity, beside the examples of its resource. It is
// a configuration of its own, together with the resource: the example of the import by ID imports
// the same object.
const identityFile = "import-by-identity.tf"

// newer reports whether the examples in a folder below root need a newer Terraform.
func newer(folder string) bool {
	folder = filepath.ToSlash(folder)
	parts := strings.Split(folder, "/")
	return parts[0] == "list-resources" || parts[0] == "actions" || slices.Contains(parts, "query")
}

// knowsNewer reports whether a command knows what newer examples use.
func knowsNewer(cli terraformcli.CLI) bool {
	if cli.Product != terraformcli.Terraform {
		return false
	}
	numbers := strings.SplitN(cli.Version, ".", 3)
	if len(numbers) < 2 {
		return false
	}
	major, _ := strconv.Atoi(numbers[0])
	minor, _ := strconv.Atoi(numbers[1])
	return major > 1 || major == 1 && minor >= newerMinor
}

// checkNewer validates a configuration that needs a newer Terraform. A command that is older cannot
// read it, so its files are only parsed then.
func (c checked) checkNewer(ctx context.Context, cli terraformcli.CLI) error {
	if !knowsNewer(cli) {
		return parse(c.dir())
	}
	if _, err := c.run(ctx, "init", "-no-color", "-backend=false"); err != nil {
		return err
	}
	_, err := c.run(ctx, "validate", "-no-color", "-query")
	return err
}

// withIdentity turns a copy of a resource's examples into the configuration of the import by
// identity, and without takes that import out of them.
func (c checked) withIdentity() error {
	return remove(filepath.Join(c.dir(), "import-by-string-id.tf"))
}

func (c checked) withoutIdentity() error { return remove(filepath.Join(c.dir(), identityFile)) }

func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// parse parses the files of a configuration. It checks the syntax only.
func parse(folder string) error {
	parser := hclparse.NewParser()
	var failures []error
	parsed := 0
	for _, pattern := range configurationFiles {
		files, err := filepath.Glob(filepath.Join(folder, "*"+pattern))
		if err != nil {
			return err
		}
		for _, file := range files {
			parsed++
			if _, diags := parser.ParseHCLFile(file); diags.HasErrors() {
				failures = append(failures, diags)
			}
		}
	}
	if parsed == 0 {
		return fmt.Errorf("%s has no configuration", folder)
	}
	return errors.Join(failures...)
}
