package mailserversim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"mime/multipart"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// issueCertificate plays the authority of a server under test. Who signs is none of the mail
// server's business, so nobody does.
func (s *server) issueCertificate(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error) {
	s.mu.Lock()
	s.issued = append(s.issued, hostnames...)
	s.mu.Unlock()
	return certificateFor(hostnames, now, now.Add(lifetime))
}

func certificateFor(hostnames []string, notBefore, notAfter time.Time) (chainPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: hostnames, NotBefore: notBefore, NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// leaf returns the certificate that a TLS client gets who asks the server for the name.
func (s *server) leaf(t *testing.T, serverName string) *x509.Certificate {
	t.Helper()
	clientEnd, serverEnd := net.Pipe()
	defer clientEnd.Close() //nolint:errcheck // a pipe in memory
	go func() {
		defer serverEnd.Close() //nolint:errcheck // a pipe in memory
		tls.Server(serverEnd, &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return s.Certificate(hello.ServerName)
		}}).Handshake() //nolint:errcheck // the client sees whether it has worked
	}()
	client := tls.Client(clientEnd, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatalf("handshake with %s: %v", serverName, err)
	}
	return client.ConnectionState().PeerCertificates[0]
}

// install asks for a certificate of Let's Encrypt.
func (s *server) install(t *testing.T, hostname string) {
	t.Helper()
	s.post(t, "/ssl/letsencrypt/install", "hostname", hostname).
		want(t, 200, `{"message":"Changes will be applied in few minutes","result":true}`)
}

// upload sends two files, as "curl -F ssl_certificate=@… -F ssl_certificate_key=@…" does; one that
// is nil is not sent.
func (s *server) upload(t *testing.T, certificate, key []byte) reply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range map[string][]byte{"ssl_certificate": certificate, "ssl_certificate_key": key} {
		if content == nil {
			continue
		}
		part, err := form.CreateFormFile(name, name+".pem")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return s.send(t, "POST", "/ssl/upload", form.FormDataContentType(), body.String())
}

func TestSelfSignedCertificate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := newServerAt(t, path)
	leaf := s.leaf(t, "mail.example.com")
	if err := leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature); err != nil {
		t.Errorf("not signed by its own key: %v", err)
	}
	if leaf.VerifyHostname("mail.example.com") == nil {
		t.Error("the certificate of a new server is good for a host name that it can't know")
	}
	for who, again := range map[string]*x509.Certificate{
		"same host": s.leaf(t, "mail.example.com"), "other host": s.leaf(t, "mail.example.org"),
		"other process": newServerAt(t, path).leaf(t, "mail.example.com"),
	} {
		if !again.Equal(leaf) {
			t.Errorf("%s: another certificate", who)
		}
	}
	if _, err := s.Certificate(""); err != nil {
		t.Errorf("without server name: %v", err)
	}
}

func TestLetsEncryptCertificateArrivesLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := newServerAt(t, path)
	selfSigned := s.leaf(t, "mail.example.com")
	ordered := s.now()
	s.install(t, "Mail.Example.com.")
	s.Advance(2*time.Second - 1)
	if !s.leaf(t, "mail.example.com").Equal(selfSigned) {
		t.Error("the certificate arrived before its time")
	}
	s.Advance(time.Hour)
	leaf := s.leaf(t, "MAIL.example.com")
	if !slices.Equal(leaf.DNSNames, []string{"mail.example.com"}) {
		t.Errorf("names %q", leaf.DNSNames)
	}
	arrived := ordered.Add(2 * time.Second).Truncate(time.Second)
	if !leaf.NotBefore.Equal(arrived) || !leaf.NotAfter.Equal(arrived.Add(90*24*time.Hour)) {
		t.Errorf("valid from %s to %s, should begin at %s", leaf.NotBefore, leaf.NotAfter, arrived)
	}
	if !s.leaf(t, "mail.example.org").Equal(selfSigned) {
		t.Error("another host name got a certificate")
	}
	other := newServerAt(t, path)
	if !other.leaf(t, "mail.example.com").Equal(leaf) || !s.leaf(t, "mail.example.com").Equal(leaf) {
		t.Error("the certificate changes by being looked at")
	}
	if len(s.issued)+len(other.issued) != 1 {
		t.Errorf("issued %q and %q", s.issued, other.issued)
	}

	// The old one serves until the renewed one is there.
	s.login(t)
	s.Set(SettingCertificateDelay, "10s")
	s.Set(SettingCertificateLifetime, "24h")
	s.install(t, "mail.example.com")
	s.Advance(9 * time.Second)
	if !s.leaf(t, "mail.example.com").Equal(leaf) {
		t.Error("the old certificate is gone before the new one is there")
	}
	s.Advance(time.Second)
	if renewed := s.leaf(t, "mail.example.com"); renewed.NotAfter.Sub(renewed.NotBefore) != 24*time.Hour {
		t.Errorf("the renewed certificate is valid from %s to %s", renewed.NotBefore, renewed.NotAfter)
	}
}

