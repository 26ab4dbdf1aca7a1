package dns_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestNewRecord(t *testing.T) {
	tests := []struct{ name, recordType, value, want string }{
		{"WWW.Example.com.", "a", " 192.0.2.1 ", "www.example.com A 192.0.2.1"},
		{"www.example.com", "AAAA", "2001:DB8:0::1", "www.example.com AAAA 2001:db8::1"},
		{"bücher.example", "CNAME", "Ziel.Bücher.example.", "xn--bcher-kva.example CNAME ziel.xn--bcher-kva.example"},
		{"example.com", "MX", "Mail.Example.net.", "example.com MX 0 mail.example.net"},
		{"example.com", "MX", ".", "example.com MX 0 ."},
		{"_dmarc.example.com", "TXT", " kept \"as\" it is ", `_dmarc.example.com TXT " kept \"as\" it is "`},
		{"*.example.com", "TXT", "", `*.example.com TXT ""`},
		{"_imaps._tcp.example.com", "SRV", "0  1 993 IMAP.example.net.", "_imaps._tcp.example.com SRV 0 1 993 imap.example.net."},
		{"example.com", "CAA", `0  issue  "ca.example.net"`, `example.com CAA 0 issue "ca.example.net"`},
		{"example.com", "CAA", `0 issue "ca.example.net; note=\"a\\b\""`, `example.com CAA 0 issue "ca.example.net; note=\"a\\b\""`},
		{"example.com", "ALIAS", "Web.Example.net.", "example.com ALIAS web.example.net"},
		{"example.com", "URL301", " https://www.example.com/A ", "example.com URL301 https://www.example.com/A"},
	}
	for _, test := range tests {
		r, err := dns.NewRecord(test.name, test.recordType, test.value)
		if err != nil || r.String() != test.want {
			t.Errorf("%s %s %q: %s, %v; want %s", test.name, test.recordType, test.value, r, err, test.want)
			continue
		}
		if again, err := dns.NewRecord(r.Name, r.Type, r.Value); err != nil || again != r {
			t.Errorf("%s: made of itself it is %s, %v", r, again, err)
		}
	}
}

func TestNewRecordRefuses(t *testing.T) {
	tests := []struct{ name, recordType, value, want string }{
		{"exa mple.com", "A", "192.0.2.1", "exa mple"},
		{"example.com", " ", "x", "no type"},
		{"s1._domainkey", "TXT", "x", `the name of the domain, such as "s1._domainkey.example.com"`},
		{"_dmarc", "TXT", "x", `such as "_dmarc.example.com"`},
		{"@", "A", "::1", `"::1" is not an address`},
		{"@", "A", "::1", "the apex of a zone"},
		{"example.com", "MX", "10 mail.example.com", `write value = "mail.example.com" and priority = 10`},
		{"example.com", "MX", "10\tmail.example.com.", `write value = "mail.example.com" and priority = 10`},
		{"www.example.com", "CNAME", "@", "the apex of a zone"},
		{"example.com", "A", "2001:db8::1", "2001:db8::1"},
		{"example.com", "AAAA", "192.0.2.1", "192.0.2.1"},
		{"example.com", "AAAA", "fe80::1%eth0", "fe80::1%eth0"},
		{"example.com", "CNAME", "https://x", "CNAME record at example.com"},
		{"example.com", "CNAME", ".", "CNAME record at example.com"},
		{"example.com", "SRV", "0 1 imap.example.net.", "presentation format"},
		{"example.com", "CAA", "0 issue \"x\"\nexample.com. A 192.0.2.1", "presentation format"},
	}
	for _, test := range tests {
		if r, err := dns.NewRecord(test.name, test.recordType, test.value); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s %q: %s, %v; want an error with %q", test.name, test.recordType, test.value, r, err, test.want)
		}
	}
}

func TestEquivalent(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{"www A 192.0.2.1", "www 900 A 192.0.2.1", true},
		{"www A 192.0.2.1", "web A 192.0.2.1", false},
		{"@ MX 10 mx", "@ MX 20 mx", false},
		{`_dmarc TXT "v=DMARC1; p=none; rua=mailto:x@example.com"`, `_dmarc TXT "v=DMARC1;rua=mailto:x@example.com;p=NONE"`, true},
		{`_dmarc TXT "v=DMARC1; p=none"`, `_dmarc TXT "v=DMARC1; p=none; t=y"`, false},
		{`@ TXT "v=DMARC1; p=none"`, `@ TXT "v=DMARC1;p=none"`, false},
		{`s._domainkey TXT "` + dkim1 + `"`, `s._domainkey TXT "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"`, true},
		{`s._domainkey TXT "` + dkim1 + `"`, `s._domainkey TXT "` + dkim2 + `"`, false},
		{`s._domainkey TXT "` + dkim1 + `"`, `s._domainkey TXT "` + dkim1 + `; t=y"`, false},
		{`s._domainkey TXT "v=DKIM1; p="`, `s._domainkey TXT "v=DKIM1;p="`, false},
		{`_mta-sts TXT "v=STSv1; id=1"`, `_mta-sts TXT "v=STSv1;id=1;"`, true},
		{`_mta-sts TXT "v=STSv1; id=1"`, `_mta-sts TXT "v=STSv1; id=2"`, false},
		{`_adsp._domainkey TXT "dkim=all"`, `_adsp._domainkey TXT "dkim = all"`, false},
	}
	for _, test := range tests {
		a, b := records(t, test.a)[0], records(t, test.b)[0]
		if dns.Equivalent(a, b) != test.same || dns.Equivalent(b, a) != test.same {
			t.Errorf("%s and %s: equivalent is not %t", a, b, test.same)
		}
	}
}

