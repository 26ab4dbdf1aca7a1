package octeth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// publishedTogether are two sender domains that Octeth publishes, and records of ours that are
// published beside them, all in one zone.
const publishedTogether = `
resource "postmaster_sender_domain" "s" {
  count  = 2
  domain = "d${count.index}.example.org"
  octeth = {
    record_type          = "campaign"
    dns_authorization_id = postmaster_dns_authorization.a.id
  }
}

resource "postmaster_dns_records" "early" {
  count                = 3
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { a = { name = "early${count.index}.example.org", type = "A", value = "192.0.2.1" } }
}
`

// What Octeth publishes and what is published here take turns in a zone: neither undoes the other,
// and what is changed here is not taken for a loss.
func TestOctethPublishesBetweenOthers(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "namecheap", "example.org")
	somebody.Add(t,
		testkit.DNSRecordOf("www.example.org", "A", "192.0.2.80"),
		testkit.DNSRecordOf("example.org", "TXT", "v=spf1 mx -all"),         // is merged
		testkit.DNSRecordOf("shop.example.org", "CNAME", "old.example.net"), // is replaced
	)
	// Time passes between the reading and the writing of a zone, and Octeth's answer comes long
	// after it has written.
	if err := w.Box.SetConditions(namecheapsim.Section, fault.Conditions{
		Latency:  fault.Duration(20 * time.Millisecond),
		Settings: map[string]string{namecheapsim.SettingCallsPerMinute: "0"},
	}); err != nil {
		t.Fatal(err)
	}
	w.Under(t, fault.Conditions{Faults: []fault.Fault{{Path: "/api/v1/dns.set", Kind: fault.SlowBody, Delay: fault.Duration(40 * time.Millisecond)}}})
	// Each of the others waits for the one before: our records take three turns.
	config := w.Provider() + world.AuthorizationAt("namecheap", "example.org") + publishedTogether +
		world.RecordsConfig("spf", `spf = { name = "example.org", type = "TXT", value = "v=spf1 a:mail.example.com ~all" }`,
			"depends_on = [postmaster_dns_records.early]") +
		world.RecordsConfig("late", `shop = { name = "shop.example.org", type = "CNAME", value = "new.example.net" }`,
			"overwrite = true\n  depends_on = [postmaster_dns_records.spf]")
	w.Run(t,
		resource.TestStep{
			Config: config,
			Check: func(*terraform.State) error {
				for _, r := range [][3]string{
					{"www.example.org", "A", "192.0.2.80"},
					{"example.org", "TXT", "v=spf1 mx a:mail.example.com -all"}, {"shop.example.org", "CNAME", "new.example.net"},
					{"early0.example.org", "A", "192.0.2.1"}, {"early1.example.org", "A", "192.0.2.1"}, {"early2.example.org", "A", "192.0.2.1"},
					{"_dmarc.sl.d0.example.org", "CNAME", "dmarc.octeth.example"}, {"_dmarc.sl.d1.example.org", "CNAME", "dmarc.octeth.example"},
				} {
					if err := somebody.Holds(t, r[0], r[1], r[2])(nil); err != nil {
						return err
					}
				}
				for _, said := range w.Heard() {
					if strings.Contains(said, "gone") || strings.Contains(said, "two at the same time") {
						return fmt.Errorf("a loss is reported: %s", said)
					}
				}
				return nil
			},
		},
		resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
	)
}

// stopping stops a run as soon as Octeth is told to publish.
type stopping struct {
	next http.RoundTripper
	stop context.CancelFunc
}

// RoundTrip implements http.RoundTripper.
func (s stopping) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, dnsSet) {
		s.stop()
	}
	return s.next.RoundTrip(req)
}

// A run that is stopped while Octeth writes still learns what has come of it, and what was lost;
// one that is stopped before has nothing published.
func TestOctethPublishesInARunThatIsStopped(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t).Older(t, "5.6")
	somebody := w.Stranger(t, "namecheap", "example.org")
	somebody.Add(t, testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
	losingRecords(t, w)
	ctx, stop := context.WithCancel(t.Context())
	s := w.RunOf(w.Version)
	address, err := s.SimulatedURL(octethsim.Section, "")
	if err != nil {
		t.Fatal(err)
	}
	client := octethapi.New(octethapi.Config{URL: address, APIKey: w.APIKey, APIVersion: w.Version, Transport: stopping{w.Box.Transport(), stop}})
	p, err := octeth.NewPublication(ctx, s, client, "namecheap"+"/example.org", "example.org")
	if err != nil {
		t.Fatal(err)
	}
	written, err := p.Publish(ctx, octethapi.Campaign, nil)
	if err == nil || !strings.Contains(err.Error(), `note.example.org TXT "keep this"`) || len(written) != 5 || ctx.Err() == nil {
		t.Errorf("%v, %v; want five records and the lost one", written, err)
	}
	somebody.Add(t, testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
	if _, err := p.Publish(ctx, octethapi.Campaign, nil); err == nil || !strings.Contains(err.Error(), "before anything was written") {
		t.Errorf("%v, want the context's error", err)
	}
	if err := somebody.Holds(t, "note.example.org", "TXT", "keep this")(nil); err != nil {
		t.Error(err)
	}
}
