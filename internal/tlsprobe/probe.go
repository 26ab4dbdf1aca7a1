// Package tlsprobe reads the certificate that a host serves, as a client that connects to it, and
// tells whether clients would accept it.
package tlsprobe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// ErrNoTLS says that a host answers but has no certificate: it ends the handshake with an alert, or
// does not offer STARTTLS. This is a fact about the host. After every other error of a probe, the
// host may only be down.
var ErrNoTLS = errors.New("the host answers, but has no certificate to show")

// defaultTimeout is long enough for a resolver that has to ask its second server.
const defaultTimeout = 10 * time.Second

// Prober reads the certificates of endpoints. It is safe for concurrent use.
type Prober struct {
	// Dial connects to the endpoint; nil uses the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that clients trust; nil means those of the system.
	Roots *x509.CertPool
	// Now is the clock for checking dates; nil means time.Now.
	Now func() time.Time
	// Timeout limits one probe, from connecting to the end of the handshake; 0 means ten seconds.
	Timeout time.Duration
}

// Served is what an endpoint serves.
type Served struct {
	// Leaf is the host's own certificate.
	Leaf *x509.Certificate
	// Chain has all certificates that the host sent, the leaf first.
	Chain []*x509.Certificate
	// Problem says why a client would refuse the certificate; nil if it would not. It matches one
	// or more of ErrExpired, ErrNotYetValid, ErrOtherHost and ErrUntrusted.
	Problem error
	// At is when the certificate was checked, by the prober's clock.
	At time.Time
}

// Probe connects to the endpoint, asks for the certificate of serverName (SNI, RFC 6066 section 3)
// and checks it. If clients would refuse the certificate, this is a Problem of the result and not
// an error. The error is ErrNoTLS if the host has no certificate. After all other errors nothing is
// known: the host could not be reached, or the connection broke.
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
			err = ended(ctx)
		case errors.As(err, &timing) && timing.Timeout():
			err = fmt.Errorf("no answer within %s: %w", timeout, err)
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
	dial := p.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // all that is wanted has been read by then
	// Reads and writes do not know contexts. A deadline in the past ends them.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // then the connection is dead already
	defer stop()
	if begin := startTLS[e.Scheme]; begin != nil {
		if err := begin(newDialogue(conn)); err != nil {
			return nil, timeoutOf(ctx, err)
		}
	}
	// A bad certificate must be reported and must not end the handshake. Nothing is sent over this
	// connection.
	secured := tls.Client(conn, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, explain(timeoutOf(ctx, err))
	}
	return secured.ConnectionState().PeerCertificates, nil
}

// ended says why the context has ended; nil if it has not. Dialling uses the deadline itself, and
// may notice it before the context's timer has fired.
func ended(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// timeoutOf returns the context's error if it is the reason for the error of the connection.
func timeoutOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// explain distinguishes a host that refuses TLS from a connection that breaks.
func explain(err error) error {
	var notTLS tls.RecordHeaderError
	if errors.As(err, &notTLS) {
		return fmt.Errorf("the TLS handshake failed: %w. The port may speak without TLS first: smtp:// and imap:// endpoints start it by STARTTLS", err)
	}
	var alert *net.OpError
	if errors.As(err, &alert) && alert.Op == "remote error" {
		return fmt.Errorf("%w: the TLS handshake ended by its alert %q", ErrNoTLS, alert.Err.Error())
	}
	return fmt.Errorf("the TLS handshake failed: %w", err)
}
