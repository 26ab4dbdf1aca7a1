package terraformcli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// LocalVersion is the version under which a freshly built provider is put into a mirror. It is no pre-release, because
// `init` picks those only when a configuration asks for exactly that one.
const LocalVersion = "0.1.0"

// registryHosts are the hosts that a source address without one means: Terraform's registry and OpenTofu's.
var registryHosts = []string{"registry.terraform.io", "registry.opentofu.org"}

const providerAddress = "postmaster-dev/postmaster"

// BuildProvider compiles the provider of the module in moduleDir into dir, stripped as a release is, and returns the
// path of the binary.
func BuildProvider(ctx context.Context, moduleDir, dir string) (string, error) {
	binary, err := filepath.Abs(filepath.Join(dir, "terraform-provider-postmaster"+executableSuffix()))
	if err != nil {
		return "", fmt.Errorf("building the provider: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+LocalVersion, "-o", binary, ".")
	cmd.Dir = moduleDir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the provider in %s: %w\n%s", moduleDir, err, tail(string(out), errorLines))
	}
	return binary, nil
}

// WriteMirror lays out a filesystem mirror in dir that offers the provider binary as LocalVersion for this machine's
// platform, under the address that Terraform and the one that OpenTofu resolve "postmaster-dev/postmaster" to.
func WriteMirror(dir, binary string) error {
	for _, host := range registryHosts {
		folder := filepath.Join(dir, host, filepath.FromSlash(providerAddress), LocalVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
		name := "terraform-provider-postmaster_v" + LocalVersion + executableSuffix()
		if err := linkOrCopy(binary, filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("writing the provider mirror: %w", err)
		}
	}
	return nil
}

// linkOrCopy copies only where a hard link is not to be had, as between two file systems: a binary is tens of megabytes.
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
