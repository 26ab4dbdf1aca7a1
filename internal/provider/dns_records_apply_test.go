package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// intrudingRecords are in the way of records of others, or are merged into them. What
// they lead to is the host given as an expression.
func intrudingRecords(host, more string) string {
	return recordsConfig("r", fmt.Sprintf(`
    mx    = { name = "example.com", type = "MX", value = %[1]s, priority = 10 }
    dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none; rua=mailto:reports@${%[1]s}" }
    spf   = { name = "example.com", type = "TXT", value = "v=spf1 a:${%[1]s} ~all" }`, host), more)
}

const (
	knownHost = `"mail.example.com"`
	lateHost  = `terraform_data.host.output` // not known at plan
	late      = `
resource "terraform_data" "host" {
  input = "mail.example.com"
}
`
	atAllCosts = "overwrite = true\n  replace_mx = true\n  wait_for_propagation = false"
)

// occupied is a world in which the zone example.com has what those records intrude on.
func occupied(t *testing.T) (*dnsWorld, *stranger) {
	t.Helper()
	w := newDNSWorld(t)
	newsletterZone(t, w)
	zone := w.stranger(t, "cloudflare", "example.com")
	zone.add(t, append(googleMX("example.com"), testkit.DNSRecordOf("example.com", "TXT", strangersSPF), testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=reject"))...)
	return w, zone
}

// saysOnce checks that the last apply told once, in whichever call, what the intruding
// records do to those of others.
func (w *dnsWorld) saysOnce(*terraform.State) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range []string{"The SPF record of example.com is merged", "Mail for example.com goes elsewhere", "DNS record of others replaced"} {
		said := slices.DeleteFunc(slices.Clone(w.apply.said), func(s string) bool { return !strings.Contains(s, text) })
		if len(said) != 1 {
			return fmt.Errorf("%q was said %d times; the apply said\n%s", text, len(said), strings.Join(w.apply.said, "\n"))
		}
	}
	return nil
}

// zoneCalls checks how often the last apply read zones at Cloudflare and wrote them.
func (w *dnsWorld) zoneCalls(reads, writes int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		count := func(method, end string) (n int) {
			for _, call := range w.apply.calls {
				if strings.HasPrefix(call, "cloudflare "+method+" ") && strings.HasSuffix(call, end) {
					n++
				}
			}
			return n
		}
		if r, b := count("GET", "/dns_records"), count("POST", "/dns_records/batch"); r != reads || b != writes {
			return fmt.Errorf("%d reads and %d writes of zones, want %d and %d, of the calls %q", r, b, reads, writes, w.apply.calls)
		}
		return nil
	}
}

// An apply reads a zone right before it writes it and after that, and says then what
// nobody could see at plan.
func TestApplyReadsAZoneOnceBeforeItsWrite(t *testing.T) {
	t.Parallel()
	for name, host := range map[string]string{"known at plan": knownHost, "known at apply": lateHost} {
		t.Run(name, func(t *testing.T) {
			w, zone := occupied(t)
			w.Run(t, resource.TestStep{
				Config: w.provider() + late + authorizationAt("cloudflare", "example.com") + intrudingRecords(host, atAllCosts),
				Check: resource.ComposeTestCheckFunc(w.zoneCalls(3, 1), w.saysOnce,
					zone.Holds(t, "example.com", "MX", "mail.example.com"),
					zone.Holds(t, "example.com", "TXT", "v=spf1  include:_spf.newsletter.example   a:mail.example.com -all")),
			})
		})
	}
}

// What Terraform plans first in an apply is previewed as in a plan; what that says is
// not said again when it is published.
func TestFirstChangesOfAnApplySayEverythingOnce(t *testing.T) {
	t.Parallel()
	w, _ := occupied(t)
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: authorization},
		resource.TestStep{
			PreConfig: w.forget,
			Config:    authorization + intrudingRecords(knownHost, atAllCosts),
			Check: resource.ComposeTestCheckFunc(w.zoneCalls(3, 1), w.saysOnce,
				w.warns("plan", "make way", "aspmx.l.google.com", "p=reject")),
		},
	)
}

// A conflict that nobody could see at plan is an error of the plan at apply, and nothing is
// written.
func TestConflictKnownLate(t *testing.T) {
	t.Parallel()
	w, zone := occupied(t)
	w.Run(t,
		resource.TestStep{
			Config:      w.provider() + late + authorizationAt("cloudflare", "example.com") + intrudingRecords(lateHost, "overwrite = true"),
			ExpectError: saying("set replace_mx = true"),
		},
		resource.TestStep{
			Config: w.provider(),
			Check: resource.ComposeTestCheckFunc(
				zone.Holds(t, "example.com", "MX", "aspmx.l.google.com", "alt1.aspmx.l.google.com"),
				zone.Holds(t, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject"),
				func(*terraform.State) error {
					for _, said := range w.heard() {
						if strings.HasPrefix(said, `plan error at AttributeName("records").ElementKeyString("mx")`) {
							return nil
						}
					}
					return fmt.Errorf("no error about the MX record; this was said:\n%s", strings.Join(w.heard(), "\n"))
				},
			),
		},
	)
}
