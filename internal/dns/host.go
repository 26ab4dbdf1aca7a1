package dns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Host is one account at a DNS host, or one RFC 2136 server with its key. The
// editor stands above it and asks for nothing but what is declared here.
//
// An implementation is safe for concurrent use. Its errors match the Err values
// of package api: ErrAuth for credentials and permissions (the text says which),
// ErrNotFound for a zone that the account does not hold, ErrRateLimited,
// ErrUnavailable; and those of this package.
type Host interface {
	// Name is the host as IDs and attributes call it, such as "cloudflare".
	Name() string

	// FindZone returns the zone of the account that holds name: the deepest
	// whose apex is name or above it. It asks the host, not the DNS, so that a
	// zone works which is not delegated yet. Lists of zones are read in pages
	// and kept for the life of the Host; concurrent callers share one reading.
	FindZone(ctx context.Context, name string) (HostedZone, error)

	// CheckAccess finds out, without changing anything, whether the
	// credentials may edit the zone. WriteUnknown is an honest answer.
	CheckAccess(ctx context.Context, zone HostedZone) (WriteAccess, error)

	// Read returns the whole zone as it is now. It is never answered from a
	// cache. DNSSEC's own records (RRSIG, NSEC, NSEC3, NSEC3PARAM, DNSKEY, CDS,
	// CDNSKEY and BIND's TYPE65534) and the SOA are left out.
	Read(ctx context.Context, zone HostedZone) (*Snapshot, error)

	// Apply changes the zone that base was read from, as one unit where the
	// host can (Limits.Atomic). It identifies each record to be deleted or
	// replaced exactly, by ID, position or value including priority, and never
	// touches another one of the same name and type, nor a twin.
	//
	// ErrZoneChanged: the host found that a record set concerned is no longer
	// as in base, and nothing was applied; read again and decide anew.
	// api.ErrOutcomeUnknown: only a read can tell what was applied.
	// ErrInterference, beside that: others may have lost something by it.
	// Any other error of an Atomic host means that nothing was applied.
	// It never repeats a change whose outcome is unknown.
	Apply(ctx context.Context, base *Snapshot, changes ChangeSet) error

	// Limits are what the host accepts.
	Limits() Limits
}

// HostedZone is a zone in an account.
type HostedZone struct {
	// Apex is the zone's name, canonical.
	Apex string
	// ID is the host's own name for the zone; where it has none, the apex.
	ID string
	// NameServers are those that the host assigned to the zone, canonical; nil
	// where the host does not say.
	NameServers []string
	// ReadOnly says, in one sentence, why the zone cannot be edited here, such
	// as a zone that is a secondary; empty when it can.
	ReadOnly string
	// Flattens is whether the host has a setting, which the records do not show, by
	// which it answers for every CNAME of a zone with the addresses of its target.
	Flattens bool
	// Warning is something that a person should know of the zone, such as that
	// the host does not serve it yet; mostly empty.
	Warning string
}

// WriteAccess is what is known of the permission to edit a zone.
type WriteAccess string

// Values of WriteAccess, as attributes show them.
const (
	WriteProven  WriteAccess = "proven"
	WriteUnknown WriteAccess = "unknown"
)

// Snapshot is a zone as it was at one time: a multiset of records, in the
// host's order.
type Snapshot struct {
	Zone    HostedZone
	Records []Record
	// Warnings are what a person should know before the zone is changed, such
	// as that it holds records which the host's API does not show.
	Warnings []string
	// Mail is how the host handles the zone's mail beside the records, such as
	// Namecheap's EmailType; empty where there is nothing of the kind.
	Mail string
	// MailHosted says in one sentence, where the host takes the zone's mail
	// itself, such as for forwarding, what would end if MX records were
	// published; empty where MX records can be published.
	MailHosted string
	// Names are the names that the snapshot tells about, where it is the answer
	// of a [NameReader]; nil when it tells about the whole zone.
	Names []string
	// Began is when the host began to read it, by the clock of this process; zero where
	// the host does not say.
	Began time.Time
	// Native is what the host's package needs to apply changes to just this
	// state of the zone. Nobody else looks at it.
	Native any

	index atomic.Pointer[zoneIndex]
}

