package sandbox

import (
	"crypto/tls"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// ownLifetime is how long a certificate of a service's own host is valid, as long as one of Let's
// Encrypt. It is renewed when less than a third is left.
const ownLifetime = 90 * 24 * time.Hour

// certificateOf returns the certificate that a simulated host serves for a server name.
func (s *Sandbox) certificateOf(serverName string) (*tls.Certificate, error) {
	name := dns.FoldName(serverName)
	_, cared, err := s.policyAt(name)
	if err == nil && !cared {
		cared, err = s.isOwnHost(name)
	}
	if err != nil {
		return nil, err
	}
	if !cared {
		return s.certificate(serverName)
	}
	return s.ownCertificate(name)
}

// isOwnHost reports whether a host is a service's own: its name is in a zone of the service itself.
func (s *Sandbox) isOwnHost(name string) (bool, error) {
	zones, err := s.zones.hosted()
	if err != nil || name == "" {
		return false, err
	}
	for _, z := range zones {
		if !z.served || !miekg.IsSubDomain(miekg.Fqdn(z.zone.Apex), miekg.Fqdn(name)) {
			continue
		}
		if m, err := s.service(z.host); err == nil && m.owns(z.zone.Apex) {
			return true, nil
		}
	}
	return false, nil
}

// ownCertificate returns a certificate of the sandbox's authority, which it renews in time.
func (s *Sandbox) ownCertificate(name string) (*tls.Certificate, error) {
	s.issuedMu.Lock()
	defer s.issuedMu.Unlock()
	now := s.now()
	if c := s.issued[name]; c != nil && now.After(c.Leaf.NotBefore.Add(-time.Second)) && now.Before(c.Leaf.NotAfter.Add(-ownLifetime/3)) {
		return c, nil
	}
	chain, key, err := s.authority.Issue([]string{name}, ownLifetime, now)
	if err != nil {
		return nil, err
	}
	c, err := tls.X509KeyPair(chain, key) // which parses the leaf
	if err != nil {
		return nil, err
	}
	s.issued[name] = &c
	return &c, nil
}
