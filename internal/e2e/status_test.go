package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const statusPassword, statusHash = "Correct-Horse-Battery-7", "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"

const statusConfig = `
provider "postmaster" {
  sandbox = {}
}
variable "hash" {
  type      = string
  sensitive = true
  default   = "` + statusHash + `"
}
resource "postmaster_mail_domain" "d" {
  service       = "mailserver"
  domain        = "example.com"
  mx_hostname   = "mail.example.com"
  force_destroy = true
  first_account = { password = "` + statusPassword + `" }
}
resource "postmaster_mail_user" "anna" {
  mail_domain_id = postmaster_mail_domain.d.id
  local_part     = "anna"
  password_hash  = var.hash
  force_destroy  = true
}
resource "postmaster_dkim_key" "d" {
  mail_domain_id = postmaster_mail_domain.d.id
  keepers        = { since = "2026-03-01", why = "` + statusPassword + `" }
}
resource "postmaster_dns_authorization" "d" {
  domain = "example.com"
}
resource "postmaster_dns_records" "d" {
  dns_authorization_id = postmaster_dns_authorization.d.id
  records              = merge(postmaster_mail_domain.d.dns_records, postmaster_dkim_key.d.dns_records)
}
output "password" {
  value     = "` + statusPassword + `"
  sensitive = true
}
`

// program runs the built program like a person, in the folder of the configuration.
func (w *workspace) program(t *testing.T, in string, arguments ...string) (exit int, out, errs string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), installation.Binary, arguments...)
	command.Dir, command.Stdin = w.Dir, strings.NewReader(in)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// The command status reads what the real Terraform writes, of a state and of a plan.
func TestAccStatus(t *testing.T) {
	w := newWorkspace(t, statusConfig)
	w.must(t, "apply", "-auto-approve", "-no-color")
	w.must(t, "plan", "-no-color", "-out=tfplan")
	state, plan := w.must(t, "show", "-json", "-no-color"), w.must(t, "show", "-json", "-no-color", "tfplan")
	if !strings.Contains(state, statusPassword) || !strings.Contains(plan, statusHash) {
		t.Fatal("the state and the plan hold no secrets that a report could show")
	}
	box := filepath.Join(".postmaster", "sandbox.json")
	for name, text := range map[string]string{"state": state, "plan": plan} {
		for format, want := range map[string][]string{
			"table":    {"example.com   mailserver   2 ", "mail RSA 2048", "cloudflare", "✓✓✓"},
			"markdown": {"✅✅✅", "since 2026-03-01"},
			"json":     {`"mailboxes": 2`, `"presence": "seen"`},
			"html":     {"since 2026-03-01", "<title>Mail domains</title>"},
		} {
			exit, out, errs := w.program(t, text, "status", "--sandbox", box, "--only", "mx,spf,dkim", "--format", format)
			if exit != 0 || errs != "" {
				t.Errorf("%s of a %s: exit code %d\n%s%s", format, name, exit, out, errs)
			}
			for _, part := range want {
				if !strings.Contains(out, part) {
					t.Errorf("%s of a %s lacks %q:\n%s", format, name, part, out)
				}
			}
			for _, secret := range []string{statusPassword, statusHash, "anna"} {
				if strings.Contains(out, secret) {
					t.Errorf("%s of a %s shows %s", format, name, secret)
				}
			}
		}
	}
	// After a destroy, the records of the old state are missing.
	w.must(t, "destroy", "-auto-approve", "-no-color")
	exit, out, errs := w.program(t, state, "status", "--sandbox", box, "--records-only")
	if exit != 1 || !strings.Contains(out, "✗✗✗") || errs != "" {
		t.Errorf("after the destroy: exit code %d\n%s%s", exit, out, errs)
	}
}

// A person who starts the program without arguments learns what it is for; Terraform starts it as
// before, as all other tests show.
func TestAccProgramWithoutArguments(t *testing.T) {
	w := newWorkspace(t, "")
	exit, out, errs := w.program(t, "")
	if exit != 1 || out != "" || !strings.Contains(errs, "terraform-provider-postmaster check example.com") {
		t.Errorf("exit code %d\n%s%s", exit, out, errs)
	}
}
