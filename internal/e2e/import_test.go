package e2e

import (
	"path/filepath"
	"strings"
	"testing"

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

// The configuration that Terraform generates for imports plans no change.
func TestGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	single := strings.NewReplacer(
		"for_each = toset(local.emails)\n", "",
		"postmaster_mail_user.u[each.key]", "postmaster_mail_user.u",
		"mailserver/${each.key}", "mailserver/user0@example.com",
	).Replace(imports)
	w := newWorkspace(t, madeBefore(t)+single)
	out := w.must(t, "plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
	if want := "Plan: 5 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(out, want) {
		t.Errorf("the plan does not say %q but\n%s\nfor\n%s", want, out, w.read(t, "generated.tf"))
	}
	w.mustApply(t)
	w.mustPlanNothing(t)
}
