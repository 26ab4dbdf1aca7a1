package command

import (
	"net"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"
)

// resolver serves an answer to every question until the test ends. Nil is silence.
func resolver(t *testing.T, answer func(query *miekg.Msg) *miekg.Msg) (address string) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &miekg.Server{PacketConn: packets, NotifyStartedFunc: func() { close(started) }, Handler: miekg.HandlerFunc(func(out miekg.ResponseWriter, query *miekg.Msg) {
		if reply := answer(query); reply != nil {
			out.WriteMsg(reply)
		}
	})}
	go server.ActivateAndServe()
	<-started
	t.Cleanup(func() { server.Shutdown() })
	return packets.LocalAddr().String()
}

func servfail(query *miekg.Msg) *miekg.Msg {
	if query.Question[0].Name == "." {
		return new(miekg.Msg).SetReply(query)
	}
	return new(miekg.Msg).SetRcode(query, miekg.RcodeServerFailure)
}

// A check that judges only what the state or a flag says has seen nothing of the domain.
func TestWhatNeedsNoLookupIsNoSight(t *testing.T) {
	state := strings.Replace(stateOfGood, "EXTRA", `, {"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "yandex/example.org", "domain": "example.org"}}`, 1)
	mail := `{"format_version": "1.0", "values": {"root_module": {"resources": [{"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "yandex/example.org", "domain": "example.org"}}]}}}`
	for _, address := range []string{"127.0.0.1:1", resolver(t, servfail)} {
		for _, test := range []struct{ in, arguments string }{
			{state, "status"}, {mail, "status"}, {mail, "status --fail-on state"}, {state, "status --fail-on never"}, {state, "status --records-only"},
			{"", "check example.com"}, {"", "check example.com --helo localhost --sender 192.0.2.25"},
		} {
			got := call(test.in, append(strings.Fields(test.arguments), "--resolver", address, "--dns-only", "--timeout", "20s")...)
			if got.exit != exitNotRun || !strings.Contains(got.err, "nothing could be seen of") {
				t.Errorf("%s at %s: exit code %d\n%s%s", test.arguments, address, got.exit, got.out, got.err)
			}
			if strings.Contains(got.out, "✓") || strings.Contains(got.out, "all right") {
				t.Errorf("%s at %s: something is said to be all right:\n%s", test.arguments, address, got.out)
			}
			if strings.Contains(got.err, "is the network there") {
				t.Errorf("%s guesses: %s", test.arguments, got.err)
			}
		}
	}
}

// --fail-on unknown counts what could not be looked at.
func TestFailOnUnknown(t *testing.T) {
	file := sandboxFile(t, "example.com", good...) // the sandbox does not validate DNSSEC
	for arguments, want := range map[string]int{
		"--only mx,dnssec": exitFine, "--only mx,dnssec --fail-on unknown": exitFound, "--only mx --fail-on unknown": exitFine,
		"--only mx,dnssec --fail-on unknown,mx": exitFine, "--only mx,dnssec --fail-on unknown,dnssec": exitFound,
	} {
		if got := call("", append([]string{"check", "example.com", "--sandbox", file, "--dns-only"}, strings.Fields(arguments)...)...); got.exit != want {
			t.Errorf("%s: exit code %d, want %d\n%s%s", arguments, got.exit, want, got.out, got.err)
		}
	}
}

// One cause is told once, in each form and on the standard error.
func TestOneCauseIsOneBlock(t *testing.T) {
	const want = "the name servers of fail.example do not answer, or not as they should: the resolver says SERVFAIL"
	address := resolver(t, servfail)
	for at, most := range map[string]int{"127.0.0.1:1": 1, address: 2} { // that resolver does not validate either
		if got := call("", "check", "fail.example", "--resolver", at, "--dns-only", "--selector", "mail"); strings.Count(got.out, "      found ") > most {
			t.Errorf("%s: there are more than %d blocks:\n%s", at, most, got.out)
		}
	}
	state := strings.NewReplacer("EXTRA", "", "example.com", "fail.example").Replace(stateOfGood)
	for _, format := range []string{"table", "markdown", "html"} {
		for _, command := range []string{"check fail.example --selector mail", "status"} {
			got := call(state, append(strings.Fields(command), "--resolver", address, "--dns-only", "--format", format)...)
			if n := strings.Count(got.out, want); n < 1 || n > 2 || strings.Count(got.err, want) != 1 || got.exit != exitNotRun { // the page has a list for all domains and one for each
				t.Errorf("%s as %s tells the cause %d times\n%s%s", command, format, n, got.out, got.err)
			}
			if strings.Contains(got.out, "_submissions._tcp") || format == "table" && strings.Count(got.out, "\n") > 30 {
				t.Errorf("%s as %s tells each question:\n%s", command, format, got.out)
			}
		}
	}
	// A resolver that is silent until the look ends.
	got := call("", "check", "fail.example", "--resolver", resolver(t, func(*miekg.Msg) *miekg.Msg { return nil }), "--dns-only", "--timeout", "3s")
	if strings.Count(got.out, "found") != 1 || got.exit != exitNotRun {
		t.Errorf("a silent resolver:\n%s%s", got.out, got.err)
	}
	began := time.Now()
	if got = call("", "check", "fail.example", "--resolver", address, "--dns-only", "--only", "spf_single", "--timeout", "20s"); !strings.Contains(got.out, "(spf_single)") || time.Since(began) > 10*time.Second {
		t.Errorf("one check:\n%s", got.out)
	}
}

// Where no check could begin, nothing is said to be all right.
func TestNoCheckBegan(t *testing.T) {
	file := sandboxFile(t, "example.com", good...)
	for _, only := range []string{"smtp", "roles", "spf_sender", "dnsbl", "bulk_auth"} {
		for _, all := range []string{"", " --all"} {
			got := call("", strings.Fields("check example.com --sandbox "+file+" --dns-only --only "+only+all)...)
			if got.exit != exitNotRun || strings.Contains(got.out, "✓") || all == "" && !strings.Contains(got.out, "- Nothing was looked at: ") || !strings.Contains(got.err, "could begin") {
				t.Errorf("%s%s: exit code %d\n%s%s", only, all, got.exit, got.out, got.err)
			}
		}
	}
}