// A certificate that two processes find due at the same time is the one that came first, for both.
func TestCertificateIsInstalledOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	slow, fast := newServerAt(t, path), newServerAt(t, path)
	slow.install(t, "mail.example.com")
	slow.Advance(time.Minute)
	fast.Advance(time.Minute)

	var first *x509.Certificate
	slow.issue = func(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error) {
		first = fast.leaf(t, "mail.example.com")
		return slow.issueCertificate(hostnames, lifetime, now)
	}
	if got := slow.leaf(t, "mail.example.com"); !got.Equal(first) || !fast.leaf(t, "mail.example.com").Equal(first) {
		t.Error("the second certificate has replaced the first")
	}
	if len(slow.issued) != 1 || len(fast.issued) != 1 {
		t.Errorf("issued %q and %q: the test did not make them compete", slow.issued, fast.issued)
	}
}

func TestOrderingAgainKeepsWhatHasArrived(t *testing.T) {
	s := newServer(t)
	s.install(t, "mail.example.com")
	s.Advance(2 * time.Second) // it arrives, unseen
	s.install(t, "mail.example.com")
	if leaf := s.leaf(t, "mail.example.com"); !slices.Equal(leaf.DNSNames, []string{"mail.example.com"}) {
		t.Error("the second order has taken away the certificate of the first")
	}
}

func TestCertificatesNeverArrive(t *testing.T) {
	s := newServer(t)
	selfSigned := s.leaf(t, "mail.example.com")
	s.Turn(SwitchCertificatesNeverArrive, true)
	s.install(t, "mail.example.com")
	s.Turn(SwitchCertificatesNeverArrive, false)
	s.Advance(24 * time.Hour)
	if !s.leaf(t, "mail.example.com").Equal(selfSigned) {
		t.Error("a certificate has arrived")
	}
}

func TestInstallWithoutHostname(t *testing.T) {
	s := newServer(t)
	s.post(t, "/ssl/letsencrypt/install").want(t, 200, `{"message":"Changes will be applied in few minutes","result":true}`)
	if ordered := s.state(t).Certificates.Ordered; len(ordered) != 0 {
		t.Errorf("ordered %v", ordered)
	}
}

