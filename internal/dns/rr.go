package dns

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// RecordFromRR decodes a record of the wire or of a zone file.
func RecordFromRR(rr miekg.RR) (Record, error) {
	header := rr.Header()
	name, err := Canonical(header.Name)
	if err != nil {
		return Record{}, err
	}
	r := Record{Name: name, Type: miekg.Type(header.Rrtype).String(), TTL: header.Ttl}
	data := strings.TrimPrefix(rr.String(), header.String())
	switch rr := rr.(type) {
	case *miekg.TXT:
		r.Value, err = mailrecord.UnquoteTXT(data)
	case *miekg.MX:
		r.Priority = rr.Preference
		r.Value, err = CanonicalValue(r.Type, rr.Mx)
	default:
		r.Value, err = CanonicalValue(r.Type, data)
	}
	if err != nil {
		return Record{}, fmt.Errorf("%s record at %s: %w", r.Type, name, err)
	}
	return r, nil
}
