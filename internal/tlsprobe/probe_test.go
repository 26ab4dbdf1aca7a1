package tlsprobe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

const hostname = "mail.example.com"

var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer is an authority of a test, or a host with its own key.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issue makes a certificate that by signs, or its own key if by is nil.
func issue(t *testing.T, by *signer, c x509.Certificate) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(7)
	if c.NotBefore.IsZero() {
		c.NotBefore, c.NotAfter = clock.AddDate(0, 0, -30), clock.AddDate(0, 0, 60)
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

func authority(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
}

// chain is what a host sends: the certificates, with the key of the first one.
func chain(certificates ...*signer) tls.Certificate {
	c := tls.Certificate{PrivateKey: certificates[0].key}
	for _, s := range certificates {
		c.Certificate = append(c.Certificate, s.certificate.Raw)
	}
	return c
}

// listen serves each connection with talk, until the test ends.
func listen(t *testing.T, scheme string, talk func(net.Conn)) Endpoint {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(conn)
			}()
		}
	}()
	return Endpoint{Scheme: scheme, Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
}

func serveTLS(c tls.Certificate) func(net.Conn) {
	return func(conn net.Conn) {
		tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}}).Handshake()
	}
}

func TestProbeJudges(t *testing.T) {
	root := issue(t, nil, authority("Example Root"))
	intermediate := issue(t, root, authority("Example Issuer"))
	stranger := issue(t, nil, authority("Nobody's Root"))
	roots := x509.NewCertPool()
	roots.AddCert(root.certificate)
	names := []string{hostname}

	good := issue(t, intermediate, x509.Certificate{DNSNames: names})
	expired := x509.Certificate{DNSNames: names, NotBefore: clock.AddDate(0, 0, -60), NotAfter: clock.AddDate(0, 0, -3)}
	early := x509.Certificate{DNSNames: names, NotBefore: clock.AddDate(0, 0, 1), NotAfter: clock.AddDate(0, 0, 90)}
	of := func(name string, from, to int) *signer {
		c := authority(name)
		c.NotBefore, c.NotAfter = clock.AddDate(0, 0, from), clock.AddDate(0, 0, to)
		return issue(t, root, c)
	}
	young, ended, future := of("Young Issuer", -2, 90), of("Ended Issuer", -90, -3), of("Early Issuer", 1, 90)
	for name, test := range map[string]struct {
		serves   tls.Certificate
		problems []error
		says     string
	}{
		"good":                            {chain(good, intermediate), nil, ""},
		"root sent as well":               {chain(good, intermediate, root), nil, ""},
		"wildcard":                        {chain(issue(t, root, x509.Certificate{DNSNames: []string{"*.example.com"}})), nil, ""},
		"intermediate missing":            {chain(good), []error{ErrUntrusted}, "do not trust its issuer CN=Example Issuer"},
		"self-signed":                     {chain(issue(t, nil, x509.Certificate{DNSNames: names})), []error{ErrUntrusted}, "do not trust"},
		"unknown authority":               {chain(issue(t, stranger, x509.Certificate{DNSNames: names}), stranger), []error{ErrUntrusted}, "CN=Nobody's Root"},
		"expired":                         {chain(issue(t, root, expired)), []error{ErrExpired}, "it expired on 2026-02-26T12:00:00Z"},
		"expired, of a younger authority": {chain(issue(t, young, expired), young), []error{ErrExpired}, "it expired on 2026-02-26T12:00:00Z"},
		"authority expired": {chain(issue(t, ended, x509.Certificate{DNSNames: names}), ended), []error{ErrUntrusted},
			"clients do not trust it: the certificate of its authority CN=Ended Issuer expired on 2026-02-26T12:00:00Z"},
		"authority not yet valid": {chain(issue(t, future, x509.Certificate{DNSNames: names}), future), []error{ErrUntrusted}, "CN=Early Issuer is not valid before"},
		"not yet valid":           {chain(issue(t, root, early)), []error{ErrNotYetValid}, "not valid before 2026-03-02T12:00:00Z"},
		"another host": {chain(issue(t, root, x509.Certificate{DNSNames: []string{"www.example.com", "example.com"}})),
			[]error{ErrOtherHost}, "issued for www.example.com, example.com, not for mail.example.com"},
		"name in the subject only": {chain(issue(t, root, x509.Certificate{Subject: pkix.Name{CommonName: hostname}})),
			[]error{ErrOtherHost}, "issued for no host at all"},
		"all at once": {chain(issue(t, nil, x509.Certificate{DNSNames: []string{"localhost"}, NotBefore: expired.NotBefore, NotAfter: expired.NotAfter})),
			[]error{ErrExpired, ErrOtherHost, ErrUntrusted}, "; it is issued for localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Prober{Roots: roots, Now: func() time.Time { return clock }}
			served, err := p.Probe(t.Context(), listen(t, HTTPS, serveTLS(test.serves)), hostname)
			if err != nil {
				t.Fatal(err)
			}
			if len(served.Chain) != len(test.serves.Certificate) || served.Leaf != served.Chain[0] || !served.At.Equal(clock) {
				t.Errorf("chain of %d at %s", len(served.Chain), served.At)
			}
			for _, kind := range []error{ErrExpired, ErrNotYetValid, ErrOtherHost, ErrUntrusted} {
				want := slices.Contains(test.problems, kind)
				if errors.Is(served.Problem, kind) != want {
					t.Errorf("problem %v: is %q: %t", served.Problem, kind, !want)
				}
			}
			if test.says == "" && served.Problem != nil || test.says != "" && !strings.Contains(served.Problem.Error(), test.says) {
				t.Errorf("problem is %v, want %q", served.Problem, test.says)
			}
		})
	}
}

