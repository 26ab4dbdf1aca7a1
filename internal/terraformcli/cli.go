// Package terraformcli runs the real Terraform or OpenTofu command with a freshly built provider.
// It finds the command, creates a filesystem mirror for the provider, and runs commands in a
// working directory of their own, where the caller's Terraform settings have no effect.
//
// The demo, the benchmarks, the check of the examples, and the tests that kill an apply half-way
// use it.
package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// pathVariable is the environment variable that chooses the command. The acceptance test framework
// reads the same variable.
const pathVariable = "TF_ACC_TERRAFORM_PATH"

// Product is the program behind the command.
type Product string

// The two programs that use the provider protocol.
const (
	Terraform Product = "Terraform"
	OpenTofu  Product = "OpenTofu"
)

// oldestMinor is the first minor version of series 1 of either product that has write-only
// arguments, which the examples use for passwords.
const oldestMinor = 11

// CLI is a command that was found and returned its version.
type CLI struct {
	Path    string  // absolute
	Product Product // as the command reports it, whatever its file is called
	Version string  // as printed, without the leading v
}

// find returns the command in pathVariable, or else terraform or tofu from PATH, in this order. If
// the command is too old for write-only arguments, this is an error.
func find(ctx context.Context) (CLI, error) {
	path, err := lookUp()
	if err != nil {
		return CLI{}, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return CLI{}, fmt.Errorf("locating the Terraform command: %w", err)
	}
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = environment(nil)
	out, err := cmd.Output()
	if err != nil {
		return CLI{}, fmt.Errorf("asking %s for its version: %w", path, err)
	}
	cli, err := parseVersion(string(out))
	if err != nil {
		return CLI{}, fmt.Errorf("%s: %w", path, err)
	}
	cli.Path = path
	return cli, nil
}

func lookUp() (string, error) {
	if path := os.Getenv(pathVariable); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("%s names a command that cannot be used: %w", pathVariable, err)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("neither terraform nor tofu is in PATH: install one of them, or set %s to where it is (the make targets install Terraform by themselves)", pathVariable)
}

// versionLine is searched in the whole output, because warnings about the user's settings may come
// before it.
var versionLine = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v((\d+)\.(\d+)\.\S+)\s*$`)

func parseVersion(out string) (CLI, error) {
	m := versionLine.FindStringSubmatch(out)
	if m == nil {
		return CLI{}, errors.New("not Terraform or OpenTofu: the output of its version command names neither")
	}
	cli := CLI{Product: Product(m[1]), Version: m[2]}
	major, _ := strconv.Atoi(m[3])
	minor, _ := strconv.Atoi(m[4])
	if major < 1 || major == 1 && minor < oldestMinor {
		return CLI{}, fmt.Errorf("%s %s is too old: write-only arguments need 1.%d or newer", cli.Product, cli.Version, oldestMinor)
	}
	return cli, nil
}
