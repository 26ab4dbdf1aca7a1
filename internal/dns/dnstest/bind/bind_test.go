package bind

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func TestServesZones(t *testing.T) {
	began := time.Now()
	s := Start(t,
		Zone{Apex: "plain.example", Records: []string{`www IN A 192.0.2.1`}},
		Zone{Apex: "signed.example", Kind: Signed},
		Zone{Apex: "inline.example", Kind: InlineSigned},
	)
	t.Logf("started in %s", time.Since(began))
	client := dns.Client{Net: "tcp", TsigSecret: map[string]string{dns.Fqdn(s.Updater.Name): s.Updater.Secret}}
	for _, apex := range []string{"plain.example.", "signed.example.", "inline.example."} {
		rr, err := dns.NewRR(`new.` + apex + ` 60 IN TXT "hello"`)
		if err != nil {
			t.Fatal(err)
		}
		update := new(dns.Msg).SetUpdate(apex)
		update.Insert([]dns.RR{rr})
		update.SetTsig(dns.Fqdn(s.Updater.Name), dns.HmacSHA256, 300, time.Now().Unix())
		reply, _, err := client.Exchange(update, s.Addr())
		if err != nil || reply.Rcode != dns.RcodeSuccess {
			t.Errorf("%s: %v, %v", apex, reply, err)
		}
	}
	reply, _, err := client.Exchange(new(dns.Msg).SetQuestion("www.plain.example.", dns.TypeA), s.Addr())
	if err != nil || len(reply.Answer) != 1 || !strings.HasSuffix(reply.Answer[0].String(), "192.0.2.1") {
		t.Errorf("www: %v, %v", reply, err)
	}
}
