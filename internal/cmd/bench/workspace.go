package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/bench/usage"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// idleAddress is the address of the provider that does nothing.
const idleAddress = "postmaster-dev/idle"

// workspace is a folder in which Terraform runs, and what the provider's processes have used there.
type workspace struct {
	*terraformcli.Workspace
	usage string // folder; "" if there is no provider
}

// newRunner prepares an installation for measurements: the mirror has the launcher in place of each
// provider.
func newRunner(ctx context.Context, installation *terraformcli.Installation) (*runner, error) {
	r := &runner{installation: installation, worlds: map[*world]*live{}}
	var err error
	if r.idle, err = installation.Build(ctx, ".", "./internal/cmd/bench/idle", "idle"); err != nil {
		return nil, err
	}
	launcher, err := installation.Build(ctx, ".", "./internal/cmd/bench/launcher", "launcher")
	if err != nil {
		return nil, err
	}
	for _, address := range []string{terraformcli.ProviderAddress, idleAddress} {
		if err := installation.Offer(address, launcher); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// workspace makes a workspace for a configuration of one provider, which has the executable. It is
// "" for a configuration without a provider.
func (r *runner) workspace(ctx context.Context, name, executable, configuration string) (*workspace, error) {
	made, err := r.installation.Workspace(name)
	if err != nil {
		return nil, err
	}
	w := &workspace{Workspace: made}
	if executable != "" {
		w.usage = filepath.Join(filepath.Dir(w.Dir), "usage")
		if err := os.Mkdir(w.usage, 0o700); err != nil {
			return nil, err
		}
		w.Setenv(usage.ProviderVariable, executable)
		w.Setenv(usage.FolderVariable, w.usage)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(configuration), 0o600); err != nil {
		return nil, err
	}
	_, err = w.Run(ctx, "init", "-no-color")
	return w, err
}

// used returns what the provider's processes have used since the last call.
func (w *workspace) used() (usage.Usage, error) {
	if w.usage == "" {
		return usage.Usage{}, nil
	}
	return usage.Take(w.usage)
}

// idleConfiguration returns a configuration of terraform_data with resources of the provider that
// does nothing in their place.
func idleConfiguration(floor string) string {
	return `terraform {
  required_providers {
    idle = {
      source = "` + idleAddress + `"
    }
  }
}
` + strings.ReplaceAll(floor, "terraform_data", "idle_data")
}
