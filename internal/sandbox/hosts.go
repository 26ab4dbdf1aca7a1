package sandbox

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// sessionLimit limits how long a simulated host talks with one client.
const sessionLimit = time.Minute

// protocol is the protocol of a port of a simulated host.
type protocol string

const (
	protocolHTTPS protocol = "https"
	protocolSMTP  protocol = "smtp"  // TLS by STARTTLS (RFC 3207)
	protocolSMTPS protocol = "smtps" // TLS at once (RFC 8314 section 3.3)
	protocolIMAP  protocol = "imap"  // TLS by STARTTLS (RFC 9051 section 6.2.1)
	protocolIMAPS protocol = "imaps" // TLS at once
)

// protocols are those of the ports that do not speak HTTPS.
var protocols = map[int]protocol{
	25: protocolSMTP, 587: protocolSMTP, 2525: protocolSMTP,
	465: protocolSMTPS,
	143: protocolIMAP,
	993: protocolIMAPS,
}

// DialContext connects to a simulated host, which is any name at all. Ports 25, 587 and 2525 greet
// as SMTP and 143 as IMAP, and both offer STARTTLS; 465, 993 and every other port begin with TLS,
// and then speak SMTP, IMAP and HTTP. The certificate is that of the host with the server name that the
// client sends (SNI): the services' own hosts and those of policies (see [Sandbox.PutPolicy]) have one,
// and others have what the simulated mail server has for the name. The network must be one of TCP; the
// connection goes no farther than to the loopback interface.
func (s *Sandbox) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, fmt.Errorf("the sandbox's hosts are reached by TCP, not by %s", network)
	}
	_, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := net.LookupPort(network, service)
	if err != nil {
		return nil, err
	}
	speaks, ok := protocols[port]
	if !ok {
		speaks = protocolHTTPS
	}
	l, err := s.startHost(speaks)
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", l.listener.Addr().String())
}

func (s *Sandbox) startHost(speaks protocol) (*hostListener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.hosts[speaks] == nil {
		l, err := s.listenAsHost("127.0.0.1:0", speaks)
		if err != nil {
			return nil, err
		}
		s.hosts[speaks] = l
	}
	return s.hosts[speaks], nil
}

// hostListener is all simulated hosts at a port of one protocol.
type hostListener struct {
	listener net.Listener
	talk     func(net.Conn, *tls.Config) error
	tls      *tls.Config
	sessions sync.WaitGroup

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]struct{}
}

func (s *Sandbox) listenAsHost(address string, speaks protocol) (*hostListener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox's hosts that speak %s: %w", speaks, err)
	}
	l := &hostListener{
		listener: listener,
		talk:     dialogues[speaks],
		open:     map[net.Conn]struct{}{},
		tls: &tls.Config{
			MinVersion: tls.VersionTLS12,
			Time:       s.now,
			// A resumed session would go on with the certificate of before.
			SessionTicketsDisabled: true,
			GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				return s.certificateOf(hello.ServerName)
			},
		},
	}
	if speaks == protocolHTTPS {
		l.talk = immediately(s.talkHTTP)
	}
	l.sessions.Go(l.accept)
	return l, nil
}

func (l *hostListener) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return // closed
		}
		if !l.register(conn) {
			conn.Close() //nolint:errcheck // nothing was said yet
			return
		}
		l.sessions.Go(func() {
			defer l.forget(conn)
			// The deadline is real time, whatever clock certificates go by.
			if conn.SetDeadline(time.Now().Add(sessionLimit)) == nil {
				l.talk(conn, l.tls) //nolint:errcheck // the client has seen what went wrong, or has gone
			}
		})
	}
}

func (l *hostListener) register(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.open[conn] = struct{}{}
	}
	return !l.closed
}

func (l *hostListener) forget(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, conn)
	conn.Close() //nolint:errcheck // all that had to be said was said
}

func (l *hostListener) close() error {
	l.mu.Lock()
	l.closed = true
	err := l.listener.Close()
	for conn := range l.open {
		conn.Close() //nolint:errcheck // its session ends by this
	}
	l.mu.Unlock()
	l.sessions.Wait()
	return err
}
