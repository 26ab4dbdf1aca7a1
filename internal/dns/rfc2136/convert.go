package rfc2136

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// hidden are the types that a snapshot leaves out: the server makes them, or
// whoever looks after its keys.
var hidden = []uint16{
	miekg.TypeSOA, miekg.TypeRRSIG, miekg.TypeNSEC, miekg.TypeNSEC3, miekg.TypeNSEC3PARAM,
	miekg.TypeDNSKEY, miekg.TypeCDS, miekg.TypeCDNSKEY,
	65534, // where BIND notes how far its signing has come
}

// fromRR decodes a record. Its Native is the record as the server has it.
func fromRR(rr miekg.RR) dns.Record {
	h := rr.Header()
	r := dns.Record{
		Name:   canonicalOwner(h.Name),
		Type:   miekg.Type(h.Rrtype).String(),
		TTL:    h.Ttl,
		Native: rr,
	}
	switch rr := rr.(type) {
	case *miekg.TXT:
		r.Value = joined(rr.Txt)
	case *miekg.MX:
		r.Priority, r.Value = rr.Preference, target(rr.Mx)
	case *miekg.CNAME:
		r.Value = target(rr.Target)
	case *miekg.NS:
		r.Value = target(rr.Ns)
	case *miekg.PTR:
		r.Value = target(rr.Ptr)
	case *miekg.DNAME:
		r.Value = target(rr.Target)
	default:
		r.Value = strings.TrimPrefix(rr.String(), h.String())
		if canonical, err := dns.CanonicalValue(r.Type, r.Value); err == nil {
			r.Value = canonical
		}
	}
	return r
}

// joined returns the text of a TXT record. The library keeps its strings escaped.
func joined(escaped []string) string {
	text, err := mailrecord.UnquoteTXT(`"` + strings.Join(escaped, `" "`) + `"`)
	if err != nil {
		// The library has made these escapes itself.
		panic("rfc2136: unreadable TXT strings: " + err.Error())
	}
	return text
}

func target(name string) string {
	if name == "." {
		return dns.NullTarget
	}
	return canonicalOwner(name)
}

// toRR encodes a new record. The error continues a sentence about the record.
func toRR(r dns.Record, ttl uint32) (miekg.RR, error) {
	value := r.Value
	switch r.Type {
	case "TXT":
		value = mailrecord.QuoteTXT(r.Value)
	case "MX":
		value = fmt.Sprintf("%d %s", r.Priority, miekg.Fqdn(r.Value))
	case "CNAME", "NS", "PTR", "DNAME":
		value = miekg.Fqdn(r.Value)
	}
	rrtype, known := miekg.StringToType[r.Type]
	if !known || slices.Contains(hidden, rrtype) {
		return nil, fmt.Errorf("a record of type %s cannot be published by dynamic update: choose a type of the DNS", r.Type)
	}
	line := fmt.Sprintf("%s %d IN %s %s\n", miekg.Fqdn(r.Name), ttl, r.Type, value)
	parser := miekg.NewZoneParser(strings.NewReader(line), ".", "")
	rr, ok := parser.Next()
	if !ok {
		return nil, unreadable(r, parser.Err())
	}
	// A line break or a semicolon would end the data early, and silently.
	comment := parser.Comment()
	_, more := parser.Next()
	if more || parser.Err() != nil || comment != "" || strings.ContainsAny(value, "\r\n") ||
		rr.Header().Rrtype != rrtype || canonicalOwner(rr.Header().Name) != r.Name {
		return nil, unreadable(r, nil)
	}
	if _, err := miekg.PackRR(rr, make([]byte, miekg.MaxMsgSize), 0, nil, false); err != nil {
		return nil, errors.New("the record does not fit into a DNS message: shorten it")
	}
	return rr, nil
}

func unreadable(r dns.Record, err error) error {
	if err == nil {
		return fmt.Errorf("the value is not the data of one %s record in presentation format: correct it", r.Type)
	}
	return fmt.Errorf("the value is not the data of a %s record in presentation format (%w): correct it", r.Type, err)
}
