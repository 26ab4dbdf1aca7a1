package route53api

import (
	"fmt"

	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// writable are the record types that this package writes. It reads and keeps others.
var writable = []string{"A", "AAAA", "CAA", "CNAME", "DS", "MX", "NS", "PTR", "SRV", "SSHFP", "TLSA", "TXT"}

// hidden are the types that Route 53 keeps for itself. Snapshots leave them out.
var hidden = map[string]bool{"SOA": true}

// What one batch may hold
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests-changeresourcerecordsets).
// A change of a record set counts twice: as it was and as it shall be.
const (
	batchValues     = 1000
	batchCharacters = 32000
)

// Objection returns why no zone of Route 53 can hold a record, in a sentence without its full stop, or
// "". It makes no calls.
func Objection(_ string, r hosted.Record) string {
	switch length := len(encoded(r)); {
	case length > maxValue:
		return fmt.Sprintf("the value takes %d characters with its quotes and escapes, and Route 53 takes at most %d", length, maxValue)
	case r.TTL > maxTTL:
		return fmt.Sprintf("Route 53 takes a TTL of at most %d seconds", maxTTL)
	}
	return ""
}

// objection returns why the zone has no room for a record beside its special sets: because of one of
// the same name and type, or because either of the two is a CNAME, which stands alone.
func (sets zoneSets) objection(r hosted.Record) string {
	if m, read := r.Native.(*member); read {
		if m.set.special == "" {
			return "" // a record is no reason against itself
		}
		return m.set.reason()
	}
	for _, recordType := range allTypes {
		key := hosted.SetKey{Name: r.Name, Type: recordType}
		if !key.Excludes(r.SetKey()) {
			continue
		}
		for _, s := range sets[key] {
			if s.special != "" {
				return s.reason()
			}
		}
	}
	return ""
}

// allTypes are the types of records that Route 53 has.
var allTypes = []string{"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"}

// reason says why a special set stays as it is, and what to do.
func (s *set) reason() string {
	return hosted.SpecialSet(serviceName, s.key, s.special)
}
