package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// LocalVersion is the version of a freshly built provider in a mirror. It is no pre-release,
// because `init` uses a pre-release only if a configuration asks for exactly that version.
const LocalVersion = "0.1.0"

// registryHosts are the default registries of Terraform and OpenTofu, for source addresses without
// a host.
var registryHosts = []string{"registry.terraform.io", "registry.opentofu.org"}

const providerAddress = "postmaster-dev/postmaster"

// RequiredProviders says where the provider comes from, for configurations that do not say it.
const RequiredProviders = `terraform {
  required_providers {
    postmaster = {
      source = "` + providerAddress + `"
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
	i := &Installation{CLI: cli, Binary: filepath.Join(folder, "terraform-provider-postmaster"+executableSuffix()), folder: folder}
	if err := i.prepare(ctx, moduleDir); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

func (i *Installation) prepare(ctx context.Context, moduleDir string) error {
	if err := i.build(ctx, moduleDir); err != nil {
		return err
	}
	return i.writeMirror()
}

// Close removes the folder with the provider and all workspaces.
func (i *Installation) Close() error { return os.RemoveAll(i.folder) }

func (i *Installation) build(ctx context.Context, moduleDir string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+LocalVersion, "-o", i.Binary, ".")
	cmd.Dir = moduleDir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider in %s: %w\n%s", moduleDir, err, tail(string(out), errorLines))
	}
	return nil
}

func (i *Installation) mirror() string { return filepath.Join(i.folder, "mirror") }

func (i *Installation) writeMirror() error {
	for _, host := range registryHosts {
		folder := filepath.Join(i.mirror(), host, filepath.FromSlash(providerAddress), LocalVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
		name := "terraform-provider-postmaster_v" + LocalVersion + executableSuffix()
		if err := linkOrCopy(i.Binary, filepath.Join(folder, name)); err != nil {
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
