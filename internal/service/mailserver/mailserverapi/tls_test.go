package mailserverapi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

func TestInstallLetsEncrypt(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	message, err := c.InstallLetsEncrypt(t.Context(), "mail.example.com")
	if err != nil || message != "Changes will be applied in few minutes" {
		t.Errorf("%q, %v", message, err)
	}
	if _, ok := s.state().Certificates.Ordered["mail.example.com"]; !ok {
		t.Error("nothing was ordered")
	}
	s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/ssl/letsencrypt/install", Kind: fault.Status, Status: 200, Body: `{"result":false,"error":"no such host"}`}}})
	_, err = c.InstallLetsEncrypt(t.Context(), "mail.example.com")
	wantError(t, err, nil, "mail.example.com", "no such host")
	_, err = c.InstallLetsEncrypt(t.Context(), "mail example")
	wantError(t, err, nil, "Nothing was sent")
}

func TestDaysLeft(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	// A server whose certificate nobody trusts fails, which is an answer.
	_, err := c.DaysLeft(t.Context(), "mail.example.com")
	wantError(t, err, nil, "500", "does not trust its certificate")
	if errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("a question has no outcome: %v", err)
	}
	if n := s.count("POST /ssl/get-left-days"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/ssl/get-left-days", Kind: fault.Status, Status: 200, Body: `{"days_left":60}`}}})
	if days, err := c.DaysLeft(t.Context(), "mail.example.com"); err != nil || days != 60 {
		t.Errorf("%d, %v", days, err)
	}
}

func TestUploadCertificate(t *testing.T) {
	chain, key := selfSigned(t)
	_, otherKey := selfSigned(t)
	s := newSimulation(t)
	c := s.client()
	for name, pair := range map[string][2][]byte{
		"another's key": {chain, otherKey},
		"no key":        {chain, nil},
		"swapped":       {key, chain},
		"garbage":       {[]byte("garbage"), []byte("garbage")},
	} {
		if err := c.UploadCertificate(t.Context(), pair[0], pair[1]); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if n := s.total(); n != 0 {
		t.Fatalf("%d calls for what must not be sent", n)
	}
	if err := c.UploadCertificate(t.Context(), chain, key); err != nil {
		t.Fatal(err)
	}
	if got := s.state().Certificates.Other; got != mailserversim.Uploaded {
		t.Errorf("the server's certificate is %q", got)
	}
}

func selfSigned(t *testing.T) (chain, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"},
		DNSNames: []string{"mail.example.com"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}
