package godaddyapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// step is one call that changes a zone.
type step struct {
	does string // what, in the infinitive: "create TXT www.example.com"
	do   func(ctx context.Context) error
	// group is the same for the steps that make room for a new record and for the step that creates
	// it, which is the last of them. If one of them fails, undo is called for those before it. 0:
	// the step belongs to no group.
	group int
	undo  func(ctx context.Context) error // nil for the last step of a group
}

// errSetChanged is the error of a step whose record set somebody else has changed since the zone
// was read.
var errSetChanged = errors.New("the record set has been changed by somebody else meanwhile")

// PartialError is a change of a zone of which only a part was made.
type PartialError struct {
	Zone string // its apex
	// Done are the steps that were made, and Undone those that were undone again. Failed is the
	// step that failed, and Open are those that were not tried. Each says what it does in the
	// infinitive.
	Done, Undone []string
	Failed       string
	Open         []string
	// Err is the reason. If it matches api.ErrOutcomeUnknown, Failed may have been made all the
	// same.
	Err error
}

// Error says what was changed in the zone, what was not, and why.
func (e *PartialError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "zone %s at GoDaddy was changed in part", e.Zone)
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

// Unwrap returns the reason.
func (e *PartialError) Unwrap() error { return e.Err }

// run takes the steps of a change one after another. It stops at the first that fails, because
// later ones may depend on it.
func run(ctx context.Context, apex string, steps []step) error {
	for i, s := range steps {
		err := ctx.Err()
		if err == nil {
			err = s.do(ctx)
		}
		if err == nil {
			continue
		}
		failed := &PartialError{Zone: apex, Failed: s.does, Err: err}
		kept := i
		if !errors.Is(err, api.ErrOutcomeUnknown) {
			kept, failed.Err = undo(ctx, steps[:i], s.group, err)
		}
		switch {
		case kept == 0 && errors.Is(err, errSetChanged):
			return fmt.Errorf("%s: %w", s.does, dns.ErrZoneChanged)
		case kept == 0:
			return failed.Err
		}
		failed.Done, failed.Undone, failed.Open = describe(steps[:kept]), describe(steps[kept:i]), describe(steps[i+1:])
		return failed
	}
	return nil
}

// undo undoes the last of the finished steps that belong to a group, and returns how many remain.
// It goes on if the run was stopped, because deleted records have to come back.
func undo(ctx context.Context, done []step, group int, cause error) (kept int, err error) {
	for kept = len(done); kept > 0 && group != 0 && done[kept-1].group == group; kept-- {
		if err := done[kept-1].undo(context.WithoutCancel(ctx)); err != nil {
			return kept, fmt.Errorf("%w. What had been deleted to make room could not be put back, so create it again (%w)", cause, err)
		}
	}
	return kept, cause
}

func describe(steps []step) []string {
	var all []string
	for _, s := range steps {
		all = append(all, s.does)
	}
	return all
}

// label is a record's name in a list.
func label(r dns.Record) string {
	const longest = 60
	text := r.String()
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

func labels(entries []entry) string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = label(e.record)
	}
	return strings.Join(all, ", ")
}

// recordRefused is GoDaddy's refusal of one record. It is a *dns.RefusedError and, with its status
// and its code, an *api.Error.
type recordRefused struct {
	refused *dns.RefusedError
	answer  *api.Error
}

// blame returns the error of a failed call as a refusal of its record, if that was the reason.
func blame(r dns.Record, err error) error {
	var answer *api.Error
	if !errors.As(err, &answer) || answer.Status < 400 || answer.Kind != nil && !errors.Is(answer, api.ErrConflict) {
		return err
	}
	return &recordRefused{&dns.RefusedError{Record: r, Reason: answer.Answer}, answer}
}

// Error returns GoDaddy's answer and the record.
func (e *recordRefused) Error() string {
	return fmt.Sprintf("%s: %v", label(e.refused.Record), e.answer)
}

// Unwrap returns both errors.
func (e *recordRefused) Unwrap() []error { return []error{e.refused, e.answer} }
