package mailrecord

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// MX is the data of an MX record (RFC 1035 section 3.3.9).
type MX struct {
	// Preference orders the hosts of a domain: the lowest is tried first.
	Preference uint16
	// Host is the target in lower case without trailing dot; empty for a null MX, with which a
	// domain says that it receives no mail (RFC 7505).
	Host string
}

// String returns the record in presentation format, such as "10 mx.example.com", or "0 ." for a
// null MX.
func (m MX) String() string {
	if m.Null() {
		return fmt.Sprintf("%d .", m.Preference)
	}
	return fmt.Sprintf("%d %s", m.Preference, m.Host)
}

// Null reports whether the record says that the domain receives no mail.
func (m MX) Null() bool { return m.Host == "" }

// CheckTarget says why mail cannot be delivered to the host, as far as its name shows: it is an
// address, has an underscore or is incomplete. Only the DNS can tell whether the host has an
// address and is no CNAME (RFC 2181 section 10.3).
func (m MX) CheckTarget() error {
	if m.Null() {
		return nil
	}
	err := checkHostname(m.Host)
	if isAddress(m.Host) {
		err = errors.New("the target is an address; an MX needs the name of a host, which has the address in an A or AAAA record")
	}
	if err != nil {
		return fmt.Errorf("MX record %q: %w", m, err)
	}
	return nil
}

// CheckMXSet says what is wrong with the MX records of one name as a whole: a null MX stands alone
// (RFC 7505 section 3).
func CheckMXSet(records []MX) error {
	for _, mx := range records {
		if mx.Null() && len(records) > 1 {
			return fmt.Errorf("MX records: the null MX %q, which says that the domain receives no mail, stands beside others; one or the other has to go: %q", mx, records)
		}
	}
	return nil
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
