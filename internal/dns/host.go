package dns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Host is one account at a DNS host, or one RFC 2136 server with its key. The editor needs nothing
// but what is declared here.
//
// An implementation is safe for concurrent use. Its errors match those of package api: ErrAuth for
// credentials and permissions (the text says which), ErrNotFound for a zone that the account does
// not hold, ErrRateLimited, ErrUnavailable. They may also match those of this package.
type Host interface {
	// Name is the host's name in IDs and attributes, such as "cloudflare".
	Name() string

	// FindZone returns the zone of the account that holds name: the deepest zone whose apex is name
	// or above it. It asks the host and not the DNS, so it also finds a zone that is not delegated
	// yet. Lists of zones are read page by page and kept for the life of the Host. Concurrent
	// callers share one call.
	FindZone(ctx context.Context, name string) (HostedZone, error)

	// CheckAccess finds out, without changing anything, whether the credentials may edit the zone.
	// If this cannot be known, it returns WriteUnknown.
	CheckAccess(ctx context.Context, zone HostedZone) (WriteAccess, error)

	// Read returns the whole zone as it is now, and never from a cache. It leaves out the SOA and
	// DNSSEC's own records (RRSIG, NSEC, NSEC3, NSEC3PARAM, DNSKEY, CDS, CDNSKEY and BIND's
	// TYPE65534).
	Read(ctx context.Context, zone HostedZone) (*Snapshot, error)

	// Apply changes the zone from which base was read, all at once if the host can (Limits.Atomic).
	// It identifies each record to delete or replace exactly: by ID, by position, or by value
	// including the priority. It never touches another record of the same name and type, nor a
	// twin.
	//
	// ErrZoneChanged: the host found that one of the record sets is no longer as in base, and
	// nothing was applied. Read again and decide again. api.ErrOutcomeUnknown: only a read can tell
	// what was applied. ErrInterference, together with that: others may have lost a change. After
	// any other error of an Atomic host, nothing was applied. Apply never repeats a change whose
	// outcome is unknown.
	Apply(ctx context.Context, base *Snapshot, changes ChangeSet) error

	// Limits are what the host accepts.
	Limits() Limits
}

// HostedZone is a zone in an account.
type HostedZone struct {
	// Apex is the zone's name, canonical.
	Apex string
	// ID is the host's own name for the zone, or the apex if the host has none.
	ID string
	// NameServers are the name servers that the host assigned to the zone, canonical; nil if the
	// host does not say.
	NameServers []string
	// ReadOnly says in one sentence why the zone cannot be edited here, for example because it is a
	// secondary zone. It is empty if the zone can be edited.
	ReadOnly string
	// Flattens says that the host may have a setting, which the records do not show, that answers
	// every CNAME of a zone with the addresses of its target.
	Flattens bool
	// Warning is something that the user should know about the zone, such as that the host does not
	// serve it yet. It is mostly empty.
	Warning string
}

// WriteAccess says what is known about the permission to edit a zone.
type WriteAccess string

// Values of WriteAccess, as attributes show them.
const (
	WriteProven  WriteAccess = "proven"
	WriteUnknown WriteAccess = "unknown"
)

// Snapshot is a zone at one time: a multiset of records, in the host's order.
type Snapshot struct {
	Zone    HostedZone
	Records []Record
	// Warnings are what the user should know before the zone is changed, such as that it holds
	// records which the host's API does not show.
	Warnings []string
	// Mail is the host's setting for the zone's mail, such as Namecheap's EmailType. It is empty if
	// there is none.
	Mail string
	// MailHosted says in one sentence what would end if MX records were published, if the host
	// receives the zone's mail itself, for example to forward it. It is empty if MX records can be
	// published.
	MailHosted string
	// Objection, if not nil, says why the zone as it was read has no room for a record: such as that
	// the host keeps the record set for a purpose of its own, and no record can join or replace it. It
	// returns a sentence about the record, without its full stop, or "". A record for which it has a
	// reason is neither published nor removed.
	Objection func(r Record) string
	// Names are the names that a snapshot of a [NameReader] tells about. It is nil if the snapshot
	// tells about the whole zone.
	Names []string
	// Began is when the host began to read the zone, by the clock of this process; zero if the host
	// does not say.
	Began time.Time
	// Native is what the host's package needs to apply changes to exactly this state of the zone.
	// No other code uses it.
	Native any

	index atomic.Pointer[zoneIndex]
}

