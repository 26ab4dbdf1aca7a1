package verify_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// The configuration of the guide makes the DMARC policy stricter only while all checks of senders
// pass, step by step, and never weaker by itself.
func TestDMARCRamp(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/guides/dmarc-ramp/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	_, ramp, found := strings.Cut(string(text), "provider \"postmaster\" {}\n")
	if !found {
		t.Fatal("the example has no provider block")
	}
	w := world.NewHasty(t)
	hasten, deaf := w.Adjust, false
	w.Adjust = func(run *kit.Run) {
		hasten(run)
		if deaf {
			run.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{"127.0.0.1:1"}, Timeout: 100 * time.Millisecond}))
		}
	}
	hear := func(nothing bool) func() { return func() { deaf = nothing } }
	somebody := w.Stranger(t, "cloudflare", "example.com")
	key := dns.Record{Name: "mail._domainkey.example.com", Type: "TXT", TTL: 300,
		Value: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
	const good, bad, dead = "v=spf1 ip4:192.0.2.25 -all", "v=spf1 +all", "v=spf1 -all ip4:192.0.2.25"
	spf := func(text string) func() {
		return func() { somebody.Change(t, "example.com", "TXT", func(r *dns.Record) { r.Value = text }) }
	}
	step := func(policy string, before func(), refused *regexp.Regexp) resource.TestStep {
		return resource.TestStep{PreConfig: before, Config: w.Provider() + ramp, ExpectError: refused,
			ConfigVariables: config.Variables{"dmarc_policy": config.StringVariable(policy)}}
	}
	published := func(policy string) func() {
		return func() {
			t.Helper()
			want := "v=DMARC1; p=" + policy + "; rua=mailto:dmarc@example.com"
			if got := somebody.Only(t, somebody.Read(t), "_dmarc.example.com", "TXT").Value; got != want {
				t.Errorf("%q is published, want %q", got, want)
			}
		}
	}
	both := func(steps ...func()) func() {
		return func() {
			for _, step := range steps {
				step()
			}
		}
	}
	w.Run(t,
		step("quarantine", nil, world.SayingInTurn("does not become quarantine", "spf_present", "dkim_present", "dmarc_present")),
		step("none", func() { somebody.Add(t, key, dns.Record{Name: "example.com", Type: "TXT", Value: bad}) }, nil),
		step("quarantine", published("none"), world.SayingInTurn("does not become quarantine", "spf_all", "permits everybody")),
		// Warnings, such as the policy none, are no reason to refuse.
		step("quarantine", spf(dead), regexp.MustCompile(`does not become quarantine while these checks fail or\s+cannot\s+look:\s+- spf_dead_terms \(fail\): [^_]*these\s+senders\s*$`)),
		step("quarantine", both(published("none"), hear(true)), world.SayingInTurn("because the policy in force could not be seen", "dmarc_present (unknown)")),
		step("none", nil, nil),
		step("reject", both(hear(false), published("none"), spf(good)), world.Saying("becomes quarantine before it becomes reject")),
		step("quarantine", published("none"), nil),
		step("quarantine", both(published("quarantine"), spf(bad)), nil),
		step("reject", published("quarantine"), world.SayingInTurn("does not become reject", "spf_all")),
		step("reject", both(published("quarantine"), spf(good)), nil),
		step("reject", both(published("reject"), spf(bad)), nil),
		step("none", published("reject"), nil), // a person wants it so
		step("none", published("none"), nil),
	)
}
