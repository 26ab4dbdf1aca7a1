package e2e

import (
	"context"
	"fmt"

	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// With SendGrid's automatic security, the keys of the records are known at plan. So for_each can
// use them for the records of any provider.
func TestSenderRecordsFeedForEach(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, world.SandboxBlock(filepath.Join(t.TempDir(), "sandbox.json"), "")+`
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
}
resource "terraform_data" "record" {
  for_each = postmaster_sender_domain.s.dns_records
  input    = "${each.value.name} ${each.value.type} ${each.value.value}"
}
output "records" {
  value = [for r in terraform_data.record : r.output]
}
`)
	w.mustApply(t)
	w.mustPlanNothing(t)
}

// Ctrl-C ends the wait for a verification at once. The domain is in the state as it is, and the
// next apply continues. Until then the log shows progress, and no API key.
func TestInterruptedVerification(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	resolver, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%q]
}
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
}
resource "postmaster_domain_verification" "v" {
  domain_id = postmaster_sender_domain.s.id
}
`, resolver))
	w.Setenv("SENDGRID_API_KEY", sendgridsim.Key)
	w.Setenv("SENDGRID_BASE_URL", strings.TrimSuffix(s.URL, mailserversim.Section)+sendgridsim.Section)
	w.Setenv("TF_LOG", "trace")
	w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "trace.log"))

	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var once sync.Once
	asked := make(chan struct{})
	s.OnCall(func(call string) {
		if strings.HasSuffix(call, "/validate") {
			once.Do(func() { close(asked) })
		}
	})
	process, err := w.Start(ctx, "apply", "-auto-approve", "-no-color", "-input=false")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(2 * time.Minute):
		t.Error("SendGrid was not asked to verify the domain")
	}
	interrupted := time.Now()
	interrupt()
	_, err = process.Wait()
	if err == nil || !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(output(err), "│", " ")), " "), "for SendGrid to verify example.com; the next apply goes on") {
		t.Fatalf("the apply ended with\n%s", output(err))
	}
	if took := time.Since(interrupted); took > 15*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if got := strings.Fields(w.addresses(t)); len(got) != 1 || got[0] != "postmaster_sender_domain.s" {
		t.Errorf("the state holds %q", got)
	}
	if state := w.read(t, "terraform.tfstate"); strings.Contains(state, "tainted") {
		t.Error("the domain is tainted")
	}
	log := w.read(t, "trace.log")
	if !strings.Contains(log, "Waiting for SendGrid to verify a domain") {
		t.Error("the log does not tell of the wait")
	}
	if strings.Contains(log, sendgridsim.Key) {
		t.Error("the API key is in the log")
	}
}
