package dns

import (
	"fmt"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// RecordFromWire is [RecordFromRR] for a record that the library has read from a message.
func RecordFromWire(rr miekg.RR) (Record, error) {
	rr = miekg.Copy(rr)
	escapeOctets(rr)
	return RecordFromRR(rr)
}

// RecordFromRR decodes a record of a zone file, or one that [Wire] returned, like [ShownRecord]. It
// fails for a TXT record whose strings cannot be read.
func RecordFromRR(rr miekg.RR) (Record, error) {
	header := rr.Header()
	recordType := miekg.Type(header.Rrtype).String()
	value := data(rr)
	var preference uint16
	switch rr := rr.(type) {
	case *miekg.TXT:
		text, err := mailrecord.UnquoteTXT(value)
		if err != nil {
			return Record{}, fmt.Errorf("%s record at %s: %w", recordType, header.Name, err)
		}
		value = text
	case *miekg.MX:
		preference, value = rr.Preference, rr.Mx
	}
	r := ShownRecord(header.Name, recordType, value)
	r.TTL, r.Priority = header.Ttl, preference
	return r, nil
}
