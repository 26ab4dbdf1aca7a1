package dns

import (
	"fmt"
	"net/netip"
	"strings"

	miekg "github.com/miekg/dns"
)

// NullTarget is the Value of an MX record with which a domain says that it
// receives no mail (RFC 7505).
const NullTarget = "."

// NewRecord makes a record of what a person or a host wrote: the name and the
// value in the one form in which records are compared. Its errors name the field
// that is wrong.
func NewRecord(name, recordType, value string) (Record, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return Record{}, err
	}
	r := Record{Name: canonical, Type: strings.ToUpper(strings.TrimSpace(recordType))}
	if r.Type == "" {
		return Record{}, fmt.Errorf("the record at %s has no type", canonical)
	}
	if r.Value, err = canonicalValue(r.Type, value); err != nil {
		return Record{}, fmt.Errorf("%s record at %s: %w", r.Type, canonical, err)
	}
	return r, nil
}

// ShownRecord is [NewRecord] for what a host or a server shows. What NewRecord
// refuses, as zones of others may hold it, is kept as it came, so that it can be
// told apart and left alone.
func ShownRecord(name, recordType, value string) Record {
	r := Record{Name: FoldName(name), Type: strings.ToUpper(recordType), Value: value}
	if canonical, err := canonicalValue(r.Type, value); err == nil {
		r.Value = canonical
	}
	return r
}

// canonicalValue returns the one form of a record's data: of TXT the text as it
// is; of CNAME, MX, NS, PTR, DNAME and ALIAS the target as [Canonical] writes it,
// or [NullTarget]; of A and AAAA the address as RFC 5952 writes it; of other types
// that the DNS knows what [presentation] returns. Data of a type that the DNS does
// not know (a host's own, such as URL301) has its outer blanks trimmed.
func canonicalValue(recordType, value string) (string, error) {
	if recordType == "TXT" {
		return value, nil
	}
	value = strings.TrimSpace(value)
	switch recordType {
	case "CNAME", "NS", "PTR", "DNAME", "MX", "ALIAS":
		if recordType == "MX" && value == NullTarget {
			return NullTarget, nil
		}
		return Canonical(value)
	case "A", "AAAA":
		addr, err := netip.ParseAddr(value)
		if err != nil || addr.Zone() != "" || addr.Is4() != (recordType == "A") {
			return "", fmt.Errorf("%q is not an address of this type", value)
		}
		return addr.String(), nil
	}
	if !isDNSType(recordType) {
		return value, nil
	}
	rr, err := miekg.NewRR(". 0 IN " + recordType + " " + value)
	if err != nil || rr == nil || strings.ContainsAny(value, "\r\n") {
		return "", fmt.Errorf("%q is not the data of such a record in presentation format", value)
	}
	if rr, err = Wire(rr); err != nil {
		return "", fmt.Errorf("%q cannot be the data of such a record: %w", value, err)
	}
	return presentation(rr), nil
}
