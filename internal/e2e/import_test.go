package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const imports = `
locals {
  emails = ["postmaster@example.com", "user0@example.com", "user1@example.com"]
}

import {
  to = postmaster_mail_domain.d
  id = "mailserver/Example.com"
}

import {
  for_each = toset(local.emails)
  to       = postmaster_mail_user.u[each.key]
  id       = "mailserver/${each.key}"
}

import {
  to = postmaster_dkim_key.k
  id = "mailserver/example.com"
}

import {
  to = postmaster_mail_domain_export.e
  id = "mailserver/example.com/2026-01-31T02:00:00Z"
}

import {
  to = postmaster_letsencrypt_cert.l
  id = "mailserver/Mail.Example.com"
}
`

const imported = `
resource "postmaster_mail_domain" "d" {
  domain = "example.com"
}

resource "postmaster_mail_user" "u" {
  for_each       = toset(local.emails)
  mail_domain_id = postmaster_mail_domain.d.id
  local_part     = split("@", each.key)[0]
}

resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}

resource "postmaster_mail_domain_export" "e" {
  mail_domain_id = postmaster_mail_domain.d.id
}

resource "postmaster_letsencrypt_cert" "l" {
  hostname = "mail.example.com"
}
`

// madeBefore returns the provider block of a sandbox in which somebody else has created everything
// that the test imports.
func madeBefore(t *testing.T) (provider string) {
	t.Helper()
	provider = world.SandboxBlock(filepath.Join(t.TempDir(), "sandbox.json"), "")
	certificate := `
resource "postmaster_letsencrypt_cert" "l" {
  hostname = "mail.example.com"
}
`
	newWorkspace(t, provider+firm("example.com", "f", "", 2)+certificate).mustApply(t)
	return provider
}

// An import of existing objects plans no change, also with for_each.
func TestImportPlansNothing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, madeBefore(t)+imports+imported)
	out := w.must(t, "plan", "-no-color", "-input=false")
	if want := "Plan: 7 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(out, want) {
		t.Errorf("the plan does not say %q but\n%s", want, out)
	}
	w.mustApply(t)
	w.mustPlanNothing(t)
}

// The configuration that Terraform generates for imports plans no change. If Terraform needs the
// provider's name in the import blocks to generate it, the plan works without the name afterwards.
func TestGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	single := strings.NewReplacer(
		"for_each = toset(local.emails)\n", "",
		"postmaster_mail_user.u[each.key]", "postmaster_mail_user.u",
		"mailserver/${each.key}", "mailserver/user0@example.com",
	).Replace(imports)
	provider := madeBefore(t)
	for name, named := range map[string]bool{"the provider implied": false, "the provider named": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t, provider+single)
			if named {
				w.write(t, "main.tf", terraformcli.RequiredProviders+provider+strings.ReplaceAll(single, "import {", "import {\n  provider = postmaster"))
			}
			out, err := w.Run(t.Context(), "plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
			if err != nil && !named && losesProvider(installation.CLI) && strings.Contains(output(err), `unavailable provider "registry.terraform.io/hashicorp/postmaster"`) {
				t.Log("this version generates nothing unless the import blocks name the provider")
				return
			}
			if err != nil {
				t.Fatalf("%s\n%s", err, output(err))
			}
			if want := "Plan: 5 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(out, want) {
				t.Errorf("the plan does not say %q but\n%s\nfor\n%s", want, out, w.read(t, "generated.tf"))
			}
			w.write(t, "main.tf", terraformcli.RequiredProviders+provider+single)
			w.mustApply(t)
			w.mustPlanNothing(t)
		})
	}
}

// losesProvider reports whether a command may be one that generates configuration only if the
// import block names the provider: Terraform 1.16.0 to 1.16.2, and a development version.
func losesProvider(cli terraformcli.CLI) bool {
	return cli.Product == terraformcli.Terraform &&
		(slices.Contains([]string{"1.16.0", "1.16.1", "1.16.2"}, cli.Version) || strings.HasSuffix(cli.Version, "-dev"))
}
