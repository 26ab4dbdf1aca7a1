package dns

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Wanted is one record that a publication wants in its zone.
type Wanted struct {
	// Key identifies a record within one publication. Problems name it.
	Key string `json:"key"`
	// Record is canonical, as [NewRecord] makes it. With a TTL of 0, the record gets the TTL of the
	// record set that is there already, or the host's default.
	Record Record `json:"record"`
}

// Publication is what one owner wants in one zone, and what it has published there before.
type Publication struct {
	// Owner names the owner, such as the ID of a resource. It is empty if the owner has none yet. A
	// record that one owner removes stays if another owner wants it. A record that cannot exist
	// next to a record that another owner wants is refused, whatever Overwrite and ReplaceMX say.
	Owner string
	// Wanted are all records that the owner wants. Records that were published before and are not
	// among them are removed.
	Wanted []Wanted
	// Previous is the result of the owner's last publication, updated by [Editor.Observe] since.
	Previous []Published
	// Overwrite allows the editor to replace records of others that are in the way, except MX and
	// NS records.
	Overwrite bool
	// ReplaceMX allows the editor to delete the MX records of others at the names of wanted MX
	// records.
	ReplaceMX bool
	// AllowSPFLookups allows a merge to take an SPF record above the ten lookups of RFC 7208
	// section 4.6.4.
	AllowSPFLookups bool
	// Adopt takes over records and SPF mechanisms that are in the zone already, word for word: they
	// are removed later as if they had been published here. Otherwise they are used and stay.
	Adopt bool
	// Approved are the records of others that a person has agreed to lose, because a plan showed
	// them ([PlannedChange].Displaced). Only these may be displaced; Overwrite and ReplaceMX do not
	// count then. Nil means that there was no such plan, and Overwrite and ReplaceMX decide.
	Approved []Identity
	// Shared are records that others want, in addition to those that the editor knows of. They are
	// not removed.
	Shared []Wanted
	// SelectorHelp says, for messages, how whoever signs mail is told to use another DKIM
	// selector, such as "at SendGrid: custom_dkim_selector". It may be empty.
	SelectorHelp string

	// displacing are records of others that an earlier attempt was to remove. They are removed
	// until they are seen to be gone.
	displacing []Identity
}

// Published is a record that an owner has in a zone. It is stored as JSON until the owner publishes
// again or withdraws.
type Published struct {
	// Key is the key of the wanted record.
	Key string `json:"key"`
	// Wanted is the record as it was wanted.
	Wanted Record `json:"wanted"`
	// Record is the record in the zone after the write. It differs from Wanted in its TTL if the
	// record set or the host decides about it. It differs in its value if it was merged into
	// somebody's SPF record, or if the zone already had an equivalent record (see [Equivalent]).
	Record Record `json:"record"`
	// Preexisting says that the record was in the zone, word for word, before this owner published
	// it. It belongs to somebody else, and stays when the owner withdraws.
	Preexisting bool `json:"preexisting,omitempty"`
	// Timed says that the owner asked for the TTL of Wanted. Version 0.1.0 did not store this, so
	// there the TTL may also be one that an import found.
	Timed bool `json:"timed,omitempty"`
	// SPF is what was really added to an SPF record; empty for other records. Only this is ever
	// removed again: a mechanism that was there before stays.
	SPF mailrecord.SPFAddition `json:"spf,omitzero"`
	// Found is what a later read found in the place of Record; nil if Record is there unchanged, or
	// if nothing is in its place.
	Found *Record `json:"found,omitempty"`
	// Unseen says, in a clause, why the name servers do not answer with Record although it is in
	// the zone. It is empty if they do. It is set only for records that were just published.
	Unseen string `json:"-"`
}

// Severity is how bad a problem is.
type Severity string

// Values of Severity. If a publication has a problem with Error, nothing is written.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something about a publication that a person has to know or to decide.
type Problem struct {
	Severity Severity
	// Key is the key of the wanted or published record; empty if the problem is about the zone.
	Key string
	// Summary has a few words that do not depend on the record. Detail names the records and says
	// what to do. Neither ends in a line break.
	Summary, Detail string
}

// ConflictError refuses a publication. Nothing was written.
type ConflictError struct {
	// Problems are the reasons, at least one, all with severity Error.
	Problems []Problem
}

// Error returns the reasons, one on each line.
func (e *ConflictError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = problem.Summary + ": " + problem.Detail
	}
	return strings.Join(lines, "\n")
}

// Result is the outcome of a publication or a withdrawal.
type Result struct {
	// Published has one element for each wanted record, in the order of their keys, from the zone
	// as it was read back after the write.
	Published []Published
	// Warnings are problems that did not prevent the write. With an error, they tell what happened
	// before it.
	Warnings []Problem
	// Merged are the SPF records that were written in another form than wanted.
	Merged []MergedSPF
	// Displaced are the records of others that were seen to be gone, sorted.
	Displaced []Identity
}

// MergedSPF is an SPF record whose text is a merge: a name has one SPF record (RFC 7208 section
// 3.2), made of all mechanisms that are wanted there.
type MergedSPF struct {
	// Key is the key of a wanted record that is part of it.
	Key string
	// Name is the name of the record. Before is its text before, or empty if there was none. Text
	// is its text after the write.
	Name, Before, Text string
}

// PlannedChange is what a publication would do to a zone.
type PlannedChange struct {
	// Published has one element for each wanted record, in the order of their keys, with the record
	// as it will be in the zone.
	Published []Published
	// Problems are all errors and warnings.
	Problems []Problem
	// Displaced are the records of others that will be removed or changed, sorted and without
	// repetition. They include what another owner of this process gives up, and what this process
	// has removed already for any owner. So the plan of the same change is equal before and after
	// other owners have been applied.
	Displaced []Identity
	// Merged are the SPF records that would be written in another form than wanted.
	Merged []MergedSPF
	// Changes are what would be sent to the host. They are empty if there is nothing to do, and if
	// there are errors.
	Changes ChangeSet

	// unattributed says that the plan may change once more owners of this process are known:
	// something is in the way, or there already, that another owner may have published, or
	// something makes way that its owner may still want.
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

// sortedByKey returns wanted records sorted by key, so that the same records always give the same
// plan.
func sortedByKey(wanted []Wanted) []Wanted {
	sorted := slices.Clone(wanted)
	slices.SortStableFunc(sorted, func(a, b Wanted) int { return strings.Compare(a.Key, b.Key) })
	return sorted
}

// sortIdentities sorts identities and removes repetitions.
func sortIdentities(ids []Identity) []Identity {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type), strings.Compare(a.Value, b.Value), cmp.Compare(a.Priority, b.Priority))
	})
	return slices.Compact(sorted)
}
