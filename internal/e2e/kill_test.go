package e2e

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
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

// killMoments are the calls that the server has just carried out, whose answer has not left it,
// when Terraform and the provider are killed.
var killMoments = []struct {
	call string // a pattern of path.Match
	nth  int
}{
	{"GET /domains", 1}, // before anything is made
	{"POST /domains", 1},
	{"POST /domains", 2},
	{"GET /domains", 2}, // the list that proves a domain
	{"POST /users/*", 1},
	{"POST /users/*", 2},
	{"POST /users/*", 3},
	{"POST /users/*", 4},
	{"POST /dkim/add-new-domain", 1},
	{"POST /dkim/add-new-domain", 2},
}

// A power cut in the middle of an apply: whatever was made and not remembered is named by the next
// apply with its import id, and nothing is made twice.
func TestKilledApply(t *testing.T) {
	for _, moment := range killMoments {
		t.Run(fmt.Sprintf("%s %d", moment.call, moment.nth), func(t *testing.T) {
			t.Parallel()
			s := world.StartMailServer(t)
			w := newWorkspace(t, s.Provider(t)+killConfig)
			killAfter(t, s, w, moment.call, moment.nth)
			published := publishKeys(t, s)

			// What a call has just made cannot be in the state yet.
			if imports := finish(t, w); imports == 0 && strings.HasPrefix(moment.call, "POST") {
				t.Error("nothing had to be imported: the kill came too late")
			}
			w.mustPlanNothing(t)

			state := s.State(t)
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

// killAfter runs an apply and kills it, provider included, once the server has carried out the nth
// call of a kind.
func killAfter(t *testing.T, s *world.MailServer, w *workspace, call string, nth int) {
	t.Helper()
	var process *terraformcli.Process
	started := make(chan struct{})
	var n atomic.Int32
	s.OnCall(func(made string) {
		if ok, err := path.Match(call, made); err != nil {
			t.Error(err)
		} else if ok && int(n.Add(1)) == nth {
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
		t.Fatalf("the apply ended before call %d of %s", nth, call)
	}
	s.OnCall(nil)
}

// publishKeys puts the keys that the server has by now into the DNS, as whoever reads them off its
// console may have done.
func publishKeys(t *testing.T, s *world.MailServer) map[string]string {
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

// keyInForce is the zone-file text of the key that the server signs a domain's mail with, empty if
// there is none.
func keyInForce(t *testing.T, s *world.MailServer, domain string) string {
	t.Helper()
	u, err := api.ParseBaseURL(s.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	client := mailserverapi.New(mailserverapi.Config{URL: u, Username: mailserversim.Username, Password: mailserversim.Password})
	export, err := client.ExportDomain(t.Context(), domain)
	if err != nil {
		return "" // no such domain yet
	}
	return export.DKIMPublic
}

var importID = regexp.MustCompile(`to = (postmaster_[a-z_]+)\.NAME[^\n]*\n[^\n]*id = "mailserver/([^"]+)"`)

// finish applies until it succeeds, writing the imports that it asks for as a person would, and
// returns how many it took. It writes one import block for each resource: of several, Terraform
// 1.16.0 carries out only the first.
func finish(t *testing.T, w *workspace) (imports int) {
	t.Helper()
	labels := map[string]string{"postmaster_mail_domain": "d", "postmaster_mail_user": "u", "postmaster_dkim_key": "k"}
	keys := map[string][]string{} // by resource type
	for range 4 {
		out, ok := w.apply(t)
		if ok {
			return imports
		}
		found := importID.FindAllStringSubmatch(strings.ReplaceAll(out, "│", ""), -1)
		if len(found) == 0 {
			t.Fatalf("the apply failed and names nothing to import:\n%s", out)
		}
		for _, m := range found {
			if slices.Contains(keys[m[1]], m[2]) {
				t.Fatalf("the apply asks for the import of %s again:\n%s", m[2], out)
			}
			keys[m[1]] = append(keys[m[1]], m[2])
			imports++
		}
		var text strings.Builder
		for resource, keys := range keys {
			fmt.Fprintf(&text, "import {\n  for_each = toset([%s])\n  to = %s.%s[each.key]\n  id = \"mailserver/${each.key}\"\n}\n", quoted(keys), resource, labels[resource])
		}
		w.write(t, "imports.tf", text.String())
	}
	out, ok := w.apply(t)
	if !ok {
		t.Fatalf("the apply still fails after its imports:\n%s", out)
	}
	return imports
}

// quoted is a list of texts in Terraform's language, without its brackets.
func quoted(texts []string) string {
	var list []string
	for _, text := range texts {
		list = append(list, strconv.Quote(text))
	}
	return strings.Join(list, ", ")
}
