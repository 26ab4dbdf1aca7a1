package mailrecord

import (
	"fmt"
	"net/netip"
	"strings"
)

// addresses looks up the addresses of a name.
func (e *spfEvaluation) addresses(name string) ([]netip.Addr, error) {
	values, err := e.ask(name, "A")
	var addresses []netip.Addr
	for _, value := range values {
		if address, err := netip.ParseAddr(value); err == nil {
			addresses = append(addresses, address.Unmap())
		}
	}
	return addresses, err
}

// ask looks up a record set. A name that cannot exist has none.
func (e *spfEvaluation) ask(name, recordType string) ([]string, error) {
	if checkQueryName(name) != nil {
		return nil, nil
	}
	values, err := e.lookup(e.ctx, normalName(name), recordType)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", normalName(name), recordType, err)
	}
	return values, nil
}

// checkQueryName says why the DNS cannot have a name: a label of it is empty or too long, or all of
// it is. Names that come from macros may have any characters.
func checkQueryName(name string) error {
	name = strings.TrimSuffix(name, ".")
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabelBytes {
			return fmt.Errorf("%q is not a label", label)
		}
	}
	if len(name) > maxNameBytes {
		return fmt.Errorf("%q is longer than %d bytes", name, maxNameBytes)
	}
	return nil
}

// maxSPFNames limits the names of an address that are looked at (RFC 7208 section 4.6.4).
const maxSPFNames = 10

// validated returns the names of the sender's address that lead back to it, those of the domain and
// below it first. Errors count as if there were no name (RFC 7208 section 5.5).
func (e *spfEvaluation) validated(domain string) []string {
	if !e.namesKnown {
		e.namesKnown = true
		names, _ := e.ask(reverseName(e.address), "PTR")
		for _, name := range names[:min(len(names), maxSPFNames)] {
			addresses, _ := e.addresses(name)
			for _, address := range addresses {
				if address == e.address {
					e.names = append(e.names, normalName(name))
					break
				}
			}
		}
	}
	domain = normalName(domain)
	var same, below, others []string
	for _, name := range e.names {
		switch {
		case name == domain:
			same = append(same, name)
		case strings.HasSuffix(name, "."+domain):
			below = append(below, name)
		default:
			others = append(others, name)
		}
	}
	return append(append(same, below...), others...)
}

// reverseName is the name at which the DNS has the names of an address.
func reverseName(address netip.Addr) string {
	if address.Is4() {
		b := address.As4()
		return fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", b[3], b[2], b[1], b[0])
	}
	return reversed(nibbles(address), ".") + ".ip6.arpa"
}
