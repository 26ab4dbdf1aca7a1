// Package netfault says in plain words why the network did not do what was asked. The texts of Go's
// standard library are for programmers: they name system calls, packages and sockets.
package netfault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// fault is an error with other words.
type fault struct {
	words string
	err   error
}

func (f *fault) Error() string { return f.words }

// Unwrap returns the original, so that its kind can still be told.
func (f *fault) Unwrap() error { return f.err }

// Says returns an error with the words, which is of the same kind as err. Only the words are shown.
func Says(words string, err error) error { return &fault{words, err} }

// Plain returns an error that says in plain words what the given one means. It unwraps to the given
// one, so errors.Is and errors.As still work. The words have no address and can end a sentence, such
// as "connection refused". An error that is not of the network keeps its own words. nil stays nil.
func Plain(err error) error {
	if err == nil {
		return nil
	}
	if known, plain := err.(*fault); plain { //nolint:errorlint // an error that wraps one has words of its own
		return known
	}
	return &fault{words(err), err}
}

// codes are the words for what the operating system says.
var codes = []struct {
	code  syscall.Errno
	words string
}{
	{syscall.ECONNREFUSED, "connection refused"},
	{syscall.ECONNRESET, "connection cut by the other side"},
	{syscall.EPIPE, "connection cut by the other side"},
	{syscall.ECONNABORTED, "connection cut"},
	{syscall.EHOSTUNREACH, "no route to the host"},
	{syscall.ENETUNREACH, "no route to the network of the host"},
	{syscall.EADDRNOTAVAIL, "this machine has no network for such an address"},
	{syscall.EAFNOSUPPORT, "this machine has no network for such an address"},
	{syscall.EPROTONOSUPPORT, "this machine has no network for such an address"},
	{syscall.EPERM, "this machine does not permit the connection, perhaps by a firewall"},
	{syscall.EACCES, "this machine does not permit the connection, perhaps by a firewall"},
	{syscall.ETIMEDOUT, "no answer in time"},
	{syscall.EMFILE, "this machine has too many open connections and files"},
	{syscall.ENFILE, "this machine has too many open connections and files"},
}

func words(err error) string {
	for _, known := range codes {
		if errors.Is(err, known.code) {
			return known.words
		}
	}
	var lookup *net.DNSError
	var timing net.Error
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "there is no host with this name"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timing) && timing.Timeout():
		return "no answer in time"
	case lookup != nil:
		return "the name of the host could not be looked up"
	}
	if text := certificateWords(err); text != "" {
		return text
	}
	if text := tlsWords(err); text != "" {
		return text
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return "connection closed before the answer was complete"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "the other side does not speak TLS"
	}
	return ownWords(err)
}

// certificateWords is about certificates that were refused; "" for other errors.
func certificateWords(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "the certificate is not issued by a trusted authority"
	case errors.As(err, &host) && len(host.Certificate.DNSNames) > 0:
		return fmt.Sprintf("the certificate is issued for %s, and not for %s", strings.Join(host.Certificate.DNSNames, ", "), host.Host)
	case errors.As(err, &host):
		return "the certificate is not issued for " + host.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "a certificate has expired or is not yet valid"
	case errors.As(err, &invalid):
		return "the certificate is not valid for a server: " + strings.TrimPrefix(invalid.Error(), "x509: ")
	}
	return ""
}

// tlsWords is about handshakes; "" for other errors.
func tlsWords(err error) string {
	var header tls.RecordHeaderError
	var remote *net.OpError
	text := innermost(err).Error()
	switch {
	case errors.As(err, &header):
		return "the other side does not speak TLS"
	case errors.As(err, &remote) && remote.Op == "remote error":
		return fmt.Sprintf("the other side ends TLS by the alert %q", strings.TrimPrefix(remote.Err.Error(), "tls: "))
	case strings.HasPrefix(text, "tls: "):
		return "TLS does not begin: " + strings.TrimPrefix(text, "tls: ")
	}
	return ""
}

// ownWords is the text of an error of another kind, without what Go's packages put before it.
func ownWords(err error) string {
	var request *url.Error
	for errors.As(err, &request) {
		err = request.Err
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	text := err.Error()
	if strings.Contains(text, "malformed HTTP") {
		return "the other side does not speak HTTP"
	}
	if _, problem, found := strings.Cut(text, "dns: "); found {
		return "the reply is no valid DNS message: " + problem
	}
	for _, prefix := range []string{"net/http: ", "http: ", "x509: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// innermost unwraps an error as far as there is one error in it.
func innermost(err error) error {
	for {
		within := errors.Unwrap(err)
		if within == nil {
			return err
		}
		err = within
	}
}
