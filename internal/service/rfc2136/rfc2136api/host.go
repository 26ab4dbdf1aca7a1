// Package rfc2136api edits zones on name servers that take dynamic updates (RFC 2136) signed with
// TSIG (RFC 8945), such as BIND, Knot DNS and PowerDNS.
//
// A zone is read by a zone transfer (RFC 5936). If the server refuses that, names can be queried
// one by one. A change is one UPDATE message. Its prerequisites are the record sets concerned as
// they were read: the server compares and swaps.
package rfc2136api

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	defaultPort    = 53
	defaultTimeout = 10 * time.Second
	defaultSettle  = 15 * time.Second
	// defaultTTL is the TTL in seconds of records without one. The protocol has none.
	defaultTTL = 3600
	// maxTTL is the limit of RFC 2181 section 8.
	maxTTL = 1<<31 - 1
)

// Config holds the settings of a [Host].
type Config struct {
	// Server is the primary name server's host name or address, without port.
	Server string
	// Port is the server's port; 53 if 0.
	Port int
	// Transport is "tcp" or "udp" for updates and queries. It is "tcp" if empty, because a lost
	// packet makes the outcome of an update unknown. Zone transfers, and messages that do not fit
	// into UDP, always use TCP.
	Transport string
	// KeyName, KeyAlgorithm and KeySecret are the TSIG key: its name as the server knows it,
	// "hmac-sha256" (also if empty), "hmac-sha384" or "hmac-sha512", and the secret in base64. If
	// none is set, nothing is signed, for servers that decide by address.
	KeyName, KeyAlgorithm, KeySecret string
	// Timeout limits one exchange of messages, and each wait within a zone transfer; 10 seconds if
	// 0.
	Timeout time.Duration
	// Settle limits how long Read tries again if a server that signs zones in the background serves
	// neither its present content nor what was written; 15 seconds if 0.
	Settle time.Duration
	// Now is the clock for signing messages; time.Now if nil.
	Now func() time.Time
}

// Host is a name server with the key to update it. It implements [dns.Host] and [dns.NameReader].
type Host struct {
	address   string // host:port
	transport string
	key       *key // nil: messages are not signed
	timeout   time.Duration
	settle    time.Duration
	// ttlPatience is how long Read takes a TTL other than the written one for an old one.
	// Prerequisites do not tell, and a server may have its own limits.
	ttlPatience time.Duration
	now         func() time.Time

	zones api.Cache[dns.HostedZone] // by the name of the question

	mu      sync.Mutex
	written map[string]*written // by apex: the changes that Read has to wait for
}

var (
	_ dns.Host       = (*Host)(nil)
	_ dns.NameReader = (*Host)(nil)
)

// New returns the host. It does not contact the server. Its errors name the wrong setting and never
// contain the secret.
func New(config Config) (*Host, error) {
	if err := CheckServer(config.Server); err != nil {
		return nil, fmt.Errorf("RFC 2136 server: %w", err)
	}
	h := &Host{
		transport:   config.Transport,
		timeout:     config.Timeout,
		settle:      config.Settle,
		ttlPatience: defaultTTLPatience,
		now:         config.Now,
		written:     map[string]*written{},
	}
	if config.Port < 0 || config.Port > 65535 {
		return nil, fmt.Errorf("RFC 2136 server %s: the port %d is not one from 1 to 65535", config.Server, config.Port)
	}
	if config.Port == 0 {
		config.Port = defaultPort
	}
	h.address = net.JoinHostPort(config.Server, strconv.Itoa(config.Port))
	switch h.transport {
	case "":
		h.transport = "tcp"
	case "tcp", "udp":
	default:
		return nil, fmt.Errorf("RFC 2136 server %s: the transport %q is neither \"tcp\" nor \"udp\"", h.address, h.transport)
	}
	if config.KeyName != "" || config.KeyAlgorithm != "" || config.KeySecret != "" {
		key, err := newKey(config.KeyName, config.KeyAlgorithm, config.KeySecret)
		if err != nil {
			return nil, fmt.Errorf("RFC 2136 server %s: %w", h.address, err)
		}
		h.key = key
	}
	if h.timeout == 0 {
		h.timeout = defaultTimeout
	}
	if h.settle == 0 {
		h.settle = defaultSettle
	}
	if h.now == nil {
		h.now = time.Now
	}
	return h, nil
}

// Name returns "rfc2136".
func (h *Host) Name() string { return "rfc2136" }

// Limits are those of the protocol; servers may have narrower ones.
func (h *Host) Limits() dns.Limits {
	return dns.Limits{
		MinTTL:         1,
		MaxTTL:         maxTTL,
		DefaultTTL:     defaultTTL,
		Atomic:         true,
		CompareAndSwap: true,
	}
}
