// Package stepwise changes a zone at a host whose API changes one record, or one record set, at a time,
// without transactions. A change is a list of calls. If one of them fails, what
// was made before it is undone as far as records would otherwise be missing, and the error says what
// was done and what was not.
package stepwise

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Step is one call that changes a zone.
type Step struct {
	// Does says what, in the infinitive: "create TXT www.example.com".
	Does string
	// Do makes the call.
	Do func(ctx context.Context) error
	// Group is the same for the steps that make room for new records and for the steps that create
	// them, which are the last. If one of them fails, Undo is called for those before it, back to the
	// first that cannot be undone. 0: the step belongs to no group.
	Group int
	// Undo is nil for a step that cannot be undone, such as the last of a group.
	Undo func(ctx context.Context) error
}

// Change is a change of a zone.
type Change struct {
	Service string // the host, for people
	Zone    string // its apex
	// Conditional says that the host makes each step only if what it concerns is as it was read. After
	// a step that fails, the rest can then be decided anew.
	Conditional bool
	Steps       []Step
}

// ErrSetChanged is the error of a step whose record set somebody else has changed since the zone
// was read.
var ErrSetChanged = errors.New("the record set has been changed by somebody else meanwhile")

// SetChangedError is [ErrSetChanged] with the answer by which the host says so.
type SetChangedError struct{ Answer *api.Error }

// Error says it, with the answer.
func (e *SetChangedError) Error() string { return fmt.Sprintf("%v (%v)", ErrSetChanged, e.Answer) }

// Is matches ErrSetChanged. What the answer matches does not matter for the change as a whole.
func (e *SetChangedError) Is(target error) bool { return target == ErrSetChanged }

// PartialError is a change of a zone of which only a part was made.
type PartialError struct {
	Service string // the host, for people
	Zone    string // its apex
	// Done are the steps that were made, and Undone those that were undone again. Failed is the
	// step that failed, and Open are those that were not tried. Each says what it does in the
	// infinitive.
	Done, Undone []string
	Failed       string
	Open         []string
	// Err is the reason. If it matches api.ErrOutcomeUnknown, Failed may have been made all the
	// same.
	Err error

	conditional bool
}

// Error says what was changed in the zone, what was not, and why.
func (e *PartialError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "zone %s at %s was changed in part", e.Zone, e.Service)
	list := func(what string, steps ...string) {
		if len(steps) > 0 {
			fmt.Fprintf(&b, ". %s: %s", what, strings.Join(steps, "; "))
		}
	}
	list("Done", e.Done...)
	list("Done and undone again", e.Undone...)
	if errors.Is(e.Err, api.ErrOutcomeUnknown) {
		list("Perhaps done", e.Failed)
	} else {
		list("Not done", e.Failed)
	}
	list("Not tried", e.Open...)
	fmt.Fprintf(&b, ". The reason: %v", e.Err)
	return b.String()
}

// Is matches api.ErrOutcomeUnknown after a conditional change: a read tells what the zone has now, and
// the rest may be tried again.
func (e *PartialError) Is(target error) bool { return e.conditional && target == api.ErrOutcomeUnknown }

// Unwrap returns the reason.
func (e *PartialError) Unwrap() error { return e.Err }

// Reason returns the reason. The editor lists for each owner what is done, and needs no other list.
func (e *PartialError) Reason() error { return e.Err }

// Run takes the steps of a change one after another. It stops at the first that fails, because later
// ones may depend on it. If steps were made before, and not undone, the error is a [*PartialError].
func (c Change) Run(ctx context.Context) error {
	steps := c.Steps
	for i, s := range steps {
		err := ctx.Err()
		if err != nil {
			err = api.Reworded("the run was stopped, or its time ran out, before this was sent", err)
		} else {
			err = s.Do(ctx)
		}
		if err == nil {
			continue
		}
		failed := &PartialError{Service: c.Service, Zone: c.Zone, Failed: s.Does, Err: err, conditional: c.Conditional}
		kept := i
		if !errors.Is(err, api.ErrOutcomeUnknown) {
			kept, failed.Err = undo(ctx, steps[:i], s.Group, err)
		}
		if kept == 0 {
			return alone(failed.Err, s)
		}
		failed.Done, failed.Undone, failed.Open = describe(steps[:kept]), describe(steps[kept:i]), describe(steps[i+1:])
		return failed
	}
	return nil
}

// alone returns the error of a change of which nothing else was made.
func alone(err error, s Step) error {
	var changed *SetChangedError
	switch {
	case errors.As(err, &changed):
		return fmt.Errorf("%s: %w (%w)", s.Does, dns.ErrZoneChanged, changed.Answer)
	case errors.Is(err, ErrSetChanged):
		return fmt.Errorf("%s: %w", s.Does, dns.ErrZoneChanged)
	}
	return err
}

// undo undoes the last of the finished steps that belong to a group, and returns how many remain.
// It goes on if the run was stopped, because deleted records have to come back.
func undo(ctx context.Context, done []Step, group int, cause error) (kept int, err error) {
	for kept = len(done); kept > 0 && group != 0 && done[kept-1].Group == group && done[kept-1].Undo != nil; kept-- {
		if err := done[kept-1].Undo(context.WithoutCancel(ctx)); err != nil {
			return kept, fmt.Errorf("%w. What had been deleted to make room could not be put back, so create it again (%w)", cause, err)
		}
	}
	return kept, cause
}

func describe(steps []Step) []string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Does)
	}
	return all
}

// Label returns a record's name in a list.
func Label(r dns.Record) string {
	const longest = 60
	text := r.String()
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// RecordRefusedError is the host's refusal of one record. It is a *dns.RefusedError and, with its
// status and its code, an *api.Error.
type RecordRefusedError struct {
	refused *dns.RefusedError
	answer  *api.Error
}

// Blame returns the error of a failed call as a refusal of its record, if that was the reason.
func Blame(r dns.Record, err error) error {
	var answer *api.Error
	if !errors.As(err, &answer) || answer.Status < 400 || answer.Kind != nil && !errors.Is(answer, api.ErrConflict) {
		return err
	}
	return Refused(r, answer)
}

// Refused returns an answer as the refusal of a record.
func Refused(r dns.Record, answer *api.Error) error {
	reason := answer.Answer
	if reason == "" {
		reason = answer.Error()
	}
	return &RecordRefusedError{&dns.RefusedError{Record: r, Reason: reason}, answer}
}

// Error returns the host's answer and the record.
func (e *RecordRefusedError) Error() string {
	return fmt.Sprintf("%s: %v", Label(e.refused.Record), e.answer)
}

// Unwrap returns both errors.
func (e *RecordRefusedError) Unwrap() []error { return []error{e.refused, e.answer} }
