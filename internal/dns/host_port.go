package dns

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// HostPort reads a server that somebody names, as HOST or HOST:PORT, and returns it as "host:port" with
// the given port if it has none. The host is a name or an address; an address of IPv6 with a port is
// in brackets. Errors quote the text, and say what is wrong with it.
func HostPort(text, port string) (string, error) {
	if strings.Contains(text, "://") {
		return "", fmt.Errorf("%q is a URL; write the host alone", text)
	}
	host := text
	if inner, open := strings.CutPrefix(text, "["); open && strings.IndexByte(inner, ']') == len(inner)-1 {
		host = strings.TrimSuffix(inner, "]")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return joined(addr, text, port)
	}
	host = text
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		if strings.Contains(text[:i], ":") && !strings.HasPrefix(text, "[") {
			return "", fmt.Errorf("%q is not an address; one of IPv6 with a port is written in brackets, such as [2001:db8::53]:%s", text, port)
		}
		host, port = text[:i], text[i+1:]
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return "", fmt.Errorf("%q: %q is not a port from 1 to 65535", text, port)
		}
		port = strconv.FormatUint(number, 10)
	}
	if strings.HasPrefix(host, "[") {
		addr, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
		if err != nil || !strings.HasSuffix(host, "]") {
			return "", fmt.Errorf("%q: %q is not an address in brackets", text, host)
		}
		return joined(addr, text, port)
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return joined(addr, text, port)
	}
	name, err := Canonical(host)
	switch {
	case host == "":
		return "", fmt.Errorf("%q has no host", text)
	case err != nil:
		return "", err
	case strings.HasPrefix(name, "*"):
		return "", fmt.Errorf("%q stands for many names", text)
	case IsNumeric(name):
		return "", fmt.Errorf("%q is not an IP address", host)
	}
	return net.JoinHostPort(name, port), nil
}

func joined(addr netip.Addr, text, port string) (string, error) {
	if addr.IsMulticast() || addr.IsUnspecified() {
		return "", fmt.Errorf("%q is not the address of a host", text)
	}
	return net.JoinHostPort(addr.Unmap().String(), port), nil
}

// IsNumeric reports whether the last label of a canonical name is a number, as only that of an address
// is (RFC 1123 section 2.1).
func IsNumeric(name string) bool {
	return strings.Trim(name[strings.LastIndexByte(name, '.')+1:], "0123456789") == ""
}

// ParseResolver reads a DNS resolver that somebody names, as HOST or HOST:PORT, and returns it as
// "host:port". The default port is 53.
func ParseResolver(text string) (string, error) {
	address, err := HostPort(text, dnsPort)
	if err != nil {
		return "", fmt.Errorf("%w; a resolver is an address or a host, perhaps with a port, such as 192.0.2.53 or 192.0.2.53:5353", err)
	}
	return address, nil
}
