package check

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"testing"
	"time"
)

// clock is the time of all tests.
var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer is a certificate with its key.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issue makes a certificate that by signs, or its own key if by is nil.
func issue(t testing.TB, by *signer, c x509.Certificate) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(7)
	if c.NotBefore.IsZero() {
		c.NotBefore = clock.AddDate(0, 0, -30)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = clock.AddDate(0, 0, 60)
	}
	parent, signing := &c, key
	if by != nil {
		parent, signing = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, parent, &key.PublicKey, signing)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{parsed, key}
}

// authority makes a certification authority.
func authority(t testing.TB, organization string) *signer {
	return issue(t, nil, x509.Certificate{Subject: pkix.Name{CommonName: "R1", Organization: []string{organization}}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: clock.AddDate(10, 0, 0)})
}

// chain is what a host shows.
func (s *signer) chain(above ...*signer) tls.Certificate {
	c := tls.Certificate{Certificate: [][]byte{s.certificate.Raw}, PrivateKey: s.key}
	for _, a := range above {
		c.Certificate = append(c.Certificate, a.certificate.Raw)
	}
	return c
}

// privateKey returns a private RSA key in base64, as files of keys have it.
func privateKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(key))
}

// bareKey returns the RSA key of the good domain as RFC 6376 names it, without the
// SubjectPublicKeyInfo around it.
func bareKey(t testing.TB) string {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(keys().rsa)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(public.(*rsa.PublicKey)))
}
