package check

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// What people give as input is read here, for the data source, for the commands and for [Run]. Each
// function returns the spelling that is used, and an error that quotes what was given and says what
// is allowed, without a full stop. Names may be in Unicode and end in a dot.

// ParseSelector reads a DKIM selector, such as "s1" or "2026.mail", or the whole name of a key, such
// as "s1._domainkey.example.com".
func ParseSelector(text string) (string, error) {
	const allowed = `a selector is what stands before ._domainkey, such as "s1"`
	name, err := canonical(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; %s", err, allowed)
	case strings.HasPrefix(name, "*"):
		return "", fmt.Errorf("%q stands for many names; %s", text, allowed)
	case name == "_domainkey" || strings.HasPrefix(name, "_domainkey."):
		return "", fmt.Errorf("%q has no selector; %s", text, allowed)
	}
	return strings.TrimSuffix(name, "._domainkey"), nil
}

// CheckSelector says why a selector, as [ParseSelector] returns it, is no key of the domain.
func CheckSelector(selector, domain string) error {
	_, of, whole := strings.Cut(selector, "._domainkey.")
	if whole && of != domain && !strings.HasSuffix(of, "."+domain) {
		return fmt.Errorf("%q is the key of %s, and not of %s or a name below it", selector, of, domain)
	}
	return nil
}

// ParseSender reads an address from which mail is sent.
func ParseSender(text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	switch addr = addr.Unmap(); {
	case err != nil || addr.Zone() != "":
		return netip.Addr{}, fmt.Errorf(`%q is not an IP address, such as 192.0.2.25 or 2001:db8::25`, text)
	case addr.IsUnspecified() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.Addr{}, fmt.Errorf("%q is not the address of a host, so no mail comes from it", text)
	}
	return addr, nil
}

// ParseHELO reads the name with which a server greets. It may be one that receivers refuse, such as
// a name of one label or an address in brackets: that is for a check to tell.
func ParseHELO(text string) (string, error) {
	const allowed = `the name in a greeting is one such as "mail.example.com"`
	if literal, found := strings.CutPrefix(text, "["); found {
		literal, closed := strings.CutSuffix(literal, "]")
		if len(literal) > 5 && strings.EqualFold(literal[:5], "IPv6:") {
			literal = literal[5:]
		}
		if _, err := netip.ParseAddr(literal); err == nil && closed {
			return text, nil
		}
		return "", fmt.Errorf("%q is not an address in brackets; %s", text, allowed)
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.String(), nil
	}
	name, err := canonical(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; %s", err, allowed)
	case strings.HasPrefix(name, "*"):
		return "", fmt.Errorf("%q stands for many names; %s", text, allowed)
	}
	return name, nil
}

// maxLocalPart is the most bytes of a local part (RFC 5321 section 4.5.3.1.1).
const maxLocalPart = 64

// ParseMailbox reads an address or a local part. The domain is "" for a local part.
func ParseMailbox(text string) (local, domain string, err error) {
	const allowed = `a mailbox is an address such as "anna@example.com", or what stands before its @`
	local = text
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		local = text[:i]
		if domain, err = hostname(text[i+1:]); err != nil {
			return "", "", fmt.Errorf("%q: %w; %s", text, err, allowed)
		}
	}
	unusable := func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || strings.ContainsRune(`<>()[]\,;:@"`, c)
	}
	switch {
	case local == "":
		return "", "", fmt.Errorf("%q has nothing before the @; %s", text, allowed)
	case len(local) > maxLocalPart:
		return "", "", fmt.Errorf("%q has %d bytes before the @, and at most %d are allowed", text, len(local), maxLocalPart)
	case strings.ContainsFunc(local, unusable):
		return "", "", fmt.Errorf("%q has a character that no mailbox has without quotes, such as a blank, a comma or a second @; %s", text, allowed)
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return "", "", fmt.Errorf("%q has a dot at the beginning or the end of what stands before the @, or two in a row; %s", text, allowed)
	}
	return local, domain, nil
}

