// Package pki is the sandbox's certificate authority.
//
// It plays the part of the public authority that a mail server gets its certificates from. Its own
// certificate is made once and belongs to the sandbox's state, so that whoever trusts it goes on
// trusting what other processes issue.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

const (
	section = "pki"
	keyName = "sandbox-ca"
)

// The authority is valid at every time that a test may set its clock to.
var (
	authorityNotBefore = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	authorityNotAfter  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// state is the authority's section of the sandbox's state.
type state struct {
	Certificate string `json:"certificate"` // PEM
}

// Authority issues certificates. All methods may be called from several goroutines.
type Authority struct {
	store *store.Store
}

// New returns the authority of the sandbox whose state is given. Its key and certificate are made
// when first needed.
func New(st *store.Store) *Authority { return &Authority{store: st} }

// Issue makes a key (ECDSA on P-256) and a certificate for host names or IP addresses, valid from
// now for the given lifetime; X.509 counts in whole seconds. The chain is in the order that TLS
// wants: the host's certificate first, the authority's after it. The key is in PKCS #8. Both are
// PEM.
func (a *Authority) Issue(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error) {
	ca, caKey, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	leaf, keyPEM, err := issue(hostnames, lifetime, now, ca, caKey)
	if err != nil {
		return nil, nil, fmt.Errorf("issuing a certificate for %q: %w", hostnames, err)
	}
	return slices.Concat(leaf, encodeCertificate(ca.Raw)), keyPEM, nil
}

// Roots returns a pool of the authority's certificate alone.
func (a *Authority) Roots() (*x509.CertPool, error) {
	ca, _, err := a.load()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return pool, nil
}

// Certificate returns the authority's own certificate as PEM.
func (a *Authority) Certificate() ([]byte, error) {
	ca, _, err := a.load()
	if err != nil {
		return nil, err
	}
	return encodeCertificate(ca.Raw), nil
}

// load returns the authority's certificate and key, and makes them if this sandbox has none yet.
func (a *Authority) load() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	var have state
	err := store.View(a.store, section, func(s *state) error {
		have = *s
		return nil
	})
	if err == nil && have.Certificate == "" {
		err = store.Update(a.store, section, func(s *state) error {
			if s.Certificate == "" {
				certificate, key, err := newAuthority()
				if err != nil {
					return err
				}
				// The key first: a certificate without one could never be used or replaced.
				if err := a.store.PutKey(keyName, key); err != nil {
					return err
				}
				s.Certificate = string(certificate)
			}
			have = *s
			return nil
		})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the sandbox's certificate authority: %w", err)
	}
	keyPEM, err := a.store.Key(keyName)
	if err != nil {
		return nil, nil, fmt.Errorf("the sandbox's certificate authority: %w; start anew by removing the sandbox's state file", err)
	}
	ca, key, err := parse([]byte(have.Certificate), keyPEM)
	if err != nil {
		return nil, nil, fmt.Errorf("the sandbox's certificate authority: %w; start anew by removing the sandbox's state file", err)
	}
	return ca, key, nil
}

func newAuthority() (certificatePEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          newSerial(),
		Subject:               pkix.Name{Organization: []string{"Postmaster Sandbox"}, CommonName: "Postmaster Sandbox CA"},
		NotBefore:             authorityNotBefore,
		NotAfter:              authorityNotAfter,
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return sign(template, template, key, key)
}

// issue makes a server certificate that is signed by ca.
func issue(hostnames []string, lifetime time.Duration, now time.Time, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (certificatePEM, keyPEM []byte, err error) {
	if len(hostnames) == 0 {
		return nil, nil, errors.New("no host name given")
	}
	if lifetime <= 0 {
		return nil, nil, fmt.Errorf("a lifetime of %s is none", lifetime)
	}
	notBefore := now.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber:          newSerial(),
		NotBefore:             notBefore,
		NotAfter:              notBefore.Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	// A common name holds 64 characters (X.520); the names that count are the alternative ones.
	if len(hostnames[0]) <= 64 {
		template.Subject.CommonName = hostnames[0]
	}
	for _, name := range hostnames {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	return sign(template, ca, key, caKey)
}

func sign(template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (certificatePEM, keyPEM []byte, err error) {
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	encodedKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return encodeCertificate(certificate), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encodedKey}), nil
}

func parse(certificatePEM, keyPEM []byte) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(certificatePEM)
	if block == nil {
		return nil, nil, errors.New("its certificate is not PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, nil, err
	}
	block, _ = pem.Decode(keyPEM)
	if block == nil {
		return nil, nil, errors.New("its key is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, nil, err
	}
	ecdsaKey, ok := key.(*ecdsa.PrivateKey)
	if !ok || !ecdsaKey.PublicKey.Equal(certificate.PublicKey) {
		return nil, nil, errors.New("its key is not that of its certificate")
	}
	return certificate, ecdsaKey, nil
}

// newSerial returns a serial number of 20 octets at most, as RFC 5280 section 4.1.2.2 wants it,
// that nobody can guess.
func newSerial() *big.Int {
	octets := make([]byte, 16)
	rand.Read(octets)
	octets[0] |= 0x40  // not zero, and
	octets[0] &^= 0x80 // not negative, whatever reads it
	return new(big.Int).SetBytes(octets)
}

func encodeCertificate(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
