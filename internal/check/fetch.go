package check

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
	"strings"
	"syscall"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

// maxFile is the most that is read of a file, in bytes (RFC 8461 section 3.3).
const maxFile = 64 << 10

// fetched is what came of fetching a file.
type fetched struct {
	body        []byte
	contentType string
	// problem is what the server does wrong, as a part of a sentence; "" if there is a file.
	problem string
	// err is why it is not known whether there is a file.
	err error
}

// outcome is that of a check that needs the file. It is only for files that were not fetched.
func (f fetched) outcome() outcome {
	if f.err != nil {
		return couldNotLook(f.err)
	}
	return failed("%s", f.problem)
}

func (f fetched) ok() bool { return f.err == nil && f.problem == "" }

// badCertificate is a certificate that senders refuse.
type badCertificate struct{ error }

// fetch gets a file by HTTPS, without following redirects, from public addresses only.
func (r *run) fetch(address string) fetched {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "https" || target.User != nil || target.Hostname() == "" {
		return fetched{problem: fmt.Sprintf("%s is not the address of a file by HTTPS", quoted(address))}
	}
	host := target.Hostname()
	if _, err := dns.Canonical(host); err != nil {
		return fetched{problem: fmt.Sprintf("%s has no host name that can be looked up", quoted(address))}
	}
	ctx, cancel := context.WithTimeout(r.ctx, r.HTTPTimeout)
	defer cancel()
	connected := false
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxFile,
			DialTLSContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
				conn, err := r.dialTLS(ctx, addr, func() { connected = true })
				return conn, err
			},
		},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return fetched{problem: fmt.Sprintf("%s is not the address of a file by HTTPS", quoted(address))}
	}
	request.Header.Set("User-Agent", "terraform-provider-postmaster (domain check)")
	response, err := client.Do(request)
	if err != nil {
		return r.notFetched(ctx, host, connected, err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return fetched{problem: fmt.Sprintf("%s answers by a redirect to %s, which senders do not follow", address, quoted(response.Header.Get("Location")))}
	}
	if response.StatusCode != http.StatusOK {
		return fetched{problem: fmt.Sprintf("%s answers %d", address, response.StatusCode)}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxFile+1))
	switch {
	case err != nil:
		return r.notFetched(ctx, host, connected, err)
	case len(body) > maxFile:
		return fetched{problem: fmt.Sprintf("%s has more than %d bytes", address, maxFile)}
	}
	contentType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return fetched{body: body, contentType: strings.ToLower(strings.TrimSpace(contentType))}
}

// notFetched tells what the server does wrong from what may be the network's fault.
func (r *run) notFetched(ctx context.Context, host string, connected bool, err error) fetched {
	var bad badCertificate
	var absent noSuchHost
	var failedURL *url.Error
	if errors.As(err, &failedURL) {
		err = failedURL.Err // without the address, which the texts have
	}
	switch {
	case r.ctx.Err() != nil:
		return fetched{err: fmt.Errorf("%s: %w", host, netfault.Plain(r.ctx.Err()))}
	case errors.As(err, &bad):
		return fetched{problem: fmt.Sprintf("%s: senders refuse its certificate: %v", host, bad.error)}
	case errors.As(err, &absent):
		return fetched{problem: absent.Error()}
	case errors.Is(err, syscall.ECONNREFUSED):
		return fetched{problem: fmt.Sprintf("%s refuses connections to port 443", host)}
	case connected && ctx.Err() != nil:
		return fetched{problem: fmt.Sprintf("%s did not send the whole file within %s", host, r.HTTPTimeout)}
	case connected:
		return fetched{problem: fmt.Sprintf("%s: %v", host, netfault.Plain(err))}
	}
	return fetched{err: fmt.Errorf("%s at port 443: %w", host, netfault.Plain(err))}
}

// noSuchHost is a host that has no address at which it may be contacted.
type noSuchHost struct{ text string }

func (e noSuchHost) Error() string { return e.text }

// dialTLS connects to a host of the domain, and refuses a certificate that senders refuse.
func (r *run) dialTLS(ctx context.Context, addr string, connected func()) (net.Conn, error) {
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	conn, err := r.dialHost(ctx, name, port)
	if err != nil {
		return nil, err
	}
	connected()
	secured := tls.Client(conn, &tls.Config{ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, netfault.Plain(err)
	}
	chain := secured.ConnectionState().PeerCertificates
	problem := tlsprobe.Judge(chain, name, r.Roots, r.Now())
	r.noteCertificate(name, 443, chain, problem)
	if problem != nil {
		conn.Close()
		return nil, badCertificate{problem}
	}
	return secured, nil
}

// dialHost connects to one of the public addresses of a host.
func (r *run) dialHost(ctx context.Context, name, port string) (net.Conn, error) {
	h := r.host(name)
	addrs := r.reachable(h)
	switch {
	case len(addrs) > 0:
	case len(h.addresses) > 0:
		return nil, noSuchHost{fmt.Sprintf("%s has private or reserved addresses only (%s), which are not contacted", name, listed(addressTexts(h.addresses)))}
	case h.err != nil:
		return nil, h.err
	default:
		return nil, noSuchHost{name + " has no address"}
	}
	var failure error
	for _, target := range attempts(addrs) {
		conn, err := r.Dial(ctx, "tcp", net.JoinHostPort(target.String(), port))
		if err == nil {
			return conn, nil
		}
		// That this machine has no IPv6 says nothing about the host.
		if failure == nil || !noRoute(err) {
			failure = fmt.Errorf("%s: %w", target, netfault.Plain(err))
		}
	}
	return nil, failure
}

// noteCertificate adds a certificate to the report.
func (r *run) noteCertificate(host string, port int, chain []*x509.Certificate, problem error) {
	leaf := chain[0]
	issuer := leaf.Issuer.CommonName
	if len(leaf.Issuer.Organization) > 0 {
		issuer = leaf.Issuer.Organization[0]
	}
	shown := Certificate{Host: host, Port: port, Issuer: shortened(issuer, maxQuoted), NotAfter: leaf.NotAfter.UTC(), DaysLeft: daysLeft(leaf, r.Now())}
	if problem != nil {
		shown.Problem = bounded(problem.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.report.Certificates {
		if known.Host == host && known.Port == port {
			return
		}
	}
	r.report.Certificates = append(r.report.Certificates, shown)
	r.leaves[hostPort{host, port}] = leaf
}

type hostPort struct {
	host string
	port int
}

// daysLeft returns the whole days to the end of a certificate, negative if it is over.
func daysLeft(leaf *x509.Certificate, now time.Time) int {
	left := leaf.NotAfter.Sub(now)
	if left < 0 {
		return -int((-left + 24*time.Hour - 1) / (24 * time.Hour))
	}
	return int(left / (24 * time.Hour))
}
