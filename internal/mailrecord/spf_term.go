package mailrecord

import (
	"net/netip"
	"strings"
)

// Network returns the network of ip4 and ip6; it is not valid for other terms.
func (t SPFTerm) Network() netip.Prefix { return t.network }

// Around returns the network that a term a or mx permits for an address of its host: the address
// alone unless the term has a CIDR length (RFC 7208 section 5.6).
func (t SPFTerm) Around(address netip.Addr) netip.Prefix {
	bits := t.bits6
	if address.Is4() {
		bits = t.bits4
	}
	network, _ := address.Prefix(bits)
	return network
}

// HostBits returns the CIDR lengths of a and mx for IPv4 and IPv6: 32 and 128 unless the term has
// others.
func (t SPFTerm) HostBits() (four, six int) { return t.bits4, t.bits6 }

// FixedName returns the name to which the term refers, if it is the same for all senders with a mail
// address at the domain origin. The term is in the record of the domain given. Names that depend on
// the address, the local part or the greeting of the sender have no fixed value.
func (t SPFTerm) FixedName(domain, origin string) (name string, fixed bool) {
	for text := t.Value; ; {
		_, behind, found := strings.Cut(text, "%")
		if !found {
			break
		}
		length, err := macroLength("%"+behind, spfMacroLetters)
		if err != nil {
			return "", false
		}
		if body := strings.Trim(behind[:length-1], "{}"); !strings.ContainsAny(body[:1], "dDoO%_-") {
			return "", false
		}
		text = behind[length-1:]
	}
	name, err := (&spfEvaluation{origin: origin}).name(domain, t)
	return name, err == nil
}
