package pki_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/pki"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

var now = time.Date(2031, 5, 6, 7, 8, 9, 123, time.UTC)

func authority(t *testing.T, path string) *pki.Authority {
	t.Helper()
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return pki.New(st)
}

func TestIssue(t *testing.T) {
	a := authority(t, "")
	chain, key, err := a.Issue([]string{"mail.example.com", "*.example.org", "192.0.2.1"}, 90*24*time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatalf("the key is not that of the chain's first certificate: %v", err)
	}
	if len(pair.Certificate) != 2 {
		t.Fatalf("the chain has %d certificates, want the host's and the authority's", len(pair.Certificate))
	}
	leaf := pair.Leaf
	if want := now.Truncate(time.Second); !leaf.NotBefore.Equal(want) || !leaf.NotAfter.Equal(want.Add(90*24*time.Hour)) {
		t.Errorf("valid from %s to %s", leaf.NotBefore, leaf.NotAfter)
	}
	if leaf.IsCA || leaf.SerialNumber.Sign() <= 0 {
		t.Errorf("leaf: is an authority: %v, serial number %d", leaf.IsCA, leaf.SerialNumber)
	}
	issuer, err := x509.ParseCertificate(pair.Certificate[1])
	if err != nil || !issuer.IsCA {
		t.Fatalf("the chain's second certificate is no authority's: %v", err)
	}
	roots, err := a.Roots()
	if err != nil {
		t.Fatal(err)
	}
	for name, valid := range map[string]bool{"mail.example.com": true, "a.example.org": true, "192.0.2.1": true, "example.com": false} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now.Add(time.Hour)})
		if (err == nil) != valid {
			t.Errorf("verifying for %s: %v", name, err)
		}
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now.AddDate(0, 0, 91)}); err == nil {
		t.Error("still valid after 91 days")
	}
}

func TestIssueRefusals(t *testing.T) {
	a := authority(t, "")
	for name, c := range map[string]struct {
		hostnames []string
		lifetime  time.Duration
		says      string
	}{
		"no name":      {nil, time.Hour, "no host name"},
		"no lifetime":  {[]string{"mail.example.com"}, 0, "lifetime"},
		"not punycode": {[]string{"bücher.example"}, time.Hour, "bücher.example"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := a.Issue(c.hostnames, c.lifetime, now)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one with %q", err, c.says)
			}
		})
	}
	long := strings.Repeat("a", 60) + ".example.com"
	if _, _, err := a.Issue([]string{long}, time.Hour, now); err != nil {
		t.Errorf("a host name longer than a common name: %v", err)
	}
}

func TestOneAuthorityForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	certificates := make([][]byte, 6)
	var all sync.WaitGroup
	for i := range certificates {
		a := authority(t, path)
		all.Go(func() {
			var err error
			if certificates[i], err = a.Certificate(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, c := range certificates[1:] {
		if !bytes.Equal(c, certificates[0]) {
			t.Fatal("one sandbox has two authorities")
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("BEGIN CERTIFICATE")) || bytes.Contains(text, []byte("PRIVATE")) {
		t.Errorf("the state file should hold the certificate and not the key:\n%s", text)
	}
}

func TestLostOrForeignKeyIsAnError(t *testing.T) {
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	a := pki.New(st)
	if _, err := a.Certificate(); err != nil {
		t.Fatal(err)
	}
	_, foreign, err := a.Issue([]string{"mail.example.com"}, time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range [][]byte{foreign, []byte("garbage"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})} {
		if err := st.PutKey("sandbox-ca", key); err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.Issue([]string{"mail.example.com"}, time.Hour, now); err == nil || !strings.Contains(err.Error(), "removing the sandbox's state file") {
			t.Errorf("with another key: %v, want an error that says what to do", err)
		}
	}
}
