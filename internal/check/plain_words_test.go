package check

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whatever fails on the way, a report tells it without the words of Go's errors.
func TestReportsHaveNoGoWords(t *testing.T) {
	const mail, web = "192.0.2.25:25", "192.0.2.80:443"
	says := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			if text != "" {
				go io.Copy(io.Discard, conn)
				fmt.Fprint(conn, text)
			}
		}
	}
	for name, test := range map[string]struct {
		says string // a part of some result
		how  func(*scene)
	}{
		"refused": {"connection refused", func(s *scene) {
			s.drop("mail IN AAAA")
			s.network.refuse(mail, syscall.ECONNREFUSED)
			s.network.refuse(web, syscall.ECONNREFUSED)
		}},
		"timed out": {"no answer in time", func(s *scene) { delete(s.network.hosts, mail); delete(s.network.hosts, web) }},
		"no network": {"no route to the network", func(s *scene) {
			s.network.refuse(mail, syscall.ENETUNREACH)
			s.network.refuse(web, syscall.ENETUNREACH)
		}},
		"no host": {"no route to the host", func(s *scene) {
			s.network.refuse(mail, syscall.EHOSTUNREACH)
			s.network.refuse(web, syscall.EHOSTUNREACH)
		}},
		"reset":                {"cut by the other side", func(s *scene) { s.network.refuse(mail, syscall.ECONNRESET); s.network.refuse(web, syscall.ECONNRESET) }},
		"forbidden":            {"does not permit", func(s *scene) { s.network.refuse(mail, syscall.EPERM); s.network.refuse(web, syscall.EPERM) }},
		"closed":               {"closed", func(s *scene) { s.network.hosts[mail], s.network.hosts[web] = says(""), says("") }},
		"closed in the banner": {"closed", func(s *scene) { s.network.hosts[mail], s.network.hosts[web] = says("220 ma"), says("HTTP/1.1 200") }},
		"closed in TLS": {"closed", func(s *scene) {
			s.network.hosts[mail] = func(conn net.Conn) {
				buffer := make([]byte, 64<<10)
				for _, line := range []string{"220 x", "250 STARTTLS", "220 go"} {
					fmt.Fprint(conn, line+"\r\n")
					conn.Read(buffer)
				}
			}
		}},
		"no TLS": {"does not speak TLS", func(s *scene) {
			s.network.hosts[web] = func(conn net.Conn) {
				conn.Read(make([]byte, 64<<10))
				fmt.Fprint(conn, "220 mail.example.com ESMTP\r\n")
			}
		}},
		"no HTTP": {"does not speak HTTP", func(s *scene) {
			chain := s.web.chain(s.ca)
			s.network.hosts[web] = func(conn net.Conn) {
				over := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}})
				over.Read(make([]byte, 1000))
				fmt.Fprint(over, "220 mail.example.com ESMTP\r\n")
				over.Close()
			}
		}},
		"old TLS": {"alert", func(s *scene) {
			chain := s.web.chain(s.ca)
			s.network.hosts[web] = func(conn net.Conn) {
				tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}, MaxVersion: tls.VersionTLS11}).Handshake()
			}
		}},
		"stalled": {"did not send the whole file", func(s *scene) {
			s.files[policyFile] = file{stalled: true}
			s.options.HTTPTimeout = 200 * time.Millisecond
		}},
		"untrusted": {"do not trust", func(s *scene) { s.options.Roots = x509.NewCertPool() }},
		"expired":   {"expired", func(s *scene) { s.options.Now = func() time.Time { return clock.AddDate(30, 0, 0) } }},
		"no resolver": {"no answer in time", func(s *scene) {
			s.fault(silent, "MX example.com", "TXT example.com", "TXT _dmarc.example.com", "SOA example.com")
		}},
		"no name server": {"no answer in time", func(s *scene) { s.fault(silent, "SOA example.com direct") }},
		"no time":        {"no answer in time", func(s *scene) { s.world.delay, s.options.Timeout = 200*time.Millisecond, 100*time.Millisecond }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			test.how(s)
			said := false
			for _, result := range s.run().Results {
				said = said || strings.Contains(result.Found, test.says)
				for _, bad := range []string{"dial tcp", "dial udp", "read udp", "read tcp", "i/o timeout", "deadline exceeded", "x509:", "tls:", "http:", "EOF", "no such host", "connect:", "malformed"} {
					if strings.Contains(result.Found, bad) {
						t.Errorf("%s has %q: %s", result.ID, bad, result.Found)
					}
				}
			}
			if !said {
				t.Errorf("nothing says %q", test.says)
			}
		})
	}
}
