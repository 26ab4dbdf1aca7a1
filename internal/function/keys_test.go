package function_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

// zeroes is a source of random numbers for keys that protect nothing.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

// keys are invented keys of all kinds, made once.
var keys = sync.OnceValue(func() (k struct {
	rsa   *rsa.PrivateKey
	short *rsa.PrivateKey
	ed    ed25519.PrivateKey
	ec    *ecdsa.PrivateKey
}) {
	k.rsa, _ = rsa.GenerateKey(zeroes{}, 2048)
	k.short, _ = rsa.GenerateKey(zeroes{}, 1024)
	_, k.ed, _ = ed25519.GenerateKey(zeroes{})
	k.ec, _ = ecdsa.GenerateKey(elliptic.P256(), zeroes{})
	return k
})

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// base64Of is PEM without its first and last line, and without line breaks.
func base64Of(pemText string) string {
	block, _ := pem.Decode([]byte(pemText))
	return base64.StdEncoding.EncodeToString(block.Bytes)
}

func publicPEM(public any) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		panic(err)
	}
	return pemText("PUBLIC KEY", der)
}

// privateKeys are private keys in all forms in which users have them, by a name of the form.
func privateKeys(t *testing.T) map[string]string {
	t.Helper()
	k := keys()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k.rsa)
	if err != nil {
		t.Fatal(err)
	}
	edPKCS8, err := x509.MarshalPKCS8PrivateKey(k.ed)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(k.ec)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"PKCS #1":     pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.rsa)),
		"PKCS #8":     pemText("PRIVATE KEY", pkcs8),
		"Ed25519":     pemText("PRIVATE KEY", edPKCS8),
		"SEC 1":       pemText("EC PRIVATE KEY", sec1),
		"OpenSSH":     pemText("OPENSSH PRIVATE KEY", append([]byte("openssh-key-v1\x00"), edPKCS8...)),
		"PuTTY":       "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n" + base64.StdEncoding.EncodeToString(pkcs8),
		"two in one":  publicPEM(k.rsa.Public()) + pemText("PRIVATE KEY", pkcs8),
		"in one line": strings.ReplaceAll(pemText("PRIVATE KEY", pkcs8), "\n", " "),
	}
	for _, form := range []string{"PKCS #1", "PKCS #8", "Ed25519", "SEC 1", "OpenSSH"} {
		bare := base64Of(forms[form])
		forms[form+" in base64"] = bare
		forms[form+" in base64, cut off"] = bare[:len(bare)-11]
		forms[form+" cut off"] = forms[form][:len(forms[form])-20]
	}
	return forms
}

// certificate returns a certificate as PEM, of a certification authority or of a server.
func certificate(t *testing.T, authority bool) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"}, IsCA: authority, BasicConstraintsValid: true,
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1800000000, 0),
	}
	der, err := x509.CreateCertificate(zeroes{}, template, template, keys().ec.Public(), keys().ec)
	if err != nil {
		t.Fatal(err)
	}
	return pemText("CERTIFICATE", der)
}
