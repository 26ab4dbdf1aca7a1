package e2e

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// announcement is what a served sandbox prints.
type announcement struct {
	mu   sync.Mutex
	text strings.Builder
}

func (a *announcement) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.Write(p)
}

func (a *announcement) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.String()
}

// serveSandbox serves a sandbox until the test ends, and returns what it prints.
func serveSandbox(t *testing.T, file string) string {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file, RealLimits: true, LastCalls: 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var out announcement
	ended := make(chan error, 1)
	go func() { ended <- box.Serve(ctx, "127.0.0.1:0", &out) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); !regexp.MustCompile(`(?m)^control `).MatchString(out.String()); { // the last line
		if time.Now().After(deadline) {
			t.Fatalf("the sandbox prints\n%s", out.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return out.String()
}

// providerBlocks returns the provider blocks in a text.
func providerBlocks(text string) []string {
	return regexp.MustCompile(`(?ms)^    provider "postmaster" \{\n.*?^    \}\n`).FindAllString(text, -1)
}

// everyService uses each service once.
const everyService = `
resource "postmaster_mail_domain" "d" {
  service       = "mailserver"
  domain        = "example.com"
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}
data "postmaster_mail_domains" "yandex" {
  service = "yandex"
}
resource "postmaster_sender_domain" "sendgrid" {
  domain   = "example.com"
  sendgrid = {}
}
resource "postmaster_sender_domain" "octeth" {
  domain = "example.com"
  octeth = { record_type = "email-gateway" }
}
locals {
  domains = { cloudflare = "example.com", namecheap = "example.org", godaddy = "example.net", rfc2136 = "corp.example" }
}
resource "postmaster_dns_authorization" "a" {
  for_each = local.domains
  domain   = each.value
}
resource "postmaster_dns_records" "r" {
  for_each             = local.domains
  dns_authorization_id = postmaster_dns_authorization.a[each.key].id
  wait_for_propagation = false
  records = {
    text = { name = "_sandbox.${each.value}", type = "TXT", value = "hello" }
  }
}
output "hosts" {
  value = join(" ", [for a in postmaster_dns_authorization.a : a.id])
}
`

// What a served sandbox prints can be copied: the provider block as it is, and the shorter one with
// the variables.
func TestPrintedProviderBlocks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block       int
		environment bool
	}{"the block": {0, false}, "the environment": {1, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := serveSandbox(t, "")
			blocks := providerBlocks(text)
			if len(blocks) != 2 {
				t.Fatalf("there are %d blocks in\n%s", len(blocks), text)
			}
			w := newWorkspace(t, blocks[c.block]+everyService)
			for _, export := range regexp.MustCompile(`(?m)^    export (\w+)='(.*)'$`).FindAllStringSubmatch(text, -1) {
				if c.environment {
					w.Setenv(export[1], export[2])
				} else {
					w.Setenv(export[1], "")
				}
			}
			w.mustApply(t)
			w.mustPlanNothing(t)
			if hosts := w.must(t, "output", "-raw", "hosts"); hosts != "cloudflare/example.com godaddy/example.net namecheap/example.org rfc2136/corp.example" {
				t.Errorf("the zones are %s", hosts)
			}
		})
	}
}

// With a file, the first block that is printed uses the same sandbox.
func TestPrintedFileBlock(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "box", "sandbox.json")
	blocks := providerBlocks(serveSandbox(t, file))
	if len(blocks) != 3 {
		t.Fatalf("there are %d blocks: %q", len(blocks), blocks)
	}
	w := newWorkspace(t, blocks[0]+firm("example.com", "f", "", 1))
	w.mustApply(t)
	if content, err := os.ReadFile(file); err != nil || !strings.Contains(string(content), "user0@example.com") {
		t.Errorf("the file does not hold the mailbox (%v)", err)
	}
}

// A domain at a host that no service supports: the provider names the host and does not touch it.
func TestSandboxZoneElsewhere(t *testing.T) {
	t.Parallel()
	block := strings.Replace(world.SandboxBlock(filepath.Join(t.TempDir(), "sandbox.json"), ""), "sandbox = {", `sandbox = {
    zones = { "shop.example" = "ovh", "lab.example" = "unknown" }`, 1)
	w := newWorkspace(t, block+`
data "postmaster_dns_provider" "p" {
  for_each = toset(["shop.example", "lab.example"])
  domain   = each.value
}
output "found" {
  value = jsonencode({ for domain, p in data.postmaster_dns_provider.p : domain => p.name })
}
`)
	w.mustApply(t)
	if found := w.must(t, "output", "-raw", "found"); found != `{"lab.example":"unknown","shop.example":"ovh"}` {
		t.Errorf("the hosts are %s", found)
	}
	w.write(t, "authorization.tf", `
resource "postmaster_dns_authorization" "a" {
  domain = "shop.example"
}
`)
	if out, ok := w.apply(t); ok || !strings.Contains(out, "OVHcloud") {
		t.Errorf("an authorization at OVHcloud: %v\n%s", ok, out)
	}
}
