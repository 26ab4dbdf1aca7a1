package e2e

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// refused marks the lines of a configuration where an error must be reported; no other lines may
// have errors.
const refused = "# refused"

// refusedInside marks a line inside of a nested attribute where an error must be reported. Newer
// versions of Terraform report it there, and others at the first line of the block.
const refusedInside = "# refused inside"

// unusable is invalid whatever exists; `validate` reports it without a server.
const unusable = `
resource "postmaster_mail_domain" "empty_label" {
  domain = "example..com" # refused
}
resource "postmaster_mail_domain" "one_label" {
  domain = "localhost" # refused
}
resource "postmaster_mail_domain" "address" {
  domain = "192.0.2.1" # refused
}
resource "postmaster_mail_domain" "email" {
  domain = "info@example.com" # refused
}
resource "postmaster_mail_domain" "underscore" {
  domain = "_dmarc.example.com" # refused
}
resource "postmaster_mail_domain" "space" {
  domain = "exam ple.com" # refused
}
resource "postmaster_mail_domain" "label_of_64" {
  domain = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com" # refused
}
resource "postmaster_mail_domain" "service" {
  domain  = "example.com"
  service = "post office" # refused
}
resource "postmaster_mail_domain" "mx" {
  domain      = "example.com"
  mx_hostname = "192.0.2.1" # refused
}
resource "postmaster_mail_domain" "first_account" {
  domain = "example.com"
  first_account = {
    password   = "correct horse"
    local_part = "../etc" # refused inside
  }
}
resource "postmaster_mail_domain" "first_password" {
  domain = "example.com"
  first_account = {
    local_part = "info"
    password   = "-rf" # refused inside
  }
}

resource "postmaster_mail_user" "slash" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "a/b" # refused
}
resource "postmaster_mail_user" "parent" {
  mail_domain_id = "mailserver/example.com"
  local_part     = ".." # refused
}
resource "postmaster_mail_user" "quotes" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "\"a\"" # refused
}
resource "postmaster_mail_user" "space" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "a b" # refused
}
resource "postmaster_mail_user" "of_65" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" # refused
}
resource "postmaster_mail_user" "whole_email" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "a@example.com" # refused
}
resource "postmaster_mail_user" "id" {
  mail_domain_id = "example.com" # refused
  local_part     = "alice"
}
resource "postmaster_mail_user" "password_hyphen" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"
  password       = "-secret" # refused
}
resource "postmaster_mail_user" "password_empty" {
  mail_domain_id      = "mailserver/example.com"
  local_part          = "alice"
  password_wo         = "" # refused
  password_wo_version = 1
}
resource "postmaster_mail_user" "password_unversioned" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"
  password_wo    = "correct horse" # refused
}
resource "postmaster_mail_user" "hash" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"
  password_hash  = "$2y$10$abcdefghijklmnopqrstuuN9Z0n1VnmYmUQbYQ1Vv5Vf6p1mR5m1C" # refused
}
resource "postmaster_mail_user" "two_passwords" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"
  password       = "correct horse"                      # refused
  password_hash  = "$1$abcdefgh$irWbblnpmw.5z7wgBnprh0" # refused
}

resource "postmaster_dkim_key" "id" {
  mail_domain_id = "mailserver/localhost" # refused
}
resource "postmaster_mail_domain_export" "id" {
  mail_domain_id = "postoffice/example.com" # refused
}
resource "postmaster_letsencrypt_cert" "hostname" {
  hostname = "*.example.com" # refused
}
resource "postmaster_letsencrypt_cert" "endpoint" {
  hostname = "mail.example.com"
  endpoint = "mail.example.com" # refused
}
resource "postmaster_tls_certificate" "garbage" {
  hostname                   = "mail.example.com"
  certificate_pem            = "garbage" # refused
  private_key_pem_wo         = file("mail.key")
  private_key_pem_wo_version = 1
}
resource "postmaster_tls_certificate" "hostname" {
  hostname                   = "mx.example.com"
  certificate_pem            = file("mail.pem") # refused
  private_key_pem_wo         = file("mail.key")
  private_key_pem_wo_version = 1
}
resource "postmaster_tls_certificate" "key" {
  hostname                   = "mail.example.com"
  certificate_pem            = file("mail.pem")
  private_key_pem_wo         = file("other.key") # refused
  private_key_pem_wo_version = 1
}
resource "postmaster_tls_certificate" "order" {
  hostname                   = "mail.example.com"
  certificate_pem            = "${file("other.pem")}${file("mail.pem")}" # refused
  private_key_pem_wo         = file("mail.key")
  private_key_pem_wo_version = 1
}

provider "postmaster" {
  alias = "no_scheme"
  mailserver = {
    url = "mail.example.com" # refused inside
  }
}
resource "postmaster_mail_domain" "no_scheme" {
  provider = postmaster.no_scheme
  domain   = "example.com"
}
provider "postmaster" {
  alias = "plain_http"
  mailserver = {
    url = "http://mail.example.com" # refused inside
  }
}
resource "postmaster_mail_domain" "plain_http" {
  provider = postmaster.plain_http
  domain   = "example.com"
}

# What looks odd and is fine.
resource "postmaster_mail_domain" "unicode" {
  domain = "Bücher.example."
}
resource "postmaster_mail_user" "odd" {
  mail_domain_id = "mailserver/BÜCHER.example"
  local_part     = "Alice+news"
  password       = "a-\"quoted\" pässword"
}
`

