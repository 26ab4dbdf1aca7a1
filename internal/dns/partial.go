package dns

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// PartialError is the error of a publication of which only a part is in the zone. It is made from a
// read after the failed write.
type PartialError struct {
	// Zone is the apex of the zone.
	Zone string
	// Done is what the publication has changed in the zone, and Open is what it was still to
	// change. Each element is in the infinitive: "create www.example.com A 192.0.2.1".
	Done, Open []string
	// Published are the wanted records that are in the zone now. Kept is what the owner had published
	// before and was still to be removed or changed. Both have an element with the same key if the
	// zone has a new record and the old one that it replaces.
	Published, Kept []Published
	// Displaced are the records of others that are gone, sorted.
	Displaced []Identity
	// Err is the reason.
	Err error
}

// Error says what was changed in the zone, what was not, and why.
func (e *PartialError) Error() string {
	text := fmt.Sprintf("the zone %s was changed in part. Done: %s", e.Zone, strings.Join(e.Done, "; "))
	if len(e.Open) > 0 {
		text += ". Not done: " + strings.Join(e.Open, "; ")
	}
	return fmt.Sprintf("%s. The reason: %v", text, e.Err)
}

// Has returns everything that the owner has in the zone now, for [Publication].Previous when the
// owner publishes again or withdraws.
func (e *PartialError) Has() []Published { return slices.Concat(e.Published, e.Kept) }

// Unwrap returns the reason.
func (e *PartialError) Unwrap() error { return e.Err }

// partlyApplied is a host's error that lists the calls that it made, for all owners of a write. The
// list of a [PartialError] takes its place.
type partlyApplied interface {
	error
	// Reason returns the error of the call that failed.
	Reason() error
}

// progress is what became of a request in the attempts so far.
type progress struct {
	first   *Snapshot   // the zone before the first attempt
	last    *Snapshot   // the zone after the last write that did not arrive as a whole; nil if there was none
	kept    []Published // what the owner had at first and no attempt has removed
	claimed []Published // what the last attempt was to publish
	gone    []Identity  // what the attempts were to remove or to turn into something else
	undone  []Published // additions to SPF records that were to be taken out again
}

// begin notes the zone as it was before the first attempt.
func (r *request) begin(base *Snapshot) {
	if r.progress.first == nil {
		r.progress.first, r.progress.kept = base, r.before
	}
}

// note saves what an attempt was to do, and the zone after it. removed reports whether the attempt
// has removed a record that was published before.
func (p *progress) note(attempted part, after *Snapshot, removed func(Published) bool) {
	p.last = after
	p.claimed = attempted.Published
	p.kept = slices.DeleteFunc(slices.Clone(p.kept), removed)
	p.gone = sortIdentities(slices.Concat(p.gone, attempted.gone, attempted.Displaced))
}

// inPart returns the error of a request as a [*PartialError] if a part of the request is in the
// zone.
func (r *request) inPart(err error) error {
	p := r.progress
	if err == nil || p.last == nil {
		return err
	}
	partial := &PartialError{Zone: p.first.Zone.Apex, Err: err}
	if host, lists := err.(partlyApplied); lists { //nolint:errorlint // the text around a wrapped one must stay
		partial.Err = host.Reason()
	}
	for _, claimed := range p.claimed {
		id := claimed.Record.Identity()
		if p.last.copies(id) == 0 || refusesRecord(err, id) || slices.ContainsFunc(p.undone, func(u Published) bool { return u.Key == claimed.Key }) {
			partial.Open = append(partial.Open, "create "+label(claimed.Record))
			continue
		}
		there := p.last.actual(claimed.Record)
		switch {
		case p.first.copies(id) == 0:
			partial.Done = append(partial.Done, "create "+label(there))
		case p.first.actual(claimed.Record).TTL != there.TTL:
			partial.Done = append(partial.Done, fmt.Sprintf("set the TTL of %s to %d seconds", label(there), there.TTL))
		}
		claimed.Record = there
		partial.Published = append(partial.Published, claimed)
	}
	for _, kept := range p.kept {
		if !slices.ContainsFunc(partial.Published, func(now Published) bool { return now.supersedes(kept) }) {
			partial.Kept = append(partial.Kept, kept)
		}
	}
	for _, id := range p.gone {
		switch {
		case id.record().isSPF(): // a merged record takes its place
		case p.last.copies(id) < p.first.copies(id):
			partial.Done = append(partial.Done, "delete "+label(id.record()))
			if slices.Contains(r.publication.displacing, id) {
				partial.Displaced = append(partial.Displaced, id)
			}
		case p.last.copies(id) > 0:
			partial.Open = append(partial.Open, "delete "+label(id.record()))
		}
	}
	if len(partial.Done) == 0 {
		return err
	}
	return partial
}

// supersedes reports whether a published record says all that is to be remembered of an earlier one.
func (p Published) supersedes(before Published) bool {
	return Equivalent(p.Record, before.Record) || p.Key == before.Key && p.Record.Name == before.Record.Name && p.Record.isSPF() && before.Record.isSPF()
}

// refusesRecord reports whether an error is the host's refusal of a record. If the zone has the record all
// the same, somebody else has published it at the same time.
func refusesRecord(err error, id Identity) bool {
	var refused *RefusedError
	return errors.As(err, &refused) && refused.Record.Identity() == id
}

// label returns a record for a list of records. A long value, such as a key, is cut.
func label(r Record) string {
	const longest = 80
	text := r.String()
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
