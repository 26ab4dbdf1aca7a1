package rfc2136api

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// CheckServer says what is wrong with a server's name or address, as [Config].Server has it. The
// error is a sentence without its full stop.
func CheckServer(server string) error {
	if server == "" {
		return errors.New("the server's name or address is missing")
	}
	if _, err := netip.ParseAddr(server); err == nil {
		return nil
	}
	if scheme, _, found := strings.Cut(server, "://"); found {
		return fmt.Errorf("the server is %q: write its name or address alone, without %q", server, scheme+"://")
	}
	if host, port, err := net.SplitHostPort(server); err == nil {
		return fmt.Errorf("the server is %q: write its name or address alone, as server = %q, and the port as port = %s", server, host, port)
	}
	if inner, found := strings.CutPrefix(server, "["); found {
		return fmt.Errorf("the server is %q: write an IPv6 address without brackets, as server = %q", server, strings.TrimSuffix(inner, "]"))
	}
	if _, err := dns.Canonical(server); err != nil {
		return fmt.Errorf("the server is neither an address nor a host name: %w", err)
	}
	return nil
}

// CheckAlgorithm says what is wrong with the name of a TSIG algorithm, which may be in either case.
// The error is a sentence without its full stop.
func CheckAlgorithm(algorithm string) error {
	if algorithms[miekg.CanonicalName(algorithm)] != nil {
		return nil
	}
	return fmt.Errorf("the TSIG algorithm %q is not one of hmac-sha256, hmac-sha384 and hmac-sha512. "+
		"MD5 and SHA-1 are broken: make a new key, for BIND with \"tsig-keygen -a hmac-sha256 NAME\", for Knot DNS with \"keymgr -t NAME hmac-sha256\", "+
		"for PowerDNS with \"pdnsutil generate-tsig-key NAME hmac-sha256\"", algorithm)
}
