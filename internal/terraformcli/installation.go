package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
)

// LocalVersion is the version of a freshly built provider in a mirror. It is no pre-release,
// because `init` uses a pre-release only if a configuration asks for exactly that version.
const LocalVersion = "0.1.0"

// registryHosts are the default registries of Terraform and OpenTofu, for source addresses without
// a host.
var registryHosts = []string{"registry.terraform.io", "registry.opentofu.org"}

// ProviderAddress is the provider's source address, which has no host.
const ProviderAddress = "postmaster-dev/postmaster"

// RequiredProviders says where the provider comes from, for configurations that do not say it.
const RequiredProviders = `terraform {
  required_providers {
    postmaster = {
      source = "` + ProviderAddress + `"
    }
  }
}
`

// Installation is a Terraform command and a freshly built provider that it can install, in a
// temporary folder.
type Installation struct {
	CLI    CLI
	Binary string // the provider's executable, stripped as a release is

	folder string
}

// Install finds the command, builds the provider of the module in moduleDir, and puts it into a
// filesystem mirror as LocalVersion, under the addresses to which Terraform and OpenTofu resolve
// "postmaster-dev/postmaster". The caller has to close the result.
func Install(ctx context.Context, moduleDir string) (*Installation, error) {
	cli, err := find(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "postmaster-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the provider: %w", err)
	}
	i := &Installation{CLI: cli, folder: folder}
	if err := i.prepare(ctx, moduleDir); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

func (i *Installation) prepare(ctx context.Context, moduleDir string) error {
	built, err := i.Build(ctx, moduleDir, ".", "terraform-provider-postmaster")
	if err != nil {
		return err
	}
	i.Binary = built
	return i.Offer(ProviderAddress, built)
}

// Close removes the folder with the provider and all workspaces.
func (i *Installation) Close() error { return os.RemoveAll(i.folder) }

// Build builds a command of the module in moduleDir, such as "./internal/cmd/demo", under a name.
// It returns the executable, which is stripped as a release is.
func (i *Installation) Build(ctx context.Context, moduleDir, command, name string) (string, error) {
	executable := filepath.Join(i.folder, name+executableSuffix())
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+LocalVersion, "-o", executable, command)
	cmd.Dir = moduleDir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s in %s: %w\n%s", name, moduleDir, err, tail(string(out), errorLines))
	}
	return executable, nil
}

func (i *Installation) mirror() string { return filepath.Join(i.folder, "mirror") }

// Offer puts an executable into the mirror as LocalVersion of the provider with an address such as
// ProviderAddress. It replaces what the mirror has there.
func (i *Installation) Offer(address, executable string) error {
	for _, host := range registryHosts {
		folder := filepath.Join(i.mirror(), host, filepath.FromSlash(address), LocalVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
		file := filepath.Join(folder, "terraform-provider-"+path.Base(address)+"_v"+LocalVersion+executableSuffix())
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
		if err := linkOrCopy(executable, file); err != nil {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
	}
	return nil
}

// linkOrCopy makes a hard link, because a binary has tens of megabytes. It copies only if a link is
// impossible, such as between two file systems.
func linkOrCopy(from, to string) error {
	if err := os.Link(from, to); err == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
