package dns

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	miekg "github.com/miekg/dns"
)

// NullTarget is the Value of an MX record with which a domain says that it
// receives no mail (RFC 7505).
const NullTarget = "."

// NewRecord makes a record of what a person or a host wrote: the name and the
// value in the one form in which records are compared. Its error names each field
// that is wrong, on a line of its own.
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

// canonicalOwner is [Canonical] for the name of a record, which is whole: no
// top-level domain begins with an underscore.
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

// mxWithPreference finds an MX record's data as zone files write it.
var mxWithPreference = regexp.MustCompile(`^([0-9]+)\s+(\S+)$`)

// canonicalMX returns the one form of the target of an MX record. Its preference is
// a field of its own.
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
