package testkit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// Issued is a certificate with its private key.
type Issued struct {
	*x509.Certificate
	Key crypto.Signer
}

// IssueCertificate makes a certificate with a new key for a host, valid from an hour ago for 90
// days from now. If by is nil, the certificate is self-signed. change edits the template.
func IssueCertificate(t *testing.T, by *Issued, host string, change ...func(*x509.Certificate)) *Issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return IssueFor(t, by, key, host, change...)
}

// IssueFor is IssueCertificate with a given key.
func IssueFor(t *testing.T, by *Issued, key crypto.Signer, host string, change ...func(*x509.Certificate)) *Issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x5afe),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(90 * Days),
	}
	for _, c := range change {
		c(template)
	}
	parent := &Issued{template, key}
	if by != nil {
		parent = by
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.Certificate, key.Public(), parent.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Issued{c, key}
}

// AsAuthority changes a template so that the certificate may sign others.
func AsAuthority(c *x509.Certificate) {
	c.DNSNames, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = nil, true, true, x509.KeyUsageCertSign
}

// ChainPEM returns certificates in PEM form, in the given order.
func ChainPEM(certificates ...*Issued) string {
	var out strings.Builder
	for _, c := range certificates {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.String()
}

// KeyPEM returns the private key of a certificate in PEM form (PKCS #8).
func KeyPEM(t *testing.T, c *Issued) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.Key)
	if err != nil {
		t.Fatal(err)
	}
	return PEMText("PRIVATE KEY", der)
}

// PEMText returns a PEM block with this label.
func PEMText(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

// KeyMaterial returns the parts of a PEM text that must never be shown: its lines of base64.
func KeyMaterial(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
	}
	return lines
}
