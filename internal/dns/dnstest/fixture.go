package dnstest

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Fixture is one zone at a host, fresh for each test, together with the view of
// somebody else who edits it by other means than the Host: the host's web page.
type Fixture struct {
	// Host is what is tested.
	Host dns.Host
	// Other makes another Host for the same zone, as another process would have:
	// it shares nothing with the first one but the zone.
	Other func(t testing.TB) dns.Host
	// Zone is a zone that the Host may write. It may have NS records at its apex.
	Zone dns.HostedZone
	// ReadOnly is a zone of the account that cannot be edited (HostedZone.ReadOnly);
	// zero where the host knows no such thing.
	ReadOnly dns.HostedZone
	// Records returns what is in the zone, with the TTL and the comment of each
	// record, in the host's order. ID and Native may be empty.
	Records func(t testing.TB) []dns.Record
	// Add has somebody else add one record to the zone. Its Name, Type, Value,
	// Priority, TTL and, where Comments is set, Comment count.
	Add func(t testing.TB, r dns.Record)
	// Remove has somebody else delete one record with the identity of r; twins of
	// it stay.
	Remove func(t testing.TB, r dns.Record)
	// Faults is needed by [RunFaults] alone.
	Faults Faults
	// Twins is whether a zone may have two records with the same identity.
	Twins bool
	// Comments is whether records have comments.
	Comments bool
	// Ordered is whether a zone's records have an order that a write must keep.
	Ordered bool
}
