package e2e

import (
	"path/filepath"
	"testing"
)

// With SendGrid's automatic security the keys of the records are known at plan, so
// that they feed for_each over anybody's records.
func TestSenderRecordsFeedForEach(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, sandboxProvider(filepath.Join(t.TempDir(), "sandbox.json"), "")+`
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
}
resource "terraform_data" "record" {
  for_each = postmaster_sender_domain.s.dns_records
  input    = "${each.value.name} ${each.value.type} ${each.value.value}"
}
`)
	w.mustApply(t)
	w.mustPlanNothing(t)
}
