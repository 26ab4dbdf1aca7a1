package tlsprobe

import (
	"bufio"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
)

// exchange is the beginning of a line that the client sends, and the answer to it.
type exchange struct{ hears, says string }

// play is a host that sends a greeting, answers line by line, and then continues with secured.
func play(t *testing.T, first string, then []exchange, secured func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		conn.Write([]byte(first))
		lines := bufio.NewReader(conn)
		for _, step := range then {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			if !strings.HasPrefix(line, step.hears) || !strings.HasSuffix(line, "\r\n") {
				t.Errorf("the client says %q, want %q", line, step.hears)
			}
			conn.Write([]byte(step.says))
		}
		secured(conn)
	}
}

func TestStartTLS(t *testing.T) {
	own := serveTLS(chain(issue(t, nil, x509.Certificate{DNSNames: []string{hostname}})))
	many := strings.Repeat("250-X-SOMETHING\r\n", 100)
	for name, test := range map[string]struct {
		scheme string
		first  string
		then   []exchange
	}{
		"SMTP": {SMTP, "220 mail.example.com ESMTP\r\n", []exchange{
			{"EHLO [127.0.0.1]", "250-mail.example.com\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"}, {"STARTTLS", "220 go ahead\r\n"}}},
		"SMTP of many lines": {SMTP, "220-welcome\r\n220-to\r\n220 mail.example.com\r\n", []exchange{
			{"EHLO", "250-mail.example.com\r\n250-starttls\r\n" + many + "250 HELP\r\n"}, {"STARTTLS", "220-go\r\n220\r\n"}}},
		"SMTP with bare line feeds": {SMTP, "220 mail\n", []exchange{{"EHLO", "250-mail\n250 STARTTLS\n"}, {"STARTTLS", "220 go\n"}}},
		"IMAP": {IMAP, "* OK [CAPABILITY IMAP4rev1] ready\r\n", []exchange{
			{"a1 CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n"}, {"a2 STARTTLS", "a2 OK begin\r\n"}}},
		"IMAP with other news": {IMAP, "* ok ready\r\n", []exchange{
			{"a1 CAPABILITY", "* 3 EXISTS\r\n* capability imap4rev1 starttls\r\na1 ok done\r\n"}, {"a2 STARTTLS", "* NOTE x\r\na2 ok begin\r\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			served, err := Prober{}.Probe(t.Context(), listen(t, test.scheme, play(t, test.first, test.then, own)), hostname)
			if err != nil {
				t.Fatal(err)
			}
			if err := served.Leaf.VerifyHostname(hostname); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStartTLSFails(t *testing.T) {
	const smtp, imap = "220 mail.example.com\r\n", "* OK ready\r\n"
	offer := exchange{"EHLO", "250-mail.example.com\r\n250 STARTTLS\r\n"}
	capable := exchange{"a1", "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n"}
	for name, test := range map[string]struct {
		scheme string
		first  string
		then   []exchange
		noTLS  bool
		says   string
	}{
		"SMTP not offered":             {SMTP, smtp, []exchange{{"EHLO", "250-mail.example.com\r\n250 SIZE\r\n"}}, true, "does not offer STARTTLS"},
		"SMTP of 1982":                 {SMTP, smtp, []exchange{{"EHLO", "502 what?\r\n"}}, true, "does not offer STARTTLS"},
		"SMTP refused":                 {SMTP, smtp, []exchange{offer, {"STARTTLS", "454 4.7.0 TLS not available due to local problem\r\n"}}, true, "454 4.7.0 TLS not available"},
		"SMTP shutting down":           {SMTP, smtp, []exchange{offer, {"STARTTLS", "421 shutting down\r\n"}}, false, "421 shutting down"},
		"SMTP busy":                    {SMTP, "421 too many connections\r\n", nil, false, "421 too many connections"},
		"SMTP busy at EHLO":            {SMTP, smtp, []exchange{{"EHLO", "451 later\r\n"}}, false, "451 later"},
		"SMTP is something else":       {SMTP, "HTTP/1.1 400 Bad Request\r\n", nil, false, "does not speak SMTP"},
		"SMTP cut":                     {SMTP, "220-half a gree", nil, false, "closed the connection"},
		"SMTP line without end":        {SMTP, "220 " + strings.Repeat("x", longestLine+1), nil, false, "says more than"},
		"SMTP reply without end":       {SMTP, strings.Repeat("220-more\r\n", longestDialogue/10+10), nil, false, "says more than"},
		"SMTP something put behind it": {SMTP, smtp, []exchange{offer, {"STARTTLS", "220 go\r\n250 injected\r\n"}}, false, "sent more"},
		"IMAP not offered":             {IMAP, imap, []exchange{{"a1", "* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"}}, true, "does not offer STARTTLS"},
		"IMAP refused":                 {IMAP, imap, []exchange{capable, {"a2", "a2 NO no certificate\r\n"}}, true, "a2 NO no certificate"},
		"IMAP logged in":               {IMAP, "* PREAUTH hello\r\n", nil, true, "logged in"},
		"IMAP busy":                    {IMAP, "* BYE too many\r\n", nil, false, "* BYE too many"},
		"IMAP good-bye":                {IMAP, imap, []exchange{{"a1", "* BYE going down\r\n"}}, false, "going down"},
		"IMAP is something else":       {IMAP, "220 mail.example.com\r\n", nil, false, "does not speak IMAP"},
		"IMAP something put behind it": {IMAP, imap, []exchange{capable, {"a2", "a2 OK go\r\n* OK injected\r\n"}}, false, "sent more"},
		"IMAP empty lines":             {IMAP, "\r\n", nil, false, "does not speak IMAP"},
	} {
		t.Run(name, func(t *testing.T) {
			e := listen(t, test.scheme, play(t, test.first, test.then, func(net.Conn) {}))
			_, err := Prober{}.Probe(t.Context(), e, hostname)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want %q", err, test.says)
			}
			if errors.Is(err, ErrNoTLS) != test.noTLS {
				t.Errorf("%v: is ErrNoTLS: %t", err, !test.noTLS)
			}
		})
	}
}

func TestAddressLiteral(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1:50000":       "[192.0.2.1]",
		"[2001:db8::1]:50000":   "[IPv6:2001:db8::1]",
		"[::ffff:192.0.2.1]:25": "[192.0.2.1]",
		"[fe80::1%eth0]:25":     "[IPv6:fe80::1]",
		"pipe":                  "[127.0.0.1]",
	} {
		if got := addressLiteral(named(address)); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

type named string

func (named) Network() string  { return "tcp" }
func (n named) String() string { return string(n) }