// NameReader is a Host that may be unable to read a whole zone, such as a server
// that refuses zone transfers, but can tell what there is at a name.
type NameReader interface {
	// ReadNames is Read for the records at these names only. It is used for a
	// zone of which Read said ErrNotListable. The names are canonical; they
	// include those that conflicts are looked for at, such as the targets of MX
	// records, wildcards, and the names above. Snapshot.Names is set.
	ReadNames(ctx context.Context, zone HostedZone, names []string) (*Snapshot, error)
}

// ReadBacker is a Host that reads a zone after it has written it, late enough to see
// whether somebody else has undone the write at the same time.
type ReadBacker interface {
	// ApplyAndRead is Apply, and returns what was read after the write; nil where the
	// zone was not written, or could not be read.
	ApplyAndRead(ctx context.Context, base *Snapshot, changes ChangeSet) (*Snapshot, error)
}

// ChangeSet is what to do to a zone: each record exactly, never a class of them.
type ChangeSet struct {
	// Delete are records of the snapshot, with their ID and Native.
	Delete []Record
	// Replace turns a record of the snapshot into another one. Hosts that
	// cannot change a record in place delete it and create the other.
	Replace []Replacement
	// Create are new records; ID and Native are empty.
	Create []Record
	// Current is whether all who want the changes came before the base was read, so
	// that whatever they know of is in it. A host that would read the zone once more
	// before it writes may leave that out while the base is fresh.
	Current bool
	// ReplaceMail allows a host to change what Snapshot.Mail says where MX
	// records could not be kept otherwise.
	ReplaceMail bool
}

// Replacement is one record that becomes another one. Comment and whatever else
// the host keeps with the old one stay.
type Replacement struct{ Old, New Record }

// Empty is whether there is nothing to do.
func (c ChangeSet) Empty() bool {
	return len(c.Delete) == 0 && len(c.Replace) == 0 && len(c.Create) == 0
}

// Limits are what a host accepts.
type Limits struct {
	// MinTTL, MaxTTL and DefaultTTL are in seconds. AutomaticTTL is a TTL below
	// MinTTL that the host takes to mean "of your choice" (1 at Cloudflare); 0
	// where there is none.
	MinTTL, MaxTTL, DefaultTTL, AutomaticTTL uint32
	// Records is how many records a zone may have; 0: not known.
	Records int
	// TXT is the most bytes of a TXT record's joined text; 0: not known.
	TXT int
	// Types are the record types that can be written; nil: all.
	Types []string
	// Objection, if not nil, says why the host cannot hold a record in the zone with
	// this apex, beside what the other fields say: in a sentence about the record,
	// without its full stop. It is empty where nothing is known against the record. It
	// asks nobody, so that a plan can refuse what an apply would fail with. The apex is
	// empty where it is not known yet.
	Objection func(apex string, r Record) string
	// Atomic is whether Apply applies all of a change set or nothing.
	Atomic bool
	// CompareAndSwap is whether Apply notices, at the host, that a record set
	// concerned has changed since the snapshot.
	CompareAndSwap bool
	// RewritesZone is whether Apply writes the zone as a whole, so that a change
	// which somebody else makes between Read and Apply is undone.
	RewritesZone bool
	// ApexCNAME is whether the zone's apex may have a CNAME beside records of
	// other types, which the host answers with the addresses of its target.
	ApexCNAME bool
}

// ErrZoneChanged says that a zone was not as the snapshot shows it, and that
// nothing was applied.
var ErrZoneChanged = errors.New("the zone has changed since it was read")

// ErrInterference says that a zone was written and then, read back by its host, was
// not what had been written: this write and another one undid parts of each other.
// The error's text names the records concerned; people get to see it also where all
// that was wanted turns out to be there. It comes with api.ErrOutcomeUnknown.
var ErrInterference = errors.New("the zone is not what was written")

// ErrNotListable says that a host does not show a zone as a whole. A [NameReader]
// can be asked for single names instead.
var ErrNotListable = errors.New("the zone cannot be read as a whole")

// RefusedError is a change that a host, or the editor, refuses as a whole before
// anything was applied, with the record it is about.
type RefusedError struct {
	Record Record // what was to be written; may be zero
	Reason string // a sentence without its full stop, and what to do
}

// Error says which record was refused and why.
func (e *RefusedError) Error() string {
	if e.Record.Name == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: %s", e.Record, e.Reason)
}

// Holds is whether name is in the zone: at its apex or below it.
func (z HostedZone) Holds(name string) bool {
	return name == z.Apex || strings.HasSuffix(name, "."+z.Apex)
}
