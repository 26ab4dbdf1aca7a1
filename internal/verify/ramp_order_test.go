package verify_test

import (
	"net"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// rampSPF publishes the SPF record in the configuration of the guide.
const rampSPF = `
variable "spf" {
  type = string
}
resource "postmaster_dns_records" "spf" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { spf = { name = local.domain, type = "TXT", value = var.spf } }
}
`

// What the guide says about a policy and records that change in the same apply, and about name servers
// that do not answer.
func TestDMARCRampOrder(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/guides/dmarc-ramp/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	_, ramp, _ := strings.Cut(string(text), "provider \"postmaster\" {}\n")
	const only = "  only      = [\"spf_*\", \"dkim_*\", \"dmarc_*\"]\n"
	after := strings.Replace(ramp, only, only+"  depends_on = [postmaster_dns_records.spf]\n", 1)
	if after == ramp {
		t.Fatal("the data source of the guide has another form")
	}
	w := world.NewHasty(t)
	server, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	// What fails of the names: nothing, those with this text, or all.
	var lost atomic.Value
	lost.Store("none of them")
	deaf := resolverWithout(t, server, func(name string) bool { return strings.Contains(name, lost.Load().(string)) })
	hasten := w.Adjust
	w.Adjust = func(run *kit.Run) {
		hasten(run)
		run.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{deaf}, AuthorityAddr: func(string) (string, bool) { return deaf, true }, Timeout: 2 * time.Second}))
	}
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, dns.Record{Name: "mail._domainkey.example.com", Type: "TXT", TTL: 300, Value: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="})
	const good, bad = "v=spf1 ip4:192.0.2.25 -all", "v=spf1 include:gone.example.org -all"
	step := func(configuration, policy, spf, without string, refused *regexp.Regexp) resource.TestStep {
		return resource.TestStep{Config: w.Provider() + configuration + rampSPF, ExpectError: refused, PreConfig: func() { lost.Store(without) },
			ConfigVariables: config.Variables{"dmarc_policy": config.StringVariable(policy), "spf": config.StringVariable(spf)}}
	}
	published := func(policy, spf string, next resource.TestStep) resource.TestStep {
		then := next.PreConfig
		next.PreConfig = func() {
			t.Helper()
			records := somebody.Read(t)
			if got := somebody.Only(t, records, "_dmarc.example.com", "TXT").Value; !strings.Contains(got, "p="+policy+";") {
				t.Errorf("the policy is %q, want %s", got, policy)
			}
			if got := somebody.Only(t, records, "example.com", "TXT").Value; got != spf {
				t.Errorf("the SPF record is %q, want %q", got, spf)
			}
			then()
		}
		return next
	}
	const all, nothing, keys = ".", "none of them", "_domainkey"
	w.Run(t,
		step(ramp, "none", good, nothing, nil),
		// The check looks before the apply. So it does not see what the same apply breaks or mends.
		published("none", good, step(ramp, "quarantine", bad, nothing, nil)),
		published("quarantine", bad, step(ramp, "reject", good, nothing, world.SayingInTurn("does not become reject", "spf_include (fail)"))),
		// With nobody to ask, each plan of a stricter policy is refused, even if nothing changes.
		published("quarantine", bad, step(ramp, "quarantine", bad, all, world.SayingInTurn("policy in force could not be seen", "dmarc_present (unknown)"))),
		// If it depends on the records, it looks when they have been written.
		published("quarantine", bad, step(after, "reject", good, nothing, nil)),
		published("reject", good, step(after, "none", good, nothing, nil)),
		published("none", good, step(after, "quarantine", bad, nothing, world.SayingInTurn("does not become quarantine", "spf_include (fail)"))),
		// A check that could not look is as good as one that fails.
		published("none", bad, step(after, "quarantine", good, keys, world.SayingInTurn("does not become quarantine", "dkim_present (unknown)"))),
	)
}

// resolverWithout is a DNS server that asks another one, and that does not know about some names.
func resolverWithout(t *testing.T, server string, lost func(name string) bool) (address string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answering := &miekg.Server{PacketConn: conn, Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, query *miekg.Msg) {
		failed := new(miekg.Msg).SetRcode(query, miekg.RcodeServerFailure)
		answer := failed
		if !lost(query.Question[0].Name) {
			if got, _, err := (&miekg.Client{Net: "tcp"}).Exchange(query, server); err == nil {
				answer = got
			}
		}
		w.WriteMsg(answer) //nolint:errcheck // the client would notice
	})}
	ended := make(chan error, 1)
	go func() { ended <- answering.ActivateAndServe() }()
	t.Cleanup(func() {
		if err := answering.Shutdown(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return conn.LocalAddr().String()
}