// ParseBlockList reads the zone of a DNS block list.
func ParseBlockList(text string) (string, error) {
	const allowed = `a block list is a DNS zone such as "dnsbl.example.com"`
	zone, err := hostname(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; %s", err, allowed)
	case !strings.Contains(zone, "."):
		return "", fmt.Errorf("%q has one label only; %s", text, allowed)
	}
	return zone, nil
}

// ParseNetwork reads a network of addresses.
func ParseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.Prefix{}, fmt.Errorf("%q is not a network such as 10.0.0.0/8; this address alone is %s", text, netip.PrefixFrom(addr, addr.BitLen()))
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not a network such as 10.0.0.0/8 or fd00::/8", text)
	}
	const mapped = 96 // bits before an IPv4 address in IPv6
	if network.Addr().Is4In6() {
		if network.Bits() < mapped {
			return netip.Prefix{}, fmt.Errorf("%q is not a network such as 10.0.0.0/8 or fd00::/8: leave out ::ffff: for addresses of IPv4", text)
		}
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-mapped)
	}
	return network.Masked(), nil
}

const smtpPort = "25"

// ParseControlHost reads a mail server, as HOST or HOST:PORT, and returns it with its port. An
// address of IPv6 with a port is in brackets.
func ParseControlHost(text string) (string, error) {
	address, err := dns.HostPort(text, smtpPort)
	if err != nil {
		return "", fmt.Errorf("%w; a mail server is a host or a host and a port, such as \"mail.example.com\" or \"192.0.2.25:25\"", err)
	}
	return address, nil
}

// ParseProofZone reads the name of a signed zone, of which "." is the root.
func ParseProofZone(text string) (string, error) {
	const allowed = `a zone is written as its name, such as "example.com", and the root as "."`
	if text == "." {
		return text, nil
	}
	zone, err := hostname(text)
	if err != nil {
		return "", fmt.Errorf("%w; %s", err, allowed)
	}
	return zone, nil
}

// hostname returns the canonical spelling of a name that is neither a wildcard nor an address.
func hostname(text string) (string, error) {
	name, err := canonical(text)
	switch {
	case err != nil:
		return "", err
	case strings.HasPrefix(name, "*"):
		return "", fmt.Errorf("%q stands for many names", text)
	case dns.IsNumeric(name):
		return "", fmt.Errorf("%q is an address, and not a name", text)
	}
	return name, nil
}

// canonical is the canonical spelling of a name.
func canonical(text string) (string, error) {
	if text == "" { // the advice of the package about the apex of a zone is no help here
		return "", errors.New(`"" is not a domain name: it is empty`)
	}
	return dns.Canonical(text)
}

// readInputs brings what people gave into the spelling that is used.
func (o *Options) readInputs() error {
	var errs []error
	read := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	var err error
	o.Selectors = append([]string(nil), o.Selectors...)
	for i, selector := range o.Selectors {
		o.Selectors[i], err = ParseSelector(selector)
		read("selector", err)
	}
	o.BlockLists = append([]string(nil), o.BlockLists...)
	for i, list := range o.BlockLists {
		o.BlockLists[i], err = ParseBlockList(list)
		read("block list", err)
	}
	for _, sender := range o.SendingAddresses {
		_, err = ParseSender(sender.String())
		read("sending address", err)
	}
	if o.HELOName != "" {
		o.HELOName, err = ParseHELO(o.HELOName)
		read("HELO name", err)
	}
	if o.ControlHost != "" {
		o.ControlHost, err = ParseControlHost(o.ControlHost)
		read("control host", err)
	}
	if o.ProofZone == "" {
		o.ProofZone = "."
	}
	o.ProofZone, err = ParseProofZone(o.ProofZone)
	read("proof zone", err)
	return errors.Join(errs...)
}
