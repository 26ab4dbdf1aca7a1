// Package tlsprobe looks at the certificate that a host serves, as a client that
// connects to it would, and tells whether such a client would accept it.
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

// ErrNoTLS is a host that answers, and says that it has no certificate to show: it
// ends the handshake by an alert, or offers no STARTTLS. Unlike every other
// failure of a probe, it is a fact about the host and not a host that may only be
// down.
var ErrNoTLS = errors.New("the host answers, but has no certificate to show")

// defaultTimeout is long enough for a resolver that tries its second server.
const defaultTimeout = 10 * time.Second

// Prober looks at endpoints. It may be used by several goroutines.
type Prober struct {
	// Dial connects; nil means the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that clients trust; nil means the system's.
	Roots *x509.CertPool
	// Now is the clock that certificates are judged by; nil means time.Now.
	Now func() time.Time
	// Timeout bounds one probe, from connecting to the end of the handshake;
	// 0 means ten seconds.
	Timeout time.Duration
}

// Served is what an endpoint serves.
type Served struct {
	// Leaf is the host's own certificate.
	Leaf *x509.Certificate
	// Chain is all that was sent, the leaf first.
	Chain []*x509.Certificate
	// Problem is why a client would refuse it, nil if it would not. It matches
	// one or more of ErrExpired, ErrNotYetValid, ErrOtherHost and ErrUntrusted.
	Problem error
	// At is when it was judged, by the prober's clock.
	At time.Time
}

// Probe connects to the endpoint, asks for the certificate of serverName (SNI, RFC
// 6066 section 3) and judges it. A certificate that clients would refuse is no
// error but a Problem of what is returned. The error is ErrNoTLS if the host says
// that it has none; all others mean that nothing is known: nobody could be
// reached, or the dialogue broke off.
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
	// Reads and writes know nothing of contexts: a deadline in the past ends them.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // then the connection is dead already
	defer stop()
	if begin := startTLS[e.Scheme]; begin != nil {
		if err := begin(newDialogue(conn)); err != nil {
			return nil, timeoutOf(ctx, err)
		}
	}
	// What is wrong with the certificate is to be told, not to end the handshake;
	// nothing is sent over this connection.
	secured := tls.Client(conn, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, explain(timeoutOf(ctx, err))
	}
	return secured.ConnectionState().PeerCertificates, nil
}

// ended is why the context has ended, nil if it has not. Dialling goes by the
// deadline itself, which may be noticed before the context's timer has fired.
func ended(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// timeoutOf prefers the context's reason to that of the connection it cut.
func timeoutOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// explain tells a host that refuses from one whose connection breaks.
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
