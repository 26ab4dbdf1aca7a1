package tlsprobe

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
)

// The reasons why clients refuse a certificate.
var (
	ErrExpired     = errors.New("expired")
	ErrNotYetValid = errors.New("not yet valid")
	ErrOtherHost   = errors.New("issued for another host")
	ErrUntrusted   = errors.New("not issued by a trusted authority")
)

// problem is one of these reasons, with the date, name or authority in its text.
type problem struct {
	kind error
	text string
}

func (p problem) Error() string { return p.text }
func (p problem) Unwrap() error { return p.kind }

// problems are all reasons that were found, on one line.
type problems []error

func (ps problems) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Error()
	}
	return strings.Join(texts, "; ")
}

func (ps problems) Unwrap() []error { return ps }

// judge checks a chain like a client that wants to talk to serverName. It checks for each reason by
// itself, while x509 stops at the first one: if a certificate is expired and its authority unknown,
// the user has to learn both, because renewing it would not help.
func judge(chain []*x509.Certificate, serverName string, roots *x509.CertPool, now time.Time) error {
	leaf := chain[0]
	var found problems
	trustedAt := now
	switch {
	case now.After(leaf.NotAfter):
		found = append(found, problem{ErrExpired, "it expired on " + date(leaf.NotAfter)})
		trustedAt = leaf.NotAfter
	case now.Before(leaf.NotBefore):
		found = append(found, problem{ErrNotYetValid, "it is not valid before " + date(leaf.NotBefore)})
		trustedAt = leaf.NotBefore
	}
	if leaf.VerifyHostname(serverName) != nil {
		found = append(found, problem{ErrOtherHost, fmt.Sprintf("it is issued for %s, not for %s", Names(leaf), serverName)})
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: trustedAt})
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
	case errors.As(err, &unknown):
		found = append(found, problem{ErrUntrusted, fmt.Sprintf("clients do not trust its issuer %s", leaf.Issuer)})
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && !invalid.Cert.Equal(leaf):
		// If the leaf has to be replaced for its dates, the authority's dates at that time do not matter.
		if trustedAt.Equal(now) {
			found = append(found, problem{ErrUntrusted, "clients do not trust it: " + outdated(invalid.Cert, now)})
		}
	default:
		found = append(found, problem{ErrUntrusted, fmt.Sprintf("clients do not trust its issuer %s (%s)", leaf.Issuer, netfault.Plain(err))})
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// outdated says why the certificate of an authority is not valid now.
func outdated(authority *x509.Certificate, now time.Time) string {
	if now.Before(authority.NotBefore) {
		return fmt.Sprintf("the certificate of its authority %s is not valid before %s", authority.Subject, date(authority.NotBefore))
	}
	return fmt.Sprintf("the certificate of its authority %s expired on %s", authority.Subject, date(authority.NotAfter))
}

// Names lists the hosts of a certificate for messages. It leaves out the common name of its
// subject, which clients ignore (RFC 9525 section 2).
func Names(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, address := range c.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 {
		return "no host at all"
	}
	return strings.Join(names, ", ")
}

func date(t time.Time) string { return t.UTC().Format(time.RFC3339) }
