package dns

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	miekg "github.com/miekg/dns"
)

// NullTarget is the Value of an MX record that says that the domain receives no mail (RFC 7505).
const NullTarget = "."

// NewRecord makes a record from what a person or a host wrote. It brings the name and the value
// into the one form in which records are compared. Its error names each wrong field on a line of
// its own.
func NewRecord(name, recordType, value string) (Record, error) {
	canonical, nameErr := canonicalOwner(name)
	r := Record{Name: canonical, Type: strings.ToUpper(strings.TrimSpace(recordType))}
	if r.Type == "" {
		return Record{}, errors.Join(nameErr, fmt.Errorf("the record at %q has no type", name))
	}
	var err error
	if r.Value, err = canonicalValue(r.Type, value); err != nil {
		err = fmt.Errorf("%s record at %s: %w", r.Type, name, err)
	}
	if err = errors.Join(nameErr, err); err != nil {
		return Record{}, err
	}
	return r, nil
}

// canonicalOwner is [Canonical] for the name of a record. It must be a full name: no top-level
// domain begins with an underscore.
func canonicalOwner(name string) (string, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return "", err
	}
	if top := canonical[strings.LastIndexByte(canonical, '.')+1:]; strings.HasPrefix(top, "_") {
		return "", fmt.Errorf("%q is not the whole name of a record: add the name of the domain, such as %q", name, canonical+".example.com")
	}
	return canonical, nil
}

// ShownRecord is [NewRecord] for what a host or a server shows. Zones of others may hold data that
// NewRecord refuses. Such data is kept as it is, so that it can be recognised and left alone.
func ShownRecord(name, recordType, value string) Record {
	r := Record{Name: FoldName(name), Type: strings.ToUpper(recordType), Value: value}
	if canonical, err := canonicalValue(r.Type, value); err == nil {
		r.Value = canonical
	}
	return r
}

// mxWithPreference matches an MX record's data as zone files write it.
var mxWithPreference = regexp.MustCompile(`^([0-9]+)\s+(\S+)$`)

// canonicalMX returns the canonical target of an MX record. Its preference is a field of its own.
func canonicalMX(value string) (string, error) {
	if value == NullTarget {
		return NullTarget, nil
	}
	if parts := mxWithPreference.FindStringSubmatch(value); parts != nil {
		return "", fmt.Errorf("%q has the preference in it, which has an attribute of its own: write value = %q and priority = %s",
			value, strings.TrimSuffix(parts[2], "."), parts[1])
	}
	return Canonical(value)
}

// canonicalValue returns a record's data in its one form. For TXT, this is the text as it is. For
// CNAME, MX, NS, PTR, DNAME and ALIAS, it is the target as [Canonical] writes it, or [NullTarget].
// For A and AAAA, it is the address as RFC 5952 writes it. For other types of the DNS, it is what
// [presentation] returns. Data of a host's own type, such as URL301, is only trimmed.
func canonicalValue(recordType, value string) (string, error) {
	if recordType == "TXT" {
		return value, nil
	}
	value = strings.TrimSpace(value)
	switch recordType {
	case "CNAME", "NS", "PTR", "DNAME", "MX", "ALIAS":
		if recordType == "MX" {
			return canonicalMX(value)
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