// missing is invalid because of what exists; `plan` reports it without a change.
const missing = `
resource "postmaster_mail_domain" "no_account" { # refused
  domain = "example.com"
}
resource "postmaster_mail_domain" "no_password" {
  domain        = "example.com"
  first_account = {} # refused inside
}
resource "postmaster_mail_domain" "of_51_bytes" {
  domain        = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com" # refused
  first_account = { password = "correct horse" }
}
resource "postmaster_mail_domain" "of_51_bytes_in_punycode" {
  domain        = "bücher-bücher-bücher-bücher-bücher.example.com" # refused
  first_account = { password = "correct horse" }
}
resource "postmaster_mail_user" "no_password" { # refused
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"
}
resource "postmaster_mail_domain" "of_50_bytes" {
  domain        = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com"
  first_account = { password = "correct horse" }
}
`

// validate, or else plan, reports bad input at the attribute that has it. A plan may look whether
// an object exists, and changes nothing.
func TestBadInputIsRefusedWhereItStands(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.OnCall(func(call string) {
		if !strings.HasPrefix(call, "GET ") && call != "POST /auth" {
			t.Errorf("the mail server was called: %s", call)
		}
	})
	w := newWorkspace(t, s.Provider(t)+unusable)
	for _, name := range []string{"mail", "other"} {
		certificate, key := selfSigned(t, name+".example.com")
		w.write(t, name+".pem", certificate)
		w.write(t, name+".key", key)
	}
	out, err := w.Run(t.Context(), "validate", "-json")
	if err == nil {
		t.Fatal("validate accepts all of it")
	}
	var found struct {
		Diagnostics []diagnostic `json:"diagnostics"`
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatalf("%s: %s", err, out)
	}
	w.compareRefusals(t, found.Diagnostics)

	w.write(t, "main.tf", terraformcli.RequiredProviders+s.Provider(t)+missing)
	w.must(t, "validate", "-no-color")
	out, err = w.Run(t.Context(), "plan", "-json", "-input=false")
	if err == nil {
		t.Fatal("plan accepts all of it")
	}
	var planned []diagnostic
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		var message struct {
			Diagnostic diagnostic `json:"diagnostic"`
		}
		if err := json.Unmarshal(lines.Bytes(), &message); err != nil {
			t.Fatalf("%s: %s", err, lines.Text())
		}
		planned = append(planned, message.Diagnostic)
	}
	w.compareRefusals(t, planned)
}

// diagnostic is an error or a warning in the output of -json.
type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Range    struct {
		Start struct {
			Line int `json:"line"`
		} `json:"start"`
	} `json:"range"`
}

// compareRefusals compares the marked lines of main.tf with the lines that have errors.
func (w *workspace) compareRefusals(t *testing.T, found []diagnostic) {
	t.Helper()
	errors := map[int][]string{}
	for _, d := range found {
		if d.Severity == "error" {
			errors[d.Range.Start.Line] = append(errors[d.Range.Start.Line], d.Summary+": "+d.Detail)
		}
	}
	lines := strings.Split(w.read(t, "main.tf"), "\n")
	block := 0 // the number of the first line of the block
	for i, line := range lines {
		if strings.HasSuffix(line, "{") && !strings.HasPrefix(line, " ") {
			block = i + 1
		}
		if at := errors[block]; strings.HasSuffix(line, refusedInside) && len(errors[i+1]) == 0 {
			delete(errors, block)
			errors[i+1] = at
		}
	}
	for i, line := range lines {
		said := errors[i+1]
		delete(errors, i+1)
		switch marked := strings.HasSuffix(line, refused) || strings.HasSuffix(line, refusedInside); {
		case marked && len(said) == 0:
			t.Errorf("line %d is accepted: %s", i+1, line)
		case !marked && len(said) > 0:
			t.Errorf("line %d is refused: %s\n%q", i+1, line, said)
		}
		if slices.ContainsFunc(said, func(text string) bool {
			return strings.Contains(text, "-secret") || strings.Contains(text, "abcdefghijkl")
		}) {
			t.Errorf("the error of line %d shows the password: %q", i+1, said)
		}
	}
	for _, said := range errors {
		t.Errorf("an error without a line: %q", said)
	}
}
