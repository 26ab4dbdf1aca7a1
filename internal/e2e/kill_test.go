package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailserver"
	sandboxmail "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

const killConfig = `
locals {
  domains = toset(["example.com", "example.org"])
  users   = { for pair in setproduct(local.domains, ["alice", "bob"]) : "${pair[1]}@${pair[0]}" => pair }
}

resource "postmaster_mail_domain" "d" {
  for_each      = local.domains
  domain        = each.key
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "u" {
  for_each            = local.users
  mail_domain_id      = postmaster_mail_domain.d[each.value[0]].id
  local_part          = each.value[1]
  password_wo         = "battery staple"
  password_wo_version = 1
  force_destroy       = true
}

resource "postmaster_dkim_key" "k" {
  for_each       = local.domains
  mail_domain_id = postmaster_mail_domain.d[each.key].id
}
`

// killMoments are after how many calls that the server has carried out, but whose
// answer has not left it, the provider and Terraform are killed. An uninterrupted
// apply makes at least twelve.
var killMoments = []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 12}

// A power cut in the middle of an apply: whatever was made and not remembered is
// named by the next apply with its import id, and nothing is made twice.
func TestKilledApply(t *testing.T) {
	for _, moment := range killMoments {
		t.Run(fmt.Sprintf("call %d", moment), func(t *testing.T) {
			t.Parallel()
			s := startMailServer(t)
			w := newWorkspace(t, s.provider(t)+killConfig)
			killAfter(t, s, w, moment)
			published := publishKeys(t, s)

			finish(t, w)
			w.mustPlanNothing(t)

			state := stateOf(t, s.file)
			var domains, emails []string
			for _, d := range state.Domains {
				domains = append(domains, d.Name)
			}
			for _, a := range state.Accounts {
				emails = append(emails, a.Email)
			}
			slices.Sort(domains)
			slices.Sort(emails)
			if want := []string{"example.com", "example.org"}; !slices.Equal(domains, want) {
				t.Errorf("the server has the domains %q", domains)
			}
			if want := []string{"alice@example.com", "alice@example.org", "bob@example.com", "bob@example.org", "postmaster@example.com", "postmaster@example.org"}; !slices.Equal(emails, want) {
				t.Errorf("the server has the accounts %q", emails)
			}
			for domain, before := range published {
				if after := keyInForce(t, s, domain); after != before {
					t.Errorf("the published DKIM key of %s has been replaced", domain)
				}
			}
		})
	}
}

// killAfter runs an apply and kills it, provider included, once the server has
// carried out so many calls.
func killAfter(t *testing.T, s *mailServer, w *workspace, calls int) {
	t.Helper()
	var process *terraformcli.Process
	started := make(chan struct{})
	var n atomic.Int32
	s.onCall(func(string) {
		if int(n.Add(1)) == calls {
			<-started
			if err := process.Kill(); err != nil {
				t.Error(err)
			}
		}
	})
	var err error
	process, err = w.Start(t.Context(), "apply", "-auto-approve", "-no-color", "-input=false")
	if err != nil {
		t.Fatal(err)
	}
	close(started)
	if _, err := process.Wait(); err == nil {
		t.Fatalf("the apply ended before call %d", calls)
	}
	s.onCall(nil)
}

// publishKeys puts the keys that the server has by now into the DNS, as whoever
// reads them off its console may have done.
func publishKeys(t *testing.T, s *mailServer) map[string]string {
	t.Helper()
	published := map[string]string{}
	for _, domain := range []string{"example.com", "example.org"} {
		text := keyInForce(t, s, domain)
		if text == "" {
			continue
		}
		published[domain] = text
		record, err := mailrecord.ParseZoneText(text)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, part := range mailrecord.SplitTXT(record.Text) {
			parts = append(parts, mailrecord.QuoteTXT(part))
		}
		if err := s.PutZone(domain, []string{"mail._domainkey 300 IN TXT " + strings.Join(parts, " ")}); err != nil {
			t.Fatal(err)
		}
	}
	return published
}

// keyInForce is the zone-file text of the key that the server signs a domain's
// mail with, empty if there is none.
func keyInForce(t *testing.T, s *mailServer, domain string) string {
	t.Helper()
	u, err := api.ParseBaseURL(s.url, false)
	if err != nil {
		t.Fatal(err)
	}
	client := mailserver.New(mailserver.Config{URL: u, Username: sandboxmail.Username, Password: sandboxmail.Password})
	export, err := client.ExportDomain(t.Context(), domain)
	if err != nil {
		return "" // no such domain yet
	}
	return export.DKIMPublic
}

var importID = regexp.MustCompile(`to = (postmaster_[a-z_]+)\.NAME[^\n]*\n[^\n]*id = "mailserver/([^"]+)"`)

// finish applies until it succeeds, writing the import blocks that it asks for as
// a person would.
func finish(t *testing.T, w *workspace) {
	t.Helper()
	labels := map[string]string{"postmaster_mail_domain": "d", "postmaster_mail_user": "u", "postmaster_dkim_key": "k"}
	blocks := map[string]bool{}
	for range 4 {
		out, ok := w.apply(t)
		if ok {
			return
		}
		found := importID.FindAllStringSubmatch(strings.ReplaceAll(out, "│", ""), -1)
		if len(found) == 0 {
			t.Fatalf("the apply failed and names nothing to import:\n%s", out)
		}
		for _, m := range found {
			blocks[fmt.Sprintf("import {\n  to = %s.%s[%q]\n  id = %q\n}\n", m[1], labels[m[1]], m[2], "mailserver/"+m[2])] = true
		}
		var text strings.Builder
		for block := range blocks {
			text.WriteString(block)
		}
		w.write(t, "imports.tf", text.String())
	}
	out, ok := w.apply(t)
	if !ok {
		t.Fatalf("the apply still fails after its imports:\n%s", out)
	}
}
