package sandbox_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

const host = "mail.example.com"

// withCertificate returns a sandbox whose mail server has a certificate for the host, and a
// configuration with which clients verify it.
func withCertificate(t *testing.T) (*sandbox.Sandbox, *tls.Config) {
	t.Helper()
	s := open(t, sandbox.Options{})
	err := s.SetConditions("mailserver", fault.Conditions{Settings: map[string]string{mailserversim.SettingCertificateDelay: "0s"}})
	if err != nil {
		t.Fatal(err)
	}
	m := logIn(t, &http.Client{Transport: s.Transport()}, s.BaseURL("mailserver"))
	if answer, err := m.call("POST", "/ssl/letsencrypt/install", url.Values{"hostname": {host}}); err != nil || !strings.Contains(answer, "true") {
		t.Fatalf("asking for a certificate: %s, %v", answer, err)
	}
	roots, err := s.RootCAs()
	if err != nil {
		t.Fatal(err)
	}
	return s, &tls.Config{RootCAs: roots, ServerName: host}
}

func dial(t *testing.T, s *sandbox.Sandbox, port string) net.Conn {
	t.Helper()
	conn, err := s.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // most are closed by then
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestHTTPSOfHosts(t *testing.T) {
	s, config := withCertificate(t)
	for _, address := range []string{host, host + ":8443"} {
		client := &http.Client{Transport: &http.Transport{DialContext: s.DialContext, TLSClientConfig: config, DisableKeepAlives: true}}
		response, err := client.Get("https://" + address + "/")
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close() //nolint:errcheck // read to its end
		if err != nil || response.StatusCode != 200 || !strings.Contains(string(body), "simulated host") {
			t.Errorf("%s: %d %q, %v", address, response.StatusCode, body, err)
		}
		if absent, err := client.Get("https://" + address + "/.well-known/mta-sts.txt"); err != nil || absent.StatusCode != 404 {
			t.Errorf("%s has a file that nobody has put there: %v, %v", address, absent, err)
		}
		if chain := response.TLS.PeerCertificates; len(chain) != 2 || chain[0].DNSNames[0] != host {
			t.Errorf("%s: %d certificates", address, len(chain))
		}
	}
	// Another host of the same server has a certificate of no trusted authority.
	conn := tls.Client(dial(t, s, "443"), &tls.Config{RootCAs: config.RootCAs, ServerName: "other.example.com"})
	var untrusted *tls.CertificateVerificationError
	if err := conn.Handshake(); !errors.As(err, &untrusted) {
		t.Errorf("another host: %v, want a certificate that is not trusted", err)
	}
}

func TestSMTPOfHosts(t *testing.T) {
	s, config := withCertificate(t)
	for _, port := range []string{"25", "587", "smtp", "2525"} {
		client, err := smtp.NewClient(dial(t, s, port), host)
		if err != nil {
			t.Fatalf("port %s: %v", port, err)
		}
		if ok, _ := client.Extension("STARTTLS"); !ok {
			t.Errorf("port %s: no STARTTLS is offered", port)
		}
		var refused *textproto.Error
		if err := client.Mail("alice@example.com"); !errors.As(err, &refused) || refused.Code != 530 {
			t.Errorf("port %s: mail without TLS: %v, want 530", port, err)
		}
		if err := client.StartTLS(config); err != nil {
			t.Fatalf("port %s: %v", port, err)
		}
		state, ok := client.TLSConnectionState()
		if !ok || state.PeerCertificates[0].DNSNames[0] != host {
			t.Errorf("port %s: not the host's certificate", port)
		}
		if ok, _ := client.Extension("STARTTLS"); ok {
			t.Errorf("port %s: STARTTLS is offered within TLS", port)
		}
		if err := client.Noop(); err != nil {
			t.Errorf("port %s: %v", port, err)
		}
		if err := client.Mail("alice@example.com"); !errors.As(err, &refused) || refused.Code != 502 {
			t.Errorf("port %s: mail: %v, want 502", port, err)
		}
		if err := client.Quit(); err != nil {
			t.Errorf("port %s: %v", port, err)
		}
	}
	client, err := smtp.NewClient(tls.Client(dial(t, s, "465"), config), host)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := client.Extension("8BITMIME"); !ok {
		t.Error("port 465: no answer to EHLO")
	}
	if err := client.Quit(); err != nil {
		t.Error(err)
	}
}

// dialogue sends lines and compares the answers with the given prefixes.
func dialogue(t *testing.T, conn net.Conn, exchanges [][2]string) *textproto.Conn {
	t.Helper()
	text := textproto.NewConn(conn)
	for _, e := range exchanges {
		if e[0] != "" {
			if err := text.PrintfLine("%s", e[0]); err != nil {
				t.Fatal(err)
			}
		}
		for want := range strings.SplitSeq(e[1], "\n") {
			if got, err := text.ReadLine(); err != nil || !strings.HasPrefix(got, want) {
				t.Fatalf("to %q: %q, %v; want %q", e[0], got, err, want)
			}
		}
	}
	return text
}

func TestSMTPDialogue(t *testing.T) {
	s, _ := withCertificate(t)
	dialogue(t, dial(t, s, "25"), [][2]string{
		{"", "220 "},
		{"HELO me", "250 "},
		{"RSET", "250 "},
		{"ehlo me", "250-\n250-STARTTLS\n250 "},
		{"STARTTLS now", "501 "},
		{"AUTH PLAIN", "530 "},
		{"EXPN", "500 "},
		{"QUIT", "221 "},
	})
	secured := tls.Client(dial(t, s, "465"), &tls.Config{InsecureSkipVerify: true})
	dialogue(t, secured, [][2]string{{"", "220 "}, {"STARTTLS", "503 "}, {"QUIT", "221 "}})
}

func TestIMAPOfHosts(t *testing.T) {
	s, config := withCertificate(t)
	plain := dial(t, s, "143")
	dialogue(t, plain, [][2]string{
		{"", "* OK [CAPABILITY IMAP4rev2 IMAP4rev1 STARTTLS LOGINDISABLED]"},
		{"a1 capability", "* CAPABILITY IMAP4rev2 IMAP4rev1 STARTTLS LOGINDISABLED\na1 OK"},
		{"a2 LOGIN alice secret", "a2 NO [PRIVACYREQUIRED]"},
		{"a3 SELECT INBOX", "a3 BAD"},
		{"a4 NOOP", "a4 OK"},
		{"a5 STARTTLS", "a5 OK"},
	})
	secured := tls.Client(plain, config)
	end := [][2]string{
		{"b1 CAPABILITY", "* CAPABILITY IMAP4rev2 IMAP4rev1 AUTH=PLAIN\nb1 OK"},
		{"b2 STARTTLS", "b2 BAD"},
		{"b3 LOGIN alice secret", "b3 NO [AUTHENTICATIONFAILED]"},
		{"b4 LOGOUT", "* BYE\nb4 OK"},
	}
	text := dialogue(t, secured, end)
	if rest, err := io.ReadAll(text.R); err != nil || len(rest) > 0 {
		t.Errorf("after LOGOUT: %q, %v; want TLS closed in order", rest, err)
	}
	dialogue(t, tls.Client(dial(t, s, "993"), config), append([][2]string{{"", "* OK [CAPABILITY IMAP4rev2 IMAP4rev1 AUTH=PLAIN]"}}, end...))
}

func TestPlainTextBeforeTLSEndsTheSession(t *testing.T) {
	s, _ := withCertificate(t)
	for port, command := range map[string]string{"25": "STARTTLS\r\nNOOP\r\n", "143": "a STARTTLS\r\nb NOOP\r\n"} {
		conn := dial(t, s, port)
		lines := bufio.NewReader(conn)
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, command); err != nil {
			t.Fatal(err)
		}
		if _, err := lines.ReadString('\n'); err != nil { // the answer to STARTTLS
			t.Fatal(err)
		}
		if rest, err := lines.ReadString('\n'); rest != "" || err == nil {
			t.Errorf("port %s: %q, %v; want the connection closed", port, rest, err)
		}
	}
}