func TestLookupValues(t *testing.T) {
	answers := map[string][]string{
		"TXT example.net.":  {`example.net. 300 IN TXT "v=spf1 \"a\" " "\195\169"`},
		"MX example.net.":   {"example.net. 300 IN MX 10 MX.example.net.", "example.net. 300 IN MX 20 mx2.example.net."},
		"A mx.example.net.": {"mx.example.net. 300 IN A 192.0.2.1"}, "AAAA mx.example.net.": {"mx.example.net. 300 IN AAAA 2001:db8::1"},
		"CNAME www.example.net.": {"www.example.net. 300 IN CNAME web.example.net."},
	}
	l := dns.NewLookup(dns.LookupConfig{Resolvers: []string{resolver(t, answers)}})
	for question, want := range map[string][]string{
		"TXT example.net": {`v=spf1 "a" é`}, "MX example.net": {"mx.example.net", "mx2.example.net"},
		"A mx.example.net": {"192.0.2.1", "2001:db8::1"}, "CNAME www.example.net": {"web.example.net"}, "TXT missing.example.net": nil,
	} {
		recordType, name, _ := strings.Cut(question, " ")
		if got, err := l.Values(t.Context(), name, recordType); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", question, got, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := l.Values(ctx, "example.net", "TXT"); err == nil {
		t.Errorf("with a cancelled context: %q", got)
	}
}

// resolver answers questions from zone-file lines, on a loopback port.
func resolver(t *testing.T, answers map[string][]string) (addr string) {
	t.Helper()
	started := make(chan struct{})
	server := &miekg.Server{Addr: "127.0.0.1:0", Net: "udp", NotifyStartedFunc: func() { close(started) }}
	server.Handler = miekg.HandlerFunc(func(w miekg.ResponseWriter, query *miekg.Msg) {
		reply := new(miekg.Msg).SetReply(query)
		for _, line := range answers[miekg.Type(query.Question[0].Qtype).String()+" "+query.Question[0].Name] {
			rr, err := miekg.NewRR(line)
			if err != nil {
				t.Error(err)
			}
			reply.Answer = append(reply.Answer, rr)
		}
		if err := w.WriteMsg(reply); err != nil {
			t.Error(err)
		}
	})
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	select {
	case <-started:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return server.PacketConn.LocalAddr().String()
}

// What a host shows is decoded if possible, and otherwise kept as it is.
func TestShownRecord(t *testing.T) {
	for _, test := range []struct {
		name, recordType, value string
		want                    dns.Record
	}{
		{"WWW.Example.com.", "aaaa", "2001:DB8:0::1", dns.Record{Name: "www.example.com", Type: "AAAA", Value: "2001:db8::1"}},
		{"Odd/Name.example.com.", "A", "not an address", dns.Record{Name: "odd/name.example.com", Type: "A", Value: "not an address"}},
		{"www.example.com", "CNAME", "Odd/Name.example.net.", dns.Record{Name: "www.example.com", Type: "CNAME", Value: "Odd/Name.example.net."}},
		{"www.example.com", "URL301", " https://Example.net/ ", dns.Record{Name: "www.example.com", Type: "URL301", Value: "https://Example.net/"}},
	} {
		if got := dns.ShownRecord(test.name, test.recordType, test.value); got != test.want {
			t.Errorf("%s %s %s: %+v, want %+v", test.name, test.recordType, test.value, got, test.want)
		}
	}
}

func TestRecordFromRR(t *testing.T) {
	for line, want := range map[string]dns.Record{
		`Example.com. 300 IN TXT "v=spf1 " "-all"`:           {Name: "example.com", Type: "TXT", Value: "v=spf1 -all", TTL: 300},
		`example.com. 300 IN TXT "a \"word\" \\ \195\164"`:   {Name: "example.com", Type: "TXT", Value: `a "word" \ ä`, TTL: 300},
		`example.com. 60 IN MX 10 Mail.Example.com.`:         {Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: 10, TTL: 60},
		`example.com. 60 IN MX 0 .`:                          {Name: "example.com", Type: "MX", Value: dns.NullTarget, TTL: 60},
		`www.example.com. 60 IN CNAME .`:                     {Name: "www.example.com", Type: "CNAME", Value: ".", TTL: 60},
		`odd\/name.example.com. 60 IN A 192.0.2.1`:           {Name: `odd\/name.example.com`, Type: "A", Value: "192.0.2.1", TTL: 60},
		`_imaps._tcp.example.com. 60 IN SRV 0 1 993 IMAP.a.`: {Name: "_imaps._tcp.example.com", Type: "SRV", Value: "0 1 993 imap.a.", TTL: 60},
	} {
		rr, err := miekg.NewRR(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if got, err := dns.RecordFromRR(rr); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", line, got, err, want)
		}
	}
}