func TestDaysLeft(t *testing.T) {
	s := newServer(t)
	left := func() reply { return s.post(t, "/ssl/get-left-days", "hostname", "mail.example.com") }
	left().want(t, 500, "") // self-signed
	s.install(t, "mail.example.com")
	s.Advance(time.Minute)
	left().want(t, 200, `{"days_left":0}`)
	s.post(t, "/ssl/get-left-days", "hostname", "mail.example.org").want(t, 500, "")
	s.Advance(90 * 24 * time.Hour)
	s.login(t)
	left().want(t, 500, "") // expired

	chain, key, err := certificateFor([]string{"mail.example.com"}, s.now(), s.now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	s.upload(t, chain, key).want(t, 200, `{"result":true}`)
	left().want(t, 500, "") // nobody the server trusts has signed it
	s.upload(t, []byte("garbage"), []byte("garbage")).want(t, 200, `{"result":true}`)
	left().want(t, 500, "")
}

func TestUploadReplacesAllCertificates(t *testing.T) {
	s := newServer(t)
	s.install(t, "mail.example.com")
	s.Advance(time.Minute)
	issued := s.leaf(t, "mail.example.com")
	chain, key, err := certificateFor([]string{"*.example.com"}, s.now(), s.now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	s.upload(t, chain, key).want(t, 200, `{"result":true}`)
	for _, host := range []string{"mail.example.com", "mail.example.org"} {
		if leaf := s.leaf(t, host); !slices.Equal(leaf.DNSNames, []string{"*.example.com"}) {
			t.Errorf("%s presents a certificate for %q", host, leaf.DNSNames)
		}
	}
	// The next one of Let's Encrypt takes its name back.
	s.install(t, "mail.example.com")
	s.Advance(time.Minute)
	if leaf := s.leaf(t, "mail.example.com"); leaf.Equal(issued) || !slices.Equal(leaf.DNSNames, []string{"mail.example.com"}) {
		t.Errorf("certificate for %q", leaf.DNSNames)
	}
	if leaf := s.leaf(t, "mail.example.org"); !slices.Equal(leaf.DNSNames, []string{"*.example.com"}) {
		t.Errorf("mail.example.org presents a certificate for %q", leaf.DNSNames)
	}
}

func TestUploadChecksNothing(t *testing.T) {
	s := newServer(t)
	chain, _, err := certificateFor([]string{"mail.example.com"}, s.now(), s.now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, otherKey, err := certificateFor([]string{"mail.example.com"}, s.now(), s.now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][2][]byte{
		"garbage":   {[]byte("not a certificate"), []byte("not a key")},
		"wrong key": {chain, otherKey},
		"swapped":   {otherKey, chain},
		"empty":     {{}, {}},
	} {
		t.Run(name, func(t *testing.T) {
			s.upload(t, files[0], files[1]).want(t, 200, `{"result":true}`)
			if _, err := s.Certificate("mail.example.com"); err == nil {
				t.Error("the server still has a certificate")
			}
		})
	}
}

func TestUploadWithoutFiles(t *testing.T) {
	chain, key, err := certificateFor([]string{"mail.example.com"}, time.Unix(0, 0), time.Unix(1<<32, 0))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(t *testing.T, s *server) reply{
		"fields": func(t *testing.T, s *server) reply {
			return s.post(t, "/ssl/upload", "ssl_certificate", string(chain), "ssl_certificate_key", string(key))
		},
		"no key":   func(t *testing.T, s *server) reply { return s.upload(t, chain, nil) },
		"no chain": func(t *testing.T, s *server) reply { return s.upload(t, nil, key) },
		"nothing":  func(t *testing.T, s *server) reply { return s.send(t, "POST", "/ssl/upload", "", "") },
	}
	for name, send := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.install(t, "mail.example.com")
			s.Advance(time.Minute)
			s.leaf(t, "mail.example.com")
			send(t, s).want(t, 500, "")
			if _, err := s.Certificate("mail.example.com"); err == nil || !strings.Contains(err.Error(), "deleted by an upload") {
				t.Errorf("error %v", err)
			}
			s.upload(t, chain, key).want(t, 200, `{"result":true}`)
			s.leaf(t, "mail.example.com")
		})
	}
}

// The state file is for people to read, compare and send each other.
func TestNoSecretInTheStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := newServerAt(t, path)
	s.addDomain(t, "example.com") // password: correct horse
	s.post(t, "/users/1", "domain_id", "1", "email", "alice@example.com", "password", "battery staple").want(t, 200, `{"result":true}`)
	s.post(t, "/user-change-password", "id", "1", "domain_id", "1", "password", "next secret").want(t, 200, `{"result":true}`)
	private := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)["private"].(string)
	s.install(t, "mail.example.com")
	s.Advance(time.Minute)
	s.leaf(t, "mail.example.com")
	s.leaf(t, "mail.example.org")
	chain, key, err := certificateFor([]string{"mail.example.com"}, s.now(), s.now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	s.upload(t, key, chain).want(t, 200, `{"result":true}`) // the wrong way round

	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{
		"first account's password": "correct horse", "password": "battery staple", "changed password": "next secret",
		"login": Password, "token": s.token, "a private key": "PRIVATE KEY", "DKIM key": strings.Split(private, "\n")[1],
	} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the state file holds the %s", what)
		}
	}
	if !bytes.Contains(content, []byte("alice@example.com")) {
		t.Error("the state file holds nothing")
	}
}