func TestLongLineEndsTheSession(t *testing.T) {
	s, _ := withCertificate(t)
	conn := dial(t, s, "25")
	if _, err := io.WriteString(conn, strings.Repeat("x", sandbox.LineLimit+1)); err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(conn)
	if strings.Count(string(content), "\n") > 1 {
		t.Errorf("%q, %v; want the greeting and the end", content, err)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the session goes on")
	}
}

func TestBrokenCertificateFailsTheHandshake(t *testing.T) {
	broken := sandbox.Simulation{Service: nothing{}, Certificate: func(string) (*tls.Certificate, error) { return nil, errors.New("garbage was uploaded") }}
	s := open(t, sandbox.Options{Services: []sandbox.Simulate{func(sandbox.Env) sandbox.Simulation { return broken }}})
	for _, port := range []string{"443", "993"} {
		conn := tls.Client(dial(t, s, port), &tls.Config{InsecureSkipVerify: true})
		if err := conn.Handshake(); err == nil || !strings.Contains(err.Error(), "internal error") {
			t.Errorf("port %s: %v, want an alert", port, err)
		}
	}
	client, err := smtp.NewClient(dial(t, s, "25"), host)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.StartTLS(&tls.Config{InsecureSkipVerify: true}); err == nil {
		t.Error("STARTTLS succeeded")
	}
}

func TestDialContextRefusals(t *testing.T) {
	s := open(t, sandbox.Options{})
	for _, c := range [][2]string{{"udp", host + ":443"}, {"tcp", host}, {"tcp", host + ":nonsense"}} {
		if conn, err := s.DialContext(t.Context(), c[0], c[1]); err == nil {
			conn.Close() //nolint:errcheck // there should be none
			t.Errorf("%s %s was dialed", c[0], c[1])
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if conn, err := s.DialContext(ended, "tcp", host+":443"); err == nil {
		conn.Close() //nolint:errcheck // there should be none
		t.Error("dialed in a context that has ended")
	}
}

// fetchRoots gets the authority's certificate as a client in another process does.
func fetchRoots(t *testing.T, url string) *x509.CertPool {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate: %d %q", response.StatusCode, text)
	}
	return roots
}

// checkTLS checks that TLS works at an address. The certificate is the mail server's self-signed
// one, which the authority has not issued.
func checkTLS(t *testing.T, address string, roots *x509.CertPool) {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, ServerName: host})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // only the handshake matters
	if _, err := conn.ConnectionState().PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots}); err == nil {
		t.Error("the authority vouches for a self-signed certificate")
	}
}

func TestRootCAsAreServed(t *testing.T) {
	s, config := withCertificate(t)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	if roots := fetchRoots(t, server.URL+"/_sandbox/ca.pem"); !roots.Equal(config.RootCAs) {
		t.Error("the served certificate is not the one of RootCAs")
	}
}
