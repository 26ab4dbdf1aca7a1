package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

const (
	checkedDomains = 300
	// mostCheckQuestions is for one domain without connections to its hosts.
	mostCheckQuestions = 60
	checkGoal          = 30 * time.Second
)

// checkWorld is a number of domains with records for mail, each of which is checked. The resolver
// takes as long for an answer as services take for a call.
var checkWorld = &world{
	slowDNS: true,
	objects: checkedDomains,
	prepare: func(_ context.Context, box *sandbox.Sandbox) error {
		for d := range checkedDomains {
			apex := fmt.Sprintf("domain-%d.example", d)
			if err := box.AddZones(map[string]string{apex: dns.HostUnknown}); err != nil {
				return err
			}
			if err := box.PutZone(apex, []string{
				"@ IN MX 10 mail", "@ IN MX 20 backup", "mail IN A 192.0.2.25", "backup IN A 198.51.100.25",
				`@ IN TXT "v=spf1 mx include:spf.domain-0.example -all"`, `spf IN TXT "v=spf1 ip4:203.0.113.0/24 -all"`,
				`s1._domainkey IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`,
				`_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@domain-0.example"`, `_mta-sts IN TXT "v=STSv1; id=1"`,
				`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@domain-0.example"`, "_imaps._tcp IN SRV 0 1 993 mail",
			}); err != nil {
				return err
			}
		}
		return nil
	},
	configuration: func(at address) string {
		return checkLocals + fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%q]
}

data "postmaster_domain_check" "all" {
  for_each = local.domains

  domain           = each.key
  selectors        = ["s1"]
  allowed_networks = ["192.0.2.0/24", "198.51.100.0/24"]
  connect          = false
}

resource "terraform_data" "done" {
  input = length(local.domains)
}
`, at.dns)
	},
	floor: checkLocals + `
resource "terraform_data" "all" {
  for_each = local.domains

  input = each.key
}
`,
}

var checkLocals = fmt.Sprintf(`
locals {
  domains = toset([for d in range(%d) : "domain-${d}.example"])
}
`, checkedDomains)

// slowDNS is a resolver that passes questions on after the latency of a service, and counts them.
func (l *live) slowDNS(behind string) (addr string, err error) {
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &miekg.Server{PacketConn: packets, UDPSize: miekg.DefaultMsgSize, Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, question *miekg.Msg) {
		l.calls.add("DNS " + strings.ToUpper(miekg.Type(question.Question[0].Qtype).String()))
		time.Sleep(latency)
		client := miekg.Client{UDPSize: miekg.DefaultMsgSize, Timeout: 5 * time.Second}
		answer, _, err := client.Exchange(question, behind)
		if err != nil {
			answer = new(miekg.Msg).SetRcode(question, miekg.RcodeServerFailure)
		}
		_ = w.WriteMsg(answer) // the client may have gone
	})}
	l.resolver = server
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() { _ = server.ActivateAndServe() }()
	<-started
	return packets.LocalAddr().String(), nil
}
