package dns

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Wanted is one record that a publication wants in its zone.
type Wanted struct {
	// Key tells the records of one publication apart; problems name it.
	Key string `json:"key"`
	// Record is canonical, as [NewRecord] makes it. A TTL of 0 leaves the TTL to
	// the record set that is there already or, for a new one, to the host.
	Record Record `json:"record"`
}

// Publication is what one owner wants in one zone, and what it published there
// before.
type Publication struct {
	// Owner names whose publication this is, such as a resource's ID; empty while
	// it has none. What one owner takes away is left where another wants it, and
	// what cannot stand beside a record that another is known to want is refused,
	// whatever Overwrite and ReplaceMX say.
	Owner string
	// Wanted are the records, all of them: what was published before and is not
	// among them any more is withdrawn.
	Wanted []Wanted
	// Previous is what the last publication of this owner resulted in, updated
	// by [Observe] since.
	Previous []Published
	// Overwrite allows to replace records of others that are in the way. It
	// covers neither MX nor NS records.
	Overwrite bool
	// ReplaceMX allows to delete the MX records of others at the names of
	// wanted MX records.
	ReplaceMX bool
	// AllowSPFLookups allows a merge to take an SPF record beyond the ten
	// lookups of RFC 7208 section 4.6.4.
	AllowSPFLookups bool
	// Adopt takes over records that are in the zone already, word for word, SPF
	// mechanisms among them: they are withdrawn later as if they had been
	// published here. Otherwise they are used and left in the end.
	Adopt bool
	// Approved are the records of others that somebody has agreed to lose,
	// because a plan showed them ([PlannedChange].Displaced). They may go, and no
	// other one: Overwrite and ReplaceMX do not count then. Nil where there was no
	// plan to agree to: Overwrite and ReplaceMX then decide alone.
	Approved []Identity
	// Shared are records that others want besides those that the editor knows of,
	// and which are therefore not taken away.
	Shared []Wanted
	// SelectorHelp says, for messages, how whoever signs mail is told to use another DKIM
	// selector, such as "at SendGrid: custom_dkim_selector". It may be empty.
	SelectorHelp string

	// displacing are records of others that an earlier attempt was to remove:
	// they go until they are seen to be gone.
	displacing []Identity
}

// Published is a record that an owner has in a zone. It is made to be kept as
// JSON until the owner publishes again or withdraws.
type Published struct {
	// Key is that of the wanted record.
	Key string `json:"key"`
	// Wanted is the record as it was wanted.
	Wanted Record `json:"wanted"`
	// Record is as it stood in the zone after the write. It differs from Wanted
	// in its TTL where the record set or the host decides, and in its value
	// where it was merged into somebody's SPF record, or where the zone already
	// said the same in other words (see [Equivalent]).
	Record Record `json:"record"`
	// Preexisting is whether the record was in the zone, word for word, before this
	// owner published it. It is somebody else's and stays in the end.
	Preexisting bool `json:"preexisting,omitempty"`
	// Timed is whether the owner asked for the TTL of Wanted. Owners of 0.1.0 did not
	// remember that, and a TTL may be one that an import has found.
	Timed bool `json:"timed,omitempty"`
	// SPF is what was really added to an SPF record; empty for others. Only
	// that is ever taken away again: a mechanism which was there before stays.
	SPF mailrecord.SPFAddition `json:"spf,omitzero"`
	// Found is what a later look at the zone found in the place of Record; nil
	// while it is there unchanged, or nothing is in its place.
	Found *Record `json:"found,omitempty"`
	// Unseen says why the name servers of the zone do not answer with Record although
	// it stands in the zone, in a clause; empty where they do. It is known of what was
	// just published.
	Unseen string `json:"-"`
}

// Severity is how bad a problem is.
type Severity string

// Values of Severity. Nothing of a publication with an Error is written.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something about a publication that a person has to know or to
// decide.
type Problem struct {
	Severity Severity
	// Key is the wanted or published record that it is about; empty when it is
	// about the zone.
	Key string
	// Summary is a few words that do not depend on the record, Detail names the
	// records concerned and says what to do. Neither ends in a line break.
	Summary, Detail string
}

// ConflictError refuses a publication, of which nothing was written.
type ConflictError struct {
	// Problems are the reasons, one or more, all with severity Error.
	Problems []Problem
}

// Error gives the reasons, one a line.
func (e *ConflictError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = problem.Summary + ": " + problem.Detail
	}
	return strings.Join(lines, "\n")
}

// Result is what a publication or a withdrawal led to.
type Result struct {
	// Published has one element for each wanted record, in the order of their
	// keys, as the zone was read back after the write.
	Published []Published
	// Warnings are problems that did not prevent the write. Beside an error they
	// tell what happened on the way to it.
	Warnings []Problem
	// Merged are the SPF records that were written otherwise than wanted.
	Merged []MergedSPF
	// Displaced are the records of others that were seen to go, sorted.
	Displaced []Identity
}

// MergedSPF is an SPF record that gets a text which nobody asked for in these words:
// a name has one such record (RFC 7208 section 3.2), made of all that is wanted there.
type MergedSPF struct {
	// Key is that of a wanted record which is part of it.
	Key string
	// Name is where it is, Before what it said, empty where there was none, and
	// Text what it says, or will say.
	Name, Before, Text string
}

// PlannedChange is what a publication would do to a zone.
type PlannedChange struct {
	// Published has one element for each wanted record, in the order of their
	// keys, with the record as it will stand in the zone.
	Published []Published
	// Problems are all that is to be said, errors and warnings.
	Problems []Problem
	// Displaced are records of others that have to go, or to be changed, sorted and
	// without repetition. What another owner of this process gives up is among them,
	// and what this process has removed already for anybody: so the same change is
	// planned before and after others have been applied.
	Displaced []Identity
	// Merged are the SPF records that would be written otherwise than wanted.
	Merged []MergedSPF
	// Changes are what would be sent to the host; empty when there is nothing to
	// do, and when there are errors.
	Changes ChangeSet

	// unattributed is whether something is in the way, or there already, of which
	// it may still turn out that another owner of this process published it; or whether
	// it makes way, and its owner may turn out to want it still.
	unattributed bool
	spf          []spfChange // to be checked by lookups
	mx           []mxTarget  // outside the zone
	reports      []reportTarget
}

// Err returns the errors among the problems as a [*ConflictError], or nil.
func (c PlannedChange) Err() error {
	var refused []Problem
	for _, problem := range c.Problems {
		if problem.Severity == Error {
			refused = append(refused, problem)
		}
	}
	if refused == nil {
		return nil
	}
	return &ConflictError{Problems: refused}
}

// Warnings returns the problems that do not prevent the change.
func (c PlannedChange) Warnings() []Problem {
	return slices.DeleteFunc(slices.Clone(c.Problems), func(p Problem) bool { return p.Severity == Error })
}

// sortedByKey returns wanted records in an order that does not depend on how a
// map was walked: what is planned now has to be planned again later.
func sortedByKey(wanted []Wanted) []Wanted {
	sorted := slices.Clone(wanted)
	slices.SortStableFunc(sorted, func(a, b Wanted) int { return strings.Compare(a.Key, b.Key) })
	return sorted
}

// sortIdentities sorts identities and drops repetitions.
func sortIdentities(ids []Identity) []Identity {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type), strings.Compare(a.Value, b.Value), cmp.Compare(a.Priority, b.Priority))
	})
	return slices.Compact(sorted)
}