// NameReader is a Host that may be unable to read a whole zone, such as a server that refuses zone
// transfers, but can read the records at a name.
type NameReader interface {
	// ReadNames is Read for the records at these names. It is used for a zone for which Read
	// returned ErrNotListable. The names are canonical. They include the names that matter for
	// conflicts, such as the targets of MX records, wildcards, and the names above. It sets
	// Snapshot.Names.
	ReadNames(ctx context.Context, zone HostedZone, names []string) (*Snapshot, error)
}

// ReadBacker is a Host that reads a zone after it has written it, late enough to see whether
// somebody else has undone the write at the same time.
type ReadBacker interface {
	// ApplyAndRead is Apply, and returns the zone as it was read after the write. It returns nil if
	// the zone was not written, or could not be read.
	ApplyAndRead(ctx context.Context, base *Snapshot, changes ChangeSet) (*Snapshot, error)
}

// ChangeSet says what to do to a zone. It names each record exactly, and never all records of a
// kind.
type ChangeSet struct {
	// Delete are records of the snapshot, with their ID and Native.
	Delete []Record
	// Replace turns a record of the snapshot into another one. A host that cannot change a record
	// in place deletes it and creates the other one.
	Replace []Replacement
	// Create are new records; ID and Native are empty.
	Create []Record
	// Current says that base was read after all who want the changes had come, so that it holds
	// everything they know of. A host that would read the zone again before it writes may skip that
	// while base is fresh.
	Current bool
	// ReplaceMail allows a host to change its own mail setting (Snapshot.Mail) if MX records could
	// not be stored otherwise.
	ReplaceMail bool
}

// Replacement is one record that becomes another one. The comment, and whatever else the host
// stores with the old record, stays.
type Replacement struct{ Old, New Record }

// Empty reports whether there is nothing to do.
func (c ChangeSet) Empty() bool {
	return len(c.Delete) == 0 && len(c.Replace) == 0 && len(c.Create) == 0
}

// Limits are what a host accepts.
type Limits struct {
	// MinTTL, MaxTTL and DefaultTTL are in seconds. AutomaticTTL is a TTL below MinTTL with which
	// the host chooses the TTL itself (1 at Cloudflare); 0 if there is none.
	MinTTL, MaxTTL, DefaultTTL, AutomaticTTL uint32
	// Records is how many records a zone may have; 0 if not known.
	Records int
	// TXT is how many bytes the joined text of a TXT record may have; 0 if not known.
	TXT int
	// Types are the record types that can be written; nil means all.
	Types []string
	// Objection, if not nil, says why the host cannot hold a record in the zone with this apex, for
	// reasons that the other fields do not express. It returns a sentence about the record, without
	// its full stop, or "" if it knows no reason. It makes no calls, so that a plan can refuse what
	// an apply would fail with. The apex is empty if it is not known yet.
	Objection func(apex string, r Record) string
	// Atomic says that Apply applies either all of a change set or nothing.
	Atomic bool
	// CompareAndSwap says that Apply notices, at the host, if one of the record sets has changed
	// since the snapshot.
	CompareAndSwap bool
	// RewritesZone says that Apply writes the whole zone, so that it undoes a change that somebody
	// else makes between Read and Apply.
	RewritesZone bool
	// ApexCNAME says that the zone's apex may have a CNAME next to records of other types. The host
	// answers it with the addresses of its target.
	ApexCNAME bool
	// Comments says that the host stores a comment with each record ([Record.Comment]).
	Comments bool
}

// ErrZoneChanged says that the zone was not as in the snapshot, and that nothing was applied.
var ErrZoneChanged = errors.New("the zone has changed since it was read")

// ErrInterference says that the host wrote a zone and then read back something else: this write and
// another one have undone parts of each other. The error's text names the records. Users see it
// even if everything that they wanted turns out to be there. It comes with api.ErrOutcomeUnknown.
var ErrInterference = errors.New("the zone is not what was written")

// ErrNotListable says that a host does not show a zone as a whole. A [NameReader] can be asked for
// single names instead.
var ErrNotListable = errors.New("the zone cannot be read as a whole")

// RefusedError is a change that a host or the editor refused as a whole, before anything was
// applied, with the record that is the reason.
type RefusedError struct {
	Record Record // the record to be written; may be zero
	Reason string // the reason and what to do, as a sentence without its full stop
}

// Error says which record was refused and why.
func (e *RefusedError) Error() string {
	if e.Record.Name == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: %s", e.Record, e.Reason)
}

// Holds reports whether name is in the zone: at its apex or below it.
func (z HostedZone) Holds(name string) bool {
	return name == z.Apex || strings.HasSuffix(name, "."+z.Apex)
}
