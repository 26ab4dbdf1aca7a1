package rfc2136api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

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
		rr.Header().Rrtype != rrtype || dns.FoldName(rr.Header().Name) != r.Name {
		return nil, unreadable(r, nil)
	}
	// Records are compared as they come from the server.
	if rr, err := dns.Wire(rr); err == nil {
		return rr, nil
	}
	return nil, errors.New("the record does not fit into a DNS message: shorten it")
}

func unreadable(r dns.Record, err error) error {
	if err == nil {
		return fmt.Errorf("the value is not the data of one %s record in presentation format: correct it", r.Type)
	}
	return fmt.Errorf("the value is not the data of a %s record in presentation format (%w): correct it", r.Type, err)
}
