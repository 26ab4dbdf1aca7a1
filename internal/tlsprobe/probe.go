// Package tlsprobe reads the certificate of a host like a client that connects to it, and tells
// whether such a client would accept it.
package tlsprobe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
)

// ErrNoTLS is a host that answers and has no certificate: it ends the handshake by an alert, or
// does not offer STARTTLS. Every other failure of a probe may mean that the host is only down; this
// one is a fact about it.
var ErrNoTLS = errors.New("the host answers, but has no certificate to show")

// defaultTimeout is long enough for a resolver that has to try its second server.
const defaultTimeout = 10 * time.Second

// Prober probes endpoints. Several goroutines may use it.
type Prober struct {
	// Dial connects; nil means the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that clients trust; nil means the system's.
	Roots *x509.CertPool
	// Now is the clock for judging certificates; nil means time.Now.
	Now func() time.Time
	// Timeout limits one probe, from connecting to the end of the handshake; 0 means ten seconds.
	Timeout time.Duration
}

// Served is what an endpoint serves.
type Served struct {
	// Leaf is the host's own certificate.
	Leaf *x509.Certificate
	// Chain is all that was sent, the leaf first.
	Chain []*x509.Certificate
	// Problem is why a client would refuse it, nil if it would not. It matches one or more of
	// ErrExpired, ErrNotYetValid, ErrOtherHost and ErrUntrusted.
	Problem error
	// At is when it was judged, by the prober's clock.
	At time.Time
}

// Probe connects to the endpoint, asks for the certificate of serverName (SNI, RFC 6066 section 3)
// and judges it. If clients would refuse the certificate, that is no error, but the Problem of the
// result. The error is ErrNoTLS if the host says that it has no certificate. All other errors mean
// that nothing is known: the host could not be reached, or the dialogue ended too early.
func (p Prober) Probe(ctx context.Context, e Endpoint, serverName string) (Served, error) {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	chain, err := p.handshake(bounded, e, serverName)
	if err != nil {
		var timing net.Error
		switch {
		case ended(ctx) != nil:
			err = netfault.Plain(ended(ctx))
		case errors.As(err, &timing) && timing.Timeout():
			err = netfault.Says(fmt.Sprintf("no answer within %s", timeout), err)
		}
		return Served{}, fmt.Errorf("%s: %w", e, err)
	}
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	served := Served{Leaf: chain[0], Chain: chain, At: now()}
	served.Problem = judge(chain, serverName, p.Roots, served.At)
	return served, nil
}

// handshake returns the certificates that the endpoint sends, at least one.
func (p Prober) handshake(ctx context.Context, e Endpoint, serverName string) ([]*x509.Certificate, error) {
	conn, err := p.dial(ctx, e.address())
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // all that is wanted has been read by then
	// Reads and writes do not observe contexts. A deadline in the past ends them.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // then the connection is dead already
	defer stop()
	if begin := startTLS[e.Scheme]; begin != nil {
		if err := begin(newDialogue(conn)); err != nil {
			return nil, timeoutOf(ctx, err)
		}
	}
	// A bad certificate has to be reported, and must not end the handshake. Nothing is sent over
	// this connection.
	secured := tls.Client(conn, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, explain(timeoutOf(ctx, err))
	}
	return secured.ConnectionState().PeerCertificates, nil
}

func (p Prober) dial(ctx context.Context, address string) (net.Conn, error) {
	dial := p.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, netfault.Plain(err)
	}
	return conn, nil
}

// ended returns why the context has ended, nil if it has not. Dialling uses the deadline itself, so
// it may end before the context's timer has fired.
func ended(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// timeoutOf returns the context's reason if there is one, instead of the connection's error, in plain
// words.
func timeoutOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return netfault.Plain(ctx.Err())
	}
	return netfault.Plain(err)
}

// explain tells a host that refuses TLS from a broken connection.
func explain(err error) error {
	var notTLS tls.RecordHeaderError
	if errors.As(err, &notTLS) {
		return fmt.Errorf("the TLS handshake failed: %w. The port may speak without TLS first: smtp:// and imap:// endpoints start it by STARTTLS", err)
	}
	var alert *net.OpError
	if errors.As(err, &alert) && alert.Op == "remote error" {
		return fmt.Errorf("%w: the TLS handshake ended by its alert %q", ErrNoTLS, strings.TrimPrefix(alert.Err.Error(), "tls: "))
	}
	return fmt.Errorf("the TLS handshake failed: %w", err)
}
