package mailserversim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strings"
	"time"
)

// The names of certificates and their keys in the store.
const (
	selfSignedName    = Section + "/tls/self-signed"
	uploadedChainName = Section + "/tls/uploaded-certificate"
	uploadedKeyName   = Section + "/tls/uploaded-key"
)

// issuedName is where chain and key of a certificate of Let's Encrypt are, in one file so that they
// always fit together.
func issuedName(hostname string) string { return Section + "/tls/issued/" + hostname }

// Certificate returns the certificate of the mail server's host for a TLS client that asks for the
// server name (RFC 6066 section 3), which may be empty. It is the certificate of Let's Encrypt for
// that name, else the uploaded one, else a self-signed one. The error says why a handshake has to
// fail: the last upload is not a certificate with its key.
func (s *Service) Certificate(serverName string) (*tls.Certificate, error) {
	hostname := canonicalHostname(serverName)
	origin, err := s.settle(hostname)
	if err != nil {
		return nil, err
	}
	return s.load(hostname, origin)
}

// settle installs the certificate for the host name if one is due, and returns the origin of the
// present one.
func (s *Service) settle(hostname string) (origin Origin, err error) {
	var order Order
	var due bool
	err = s.view(func(st *State) error {
		origin = st.Certificates.origin(hostname)
		order, due = st.Certificates.due(hostname, s.now())
		return nil
	})
	if err != nil || !due {
		return origin, err
	}
	// The certificate begins when it was due, however late somebody looks.
	chain, key, err := s.issue([]string{hostname}, order.Lifetime, order.Due)
	if err != nil {
		return "", fmt.Errorf("issuing the certificate for %q: %w", hostname, err)
	}
	err = s.update(func(st *State) error {
		// Another process may have been faster, or the certificate may have been ordered again.
		if current, still := st.Certificates.Ordered[hostname]; !still || !current.Due.Equal(order.Due) {
			origin = st.Certificates.origin(hostname)
			return nil
		}
		if err := s.store.PutKey(issuedName(hostname), slices.Concat(chain, key)); err != nil {
			return err
		}
		delete(st.Certificates.Ordered, hostname)
		if st.Certificates.Issued == nil {
			st.Certificates.Issued = map[string]time.Time{}
		}
		st.Certificates.Issued[hostname] = order.Due
		origin = LetsEncrypt
		return nil
	})
	return origin, err
}

func (c Certificates) origin(hostname string) Origin {
	if _, issued := c.Issued[hostname]; issued {
		return LetsEncrypt
	}
	return c.Other
}

func (c Certificates) due(hostname string, now time.Time) (Order, bool) {
	order, found := c.Ordered[hostname]
	return order, found && !order.Due.After(now)
}

// load reads the certificate of an origin from the store.
func (s *Service) load(hostname string, origin Origin) (*tls.Certificate, error) {
	var chain, key []byte
	var err error
	switch origin {
	case LetsEncrypt:
		chain, err = s.store.Key(issuedName(hostname))
		key = chain
	case Uploaded:
		if chain, err = s.store.Key(uploadedChainName); err == nil {
			key, err = s.store.Key(uploadedKeyName)
		}
	case Missing:
		return nil, errors.New("the mail server has no certificate: its files were deleted by an upload that sent no new ones")
	default:
		chain, err = s.selfSigned()
		key = chain
	}
	if err != nil {
		return nil, err
	}
	certificate, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("the mail server's files are no certificate with its key: %w", err)
	}
	return &certificate, nil
}

// selfSigned returns the certificate from the server's installation, and its key. The first call
// makes it.
func (s *Service) selfSigned() (content []byte, err error) {
	content, err = s.store.Key(selfSignedName)
	if !errors.Is(err, fs.ErrNotExist) {
		return content, err
	}
	made, err := newSelfSigned(s.now())
	if err != nil {
		return nil, fmt.Errorf("making the mail server's self-signed certificate: %w", err)
	}
	// This is an update, although it changes nothing in the state, so that only one process at a
	// time is here, and only the first stores a key.
	err = s.update(func(*State) error {
		if content, err = s.store.Key(selfSignedName); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		content = made
		return s.store.PutKey(selfSignedName, made)
	})
	return content, err
}

// newSelfSigned makes a certificate like an installer of a mail server: for a machine without a
// name yet, valid for ten years.
func newSelfSigned(now time.Time) (chainAndKey []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "localhost"},
		DNSNames:     []string{"localhost"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	), nil
}

// canonicalHostname is the spelling that certificates are kept under.
func canonicalHostname(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, "."))
}
