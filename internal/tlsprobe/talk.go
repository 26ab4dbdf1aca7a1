package tlsprobe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Judge checks a chain, the leaf first, like a client that wants to talk to serverName. It returns
// nil, or an error like that of [Served.Problem]. Nil roots mean the system's.
func Judge(chain []*x509.Certificate, serverName string, roots *x509.CertPool, now time.Time) error {
	return judge(chain, serverName, roots, now)
}

// Talk is how far a dialogue with a mail server went. Each field is about a step; those of later
// steps are zero if one failed.
type Talk struct {
	// DialError is why there is no connection.
	DialError error
	// Err is why the dialogue broke off after there was one: the host does not speak SMTP, or was
	// silent.
	Err error
	// Refusal says by which reply the host turns this client away, as a sentence; "" if it does not.
	Refusal string
	// NoTLS is why TLS cannot begin, and matches ErrNoTLS: the host does not offer STARTTLS, or
	// refuses it.
	NoTLS error
	// HandshakeError is why TLS did not begin, although the host has agreed to.
	HandshakeError error
	// Version is that of TLS, such as tls.VersionTLS12.
	Version uint16
	// Served is the certificate; its Leaf is nil if there is none.
	Served Served
}

// TalkSMTP has the shortest dialogue with a mail server that shows how it takes mail: EHLO, STARTTLS,
// EHLO, QUIT. It names no sender and no recipient. The address is dialled as it is, and the
// certificate is asked for and judged for serverName. Every version of TLS is accepted, so that an
// old one can be reported.
func (p Prober) TalkSMTP(ctx context.Context, address, serverName string) (talk Talk) {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := p.dial(ctx, address)
	if err != nil {
		talk.DialError = timeoutOf(ctx, err)
		return talk
	}
	defer conn.Close()                                                           //nolint:errcheck // all that is wanted has been read by then
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // then the connection is dead already
	defer stop()
	d := newDialogue(conn)
	agreed, err := d.askForTLS(&talk)
	if err != nil {
		talk.Err = timeoutOf(ctx, err)
		return talk
	}
	if !agreed {
		d.say("QUIT") //nolint:errcheck // the host may have gone
		return talk
	}
	secured := tls.Client(conn, &tls.Config{ServerName: serverName, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: allSuites()})
	if err := secured.HandshakeContext(ctx); err != nil {
		talk.HandshakeError = timeoutOf(ctx, err)
		return talk
	}
	state := secured.ConnectionState()
	talk.Version = state.Version
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	talk.Served = Served{Leaf: state.PeerCertificates[0], Chain: state.PeerCertificates, At: now()}
	talk.Served.Problem = judge(state.PeerCertificates, serverName, p.Roots, talk.Served.At)
	over := newDialogue(secured)
	if over.say("EHLO "+addressLiteral(conn.LocalAddr())) == nil {
		if _, err := over.reply(); err == nil && over.say("QUIT") == nil {
			over.reply() //nolint:errcheck // the client leaves anyway
		}
	}
	return talk
}

// askForTLS goes as far as the host's agreement to begin TLS (RFC 3207).
func (d *dialogue) askForTLS(talk *Talk) (agreed bool, err error) {
	greeting, err := d.reply()
	if err != nil {
		return false, err
	}
	if greeting.code != "220" {
		talk.Refusal = "the host greets by " + greeting.String()
		return false, nil
	}
	if err := d.say("EHLO " + addressLiteral(d.conn.LocalAddr())); err != nil {
		return false, err
	}
	offers, err := d.reply()
	switch {
	case err != nil:
		return false, err
	case slices.Contains([]string{"500", "502", "504"}, offers.code): // it does not know EHLO
		talk.NoTLS = fmt.Errorf("%w: it does not offer STARTTLS, as it answers EHLO by %s", ErrNoTLS, offers)
		return false, nil
	case offers.code != "250":
		talk.Refusal = "the host answers EHLO by " + offers.String()
		return false, nil
	case !slices.ContainsFunc(offers.lines, func(line string) bool { return strings.EqualFold(strings.TrimSpace(line), "STARTTLS") }):
		talk.NoTLS = fmt.Errorf("%w: it does not offer STARTTLS", ErrNoTLS)
		return false, nil
	}
	if err := d.say("STARTTLS"); err != nil {
		return false, err
	}
	answer, err := d.reply()
	switch {
	case err != nil:
		return false, err
	case answer.code == "421":
		talk.Refusal = "the host answers STARTTLS by " + answer.String()
		return false, nil
	case answer.code != "220":
		talk.NoTLS = fmt.Errorf("%w: it answers STARTTLS by %s", ErrNoTLS, answer)
		return false, nil
	}
	return true, d.over()
}

// allSuites are all cipher suites of the versions before 1.3, also those that nobody should use.
func allSuites() []uint16 {
	var ids []uint16
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ids = append(ids, suite.ID)
	}
	return ids
}
