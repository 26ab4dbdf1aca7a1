package tlsprobe

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailHost is a mail server that notes what it hears after TLS has begun.
type mailHost struct {
	mu    sync.Mutex
	heard []string
}

func (h *mailHost) secured(c tls.Certificate, version uint16) func(net.Conn) {
	return func(conn net.Conn) {
		over := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS10, MaxVersion: version})
		lines := bufio.NewReader(over)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			h.mu.Lock()
			h.heard = append(h.heard, strings.TrimSpace(line))
			h.mu.Unlock()
			over.Write([]byte("250 fine\r\n"))
		}
	}
}

func TestTalkSMTP(t *testing.T) {
	own := chain(issue(t, nil, x509.Certificate{DNSNames: []string{hostname}}))
	offer := []exchange{{"EHLO [127.0.0.1]", "250-mail\r\n250 STARTTLS\r\n"}, {"STARTTLS", "220 go\r\n"}}
	prober := Prober{Now: func() time.Time { return clock }, Timeout: 2 * time.Second}
	host := &mailHost{}
	at := listen(t, SMTP, play(t, "220 mail\r\n", offer, host.secured(own, tls.VersionTLS11)))
	talk := prober.TalkSMTP(t.Context(), at.address(), hostname)
	if talk.DialError != nil || talk.Err != nil || talk.Refusal != "" || talk.NoTLS != nil || talk.HandshakeError != nil {
		t.Errorf("%+v", talk)
	}
	if talk.Version != tls.VersionTLS11 || talk.Served.Leaf == nil || !errors.Is(talk.Served.Problem, ErrUntrusted) {
		t.Errorf("%+v", talk)
	}
	if got := strings.Join(host.heard, ", "); got != "EHLO [127.0.0.1], QUIT" {
		t.Errorf("after TLS began, the host heard %q", got)
	}
	closed := listen(t, SMTP, func(net.Conn) {})
	nobody := func(conn net.Conn) {}
	for name, test := range map[string]struct {
		at     Endpoint
		step   string
		say    string
		failed func(Talk) error
	}{
		"turned away":      {listen(t, SMTP, play(t, "554 no\r\n", nil, nobody)), "greeting", "554 no", func(t Talk) error { return errors.New(t.Refusal) }},
		"turned away late": {listen(t, SMTP, play(t, "220 mail\r\n", []exchange{{"EHLO", "550 no\r\n"}, {"QUIT", ""}}, nobody)), "EHLO", "550 no", func(t Talk) error { return errors.New(t.Refusal) }},
		"no STARTTLS":      {listen(t, SMTP, play(t, "220 mail\r\n", []exchange{{"EHLO", "250 mail\r\n"}, {"QUIT", ""}}, nobody)), "EHLO", "does not offer", func(t Talk) error { return t.NoTLS }},
		"refused STARTTLS": {listen(t, SMTP, play(t, "220 mail\r\n", []exchange{{"EHLO", "250 STARTTLS\r\n"}, {"STARTTLS", "454 later\r\n"}, {"QUIT", ""}}, nobody)), "STARTTLS", "454 later", func(t Talk) error { return t.NoTLS }},
		"not SMTP":         {listen(t, SMTP, play(t, "SSH-2.0-x\r\n", nil, nobody)), "greeting", "does not speak SMTP", func(t Talk) error { return t.Err }},
		"gone":             {closed, "greeting", "closed the connection", func(t Talk) error { return t.Err }},
		"no TLS": {listen(t, SMTP, play(t, "220 mail\r\n", []exchange{offer[0], {"STARTTLS", "220 go\r\n"}}, func(conn net.Conn) {
			conn.Read(make([]byte, 1)) // so that it is not sent before TLS begins
			conn.Write([]byte("250 what\r\n"))
		})), "TLS", "", func(t Talk) error { return t.HandshakeError }},
	} {
		t.Run(name, func(t *testing.T) {
			talk := prober.TalkSMTP(t.Context(), test.at.address(), hostname)
			if err := test.failed(talk); err == nil || !strings.Contains(err.Error(), test.say) || talk.Served.Leaf != nil {
				t.Errorf("%s: %+v; want %q", test.step, talk, test.say)
			}
		})
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	if talk := prober.TalkSMTP(t.Context(), free.Addr().String(), hostname); talk.DialError == nil {
		t.Errorf("nobody listens, and the talk is %+v", talk)
	}
}
