package dnstest

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Fixture is one zone at a host, fresh for each test. It also lets somebody else edit the zone
// without the Host, as with the host's web page.
type Fixture struct {
	// Host is the host under test.
	Host dns.Host
	// Other makes another Host for the same zone, like that of another process: the two share only
	// the zone.
	Other func(t testing.TB) dns.Host
	// Zone is a zone that the Host may write. It may have NS records at its apex.
	Zone dns.HostedZone
	// ReadOnly is a zone of the account that cannot be edited (HostedZone.ReadOnly); zero if the
	// host has no such zones.
	ReadOnly dns.HostedZone

	// IDForms are the other forms in which the host takes the ID of Zone. It is only for a
	// [dns.ZoneChooser], as are the three fields that follow. All may be empty.
	IDForms []string
	// UnknownID looks like an ID, and no zone of the host has it.
	UnknownID string
	// Private is a zone that the public DNS does not serve. Its apex is that of Zone, or that of no
	// other zone of the account.
	Private dns.HostedZone
	// SameName are at least two public zones of the account that have one name, which is not the
	// name of Zone. The host cannot choose between them.
	SameName []dns.HostedZone

	// Records returns the records of the zone in the host's order, with TTLs and comments. ID and
	// Native may be empty.
	Records func(t testing.TB) []dns.Record
	// Add makes somebody else add one record to the zone. It uses Name, Type, Value, Priority and
	// TTL of the record and, if the host has [dns.Limits.Comments], Comment.
	Add func(t testing.TB, r dns.Record)
	// Remove makes somebody else delete one record with the identity of r. Its twins stay.
	Remove func(t testing.TB, r dns.Record)
	// Faults is needed only by [RunFaults].
	Faults Faults
	// Twins says that a zone may have two records with the same identity.
	Twins bool
	// Ordered says that a zone's records have an order that a write must keep.
	Ordered bool
}