func TestProbeAsksForTheName(t *testing.T) {
	asked := make(chan string, 1)
	own := chain(issue(t, nil, x509.Certificate{DNSNames: []string{hostname}}))
	e := listen(t, HTTPS, func(conn net.Conn) {
		tls.Server(conn, &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			asked <- hello.ServerName
			return &own, nil
		}}).Handshake()
	})
	if _, err := (Prober{}).Probe(t.Context(), e, hostname); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != hostname {
		t.Errorf("asked for %q", got)
	}
}

func TestProbeFails(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()

	for name, test := range map[string]struct {
		endpoint Endpoint
		noTLS    bool
		says     string
	}{
		"nobody listens": {Endpoint{HTTPS, "127.0.0.1", port}, false, "refused"},
		"no certificate": {listen(t, HTTPS, func(conn net.Conn) {
			tls.Server(conn, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("none") }}).Handshake()
		}), true, `alert "internal error"`},
		"not TLS": {listen(t, HTTPS, func(conn net.Conn) {
			conn.Write([]byte("220 mail.example.com ESMTP\r\n"))
			conn.Read(make([]byte, 1<<10))
		}), false, "STARTTLS"},
		"cut": {listen(t, HTTPS, func(conn net.Conn) { conn.Read(make([]byte, 1)) }), false, "handshake failed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Prober{}.Probe(t.Context(), test.endpoint, hostname)
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), test.endpoint.String()) {
				t.Errorf("error is %v, want the endpoint and %q", err, test.says)
			}
			if errors.Is(err, ErrNoTLS) != test.noTLS {
				t.Errorf("%v: is ErrNoTLS: %t", err, !test.noTLS)
			}
		})
	}
}

// silent holds servers that take connections and send nothing, one for each stage in which a probe
// waits.
var silent = map[string]func(net.Conn){
	HTTPS: func(conn net.Conn) { wait(conn) },
	SMTP:  func(conn net.Conn) { wait(conn) },
	IMAP: func(conn net.Conn) {
		conn.Write([]byte("* OK ready\r\n"))
		wait(conn)
	},
}

func wait(conn net.Conn) {
	for buffer := make([]byte, 1<<10); ; {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

func TestProbeIsBounded(t *testing.T) {
	for scheme, talk := range silent {
		t.Run(scheme, func(t *testing.T) {
			_, err := Prober{Timeout: 30 * time.Millisecond}.Probe(t.Context(), listen(t, scheme, talk), hostname)
			if err == nil || !strings.Contains(err.Error(), "no answer within 30ms") || errors.Is(err, ErrNoTLS) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestProbeStopsWhenCancelled(t *testing.T) {
	for scheme, talk := range silent {
		t.Run(scheme, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			e := listen(t, scheme, func(conn net.Conn) {
				cancel()
				talk(conn)
			})
			_, err := Prober{Timeout: time.Hour}.Probe(ctx, e, hostname)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestProbeDialsAsTold(t *testing.T) {
	real := listen(t, HTTPS, serveTLS(chain(issue(t, nil, x509.Certificate{DNSNames: []string{hostname}}))))
	var dialled string
	p := Prober{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled = network + " " + address
		return (&net.Dialer{}).DialContext(ctx, network, real.address())
	}}
	if _, err := p.Probe(t.Context(), Endpoint{HTTPS, hostname, 443}, hostname); err != nil {
		t.Fatal(err)
	}
	if dialled != "tcp mail.example.com:443" {
		t.Errorf("dialled %s", dialled)
	}
}
