package tlsprobe

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The schemes of endpoints. With SMTP and IMAP, TLS begins by STARTTLS (RFC 3207 and RFC 9051
// section 6.2.1); with the others, at once.
const (
	HTTPS = "https"
	SMTPS = "smtps" // RFC 8314 section 7.3
	IMAPS = "imaps"
	SMTP  = "smtp"
	IMAP  = "imap"
)

// defaultPorts are those of the IANA registry. An smtp endpoint without a port is the one that
// other mail servers deliver to, not the submission port 587.
var defaultPorts = map[string]int{HTTPS: 443, SMTPS: 465, IMAPS: 993, SMTP: 25, IMAP: 143}

// Endpoint is where a host serves its certificate.
type Endpoint struct {
	Scheme string // HTTPS or another of the schemes
	Host   string // a name in lower-case punycode without trailing dot, or an IP address
	Port   int
}

// String gives the one spelling of the endpoint, port included: "https://mail.example.com:443".
func (e Endpoint) String() string { return e.Scheme + "://" + e.address() }

// address is what to dial.
func (e Endpoint) address() string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// ParseEndpoint reads SCHEME://HOST[:PORT] in any spelling of scheme and host. Its errors say what
// is wrong with the text without repeating what may be a password.
func ParseEndpoint(text string) (Endpoint, error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return Endpoint{}, errors.New("an endpoint looks like https://mail.example.com or smtp://mail.example.com:587")
	}
	e := Endpoint{Scheme: strings.ToLower(scheme)}
	port, known := defaultPorts[e.Scheme]
	if !known {
		return Endpoint{}, fmt.Errorf("the scheme %q is none of https, smtps, imaps, smtp, imap", scheme)
	}
	rest = strings.TrimSuffix(rest, "/")
	if strings.ContainsAny(rest, "/?#@") {
		return Endpoint{}, errors.New("an endpoint is a scheme, a host and perhaps a port: no user, path or query")
	}
	host, portText, err := net.SplitHostPort(rest)
	if err != nil {
		portText = strconv.Itoa(port)
		if host, _, err = net.SplitHostPort(rest + ":" + portText); err != nil {
			return Endpoint{}, fmt.Errorf("%q is not a host and a port; an IPv6 address is written in brackets", rest)
		}
	}
	number, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || number == 0 {
		return Endpoint{}, fmt.Errorf("%q is not a port from 1 to 65535", portText)
	}
	e.Port = int(number)
	if address, err := netip.ParseAddr(host); err == nil {
		e.Host = address.String()
		return e, nil
	}
	if e.Host, err = dns.Canonical(host); err != nil {
		return Endpoint{}, err
	}
	return e, nil
}
