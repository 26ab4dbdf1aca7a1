package netfault

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	miekg "github.com/miekg/dns"
)

// goWords are words of Go's errors that no person at a terminal should have to read.
var goWords = []string{"dial tcp", "dial udp", "read tcp", "read udp", "write tcp", "i/o timeout", "deadline exceeded", "context canceled", "x509:", "tls:", "dns:", "http:",
	"EOF", "no such host", "lookup ", "connect:", "use of closed", "127.0.0.1", "::1", "syscall", "broken pipe", "errno"}

// serve accepts connections until the test ends.
func serve(t *testing.T, talk func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// serveTLS shows a certificate for a name.
func serveTLS(t *testing.T, name string, notAfter time.Time, most uint16) (address string, authority *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: notAfter.AddDate(-1, 0, 0), NotAfter: notAfter, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	authority = x509.NewCertPool()
	authority.AddCert(certificate)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MaxVersion: most, MinVersion: tls.VersionTLS10}
	return serve(t, func(conn net.Conn) { tls.Server(conn, config).Handshake() }), authority
}

func handshake(address string, config *tls.Config) error {
	conn, err := tls.Dial("tcp", address, config)
	if err == nil {
		conn.Close()
	}
	return err
}

func unused(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.LocalAddr().String()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// read connects, and reads a line within a time.
func read(address string, within time.Duration) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(within))
	_, err = bufio.NewReader(conn).ReadString('\n')
	return err
}

// Each way in which a real connection fails has plain words, which have nothing of Go's in them.
func TestRealFailures(t *testing.T) {
	t.Parallel()
	const name = "mail.example.com"
	later := time.Now().AddDate(0, 1, 0)
	question := new(miekg.Msg).SetQuestion("example.com.", miekg.TypeMX)
	silent := serve(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	plainText := serve(t, func(conn net.Conn) { fmt.Fprint(conn, "220 mail.example.com ESMTP\r\n"); io.Copy(io.Discard, conn) })
	mute, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	good, authority := serveTLS(t, name, later, 0)
	old, _ := serveTLS(t, name, later, tls.VersionTLS11)
	expired, expiredAuthority := serveTLS(t, name, time.Now().AddDate(0, 0, -1), 0)
	get := func(address string) error {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority}}, Timeout: 5 * time.Second}
		response, err := client.Get("https://" + address + "/")
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	for what, test := range map[string]struct {
		failure func() error
		words   string
	}{
		"refused":        {func() error { return read(unused(t, "tcp"), time.Second) }, "connection refused"},
		"refused by UDP": {func() error { _, _, err := new(miekg.Client).Exchange(question, unused(t, "udp")); return err }, "connection refused"},
		"silent":         {func() error { return read(silent, 50*time.Millisecond) }, "no answer in time"},
		"silent by UDP": {func() error {
			c := miekg.Client{Timeout: 50 * time.Millisecond}
			_, _, err := c.Exchange(question, mute.LocalAddr().String())
			return err
		}, "no answer in time"},
		"out of time": {func() error {
			ctx, stop := context.WithTimeout(t.Context(), time.Nanosecond)
			defer stop()
			_, err := new(net.Dialer).DialContext(ctx, "tcp", silent)
			return err
		}, "no answer in time"},
		"interrupted": {func() error {
			ctx, stop := context.WithCancel(t.Context())
			stop()
			_, err := new(net.Dialer).DialContext(ctx, "tcp", silent)
			return err
		}, "interrupted"},
		"reset": {func() error {
			return read(serve(t, func(conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }), 5*time.Second)
		}, "connection cut by the other side"},
		"closed in banner": {func() error { return read(serve(t, func(conn net.Conn) { fmt.Fprint(conn, "220 ma") }), 5*time.Second) }, "connection closed before the answer was complete"},
		"closed in TLS": {func() error {
			return handshake(serve(t, func(conn net.Conn) { io.ReadFull(conn, make([]byte, 5)); time.Sleep(10 * time.Millisecond) }), nil)
		}, "connection "},
		"no TLS": {func() error { return handshake(plainText, nil) }, "the other side does not speak TLS"},
		"no TLS for HTTPS": {func() error {
			return get(serve(t, func(conn net.Conn) { fmt.Fprint(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }))
		}, "the other side does not speak TLS"},
		"old TLS": {func() error {
			return handshake(old, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
		}, "the other side ends TLS by the alert \"protocol version not supported\""},
		"authority":        {func() error { return handshake(good, &tls.Config{ServerName: name, RootCAs: x509.NewCertPool()}) }, "the certificate is not issued by a trusted authority"},
		"other name":       {func() error { return handshake(good, &tls.Config{ServerName: "other.example.com", RootCAs: authority}) }, "the certificate is issued for mail.example.com, and not for other.example.com"},
		"other name, HTTP": {func() error { return get(good) }, "issued for mail.example.com, and not for 127.0.0.1"},
		"expired":          {func() error { return handshake(expired, &tls.Config{ServerName: name, RootCAs: expiredAuthority}) }, "a certificate has expired or is not yet valid"},
		"no host": {func() error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "gone.example", IsNotFound: true}}
		}, "there is no host with this name"},
		"no resolver": {func() error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", Name: "mail.example", Server: "127.0.0.1:53"}}
		}, "the name of the host could not be looked up"},
		"no host, asked": {func() error { _, err := net.DialTimeout("tcp", "gone.invalid:25", 2*time.Second); return err }, ""},
		"no DNS":         {func() error { return new(miekg.Msg).Unpack([]byte{1, 2}) }, "the reply is no valid DNS message"},
	} {
		err := test.failure()
		if err == nil {
			t.Errorf("%s: no failure", what)
			continue
		}
		plain := Plain(err)
		if !strings.Contains(plain.Error(), test.words) {
			t.Errorf("%s: %q is told as %q; want %q", what, err, plain, test.words)
		}
		if !errors.Is(plain, err) || Plain(plain) != plain {
			t.Errorf("%s: %q is not what it was", what, plain)
		}
		for _, bad := range goWords {
			if strings.Contains(plain.Error(), bad) && !strings.Contains(test.words, bad) {
				t.Errorf("%s: %q has %q", what, plain, bad)
			}
		}
	}
}

// The codes of the operating system have words, whatever wraps them.
func TestCodes(t *testing.T) {
	t.Parallel()
	for _, known := range codes {
		err := fmt.Errorf("wrapped: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", known.code)})
		if got := Plain(err).Error(); got != known.words {
			t.Errorf("%v: %q", known.code, got)
		}
	}
	rare := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ENOBUFS)}
	if got := Plain(rare).Error(); got != syscall.ENOBUFS.Error() {
		t.Errorf("%q", got)
	}
}

// Errors with words of their own keep them.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	own := errors.New("the host says more than a server of its protocol does")
	if Plain(own).Error() != own.Error() || Plain(nil) != nil {
		t.Errorf("%v, %v", Plain(own), Plain(nil))
	}
	said := Says("no answer within 3s", os.ErrDeadlineExceeded)
	if said.Error() != "no answer within 3s" || !errors.Is(said, os.ErrDeadlineExceeded) || Plain(said) != said {
		t.Errorf("%v", said)
	}
}
