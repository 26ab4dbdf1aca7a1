package azureapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Apply implements [dns.Host]. Azure writes one record set at a time, each on the condition that it is
// as it was read. If a write after the first one fails, the error is a [*PartialError].
//
// A record that joins a set takes the set's TTL. What else Azure keeps with a set, such as its
// metadata, stays as long as the set has a record. With its last record, a set goes.
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	r := api.Request{Op: "change the DNS records of", Object: base.Zone.Apex}
	id, err := idOf(r, base.Zone)
	if err != nil {
		return err
	}
	if base.Zone.ReadOnly != "" {
		return &dns.RefusedError{Reason: base.Zone.ReadOnly}
	}
	found, known := base.Native.(*contents)
	if !known {
		return reporter.Unsendable(r, errors.New("the zone was not read from Azure, so its record sets are not known"))
	}
	drafts, err := newDrafts(found, changes)
	if err != nil {
		return err
	}
	w := &writer{host: h, id: id, apex: base.Zone.Apex, found: found, drafts: drafts}
	return run(ctx, base.Zone.Apex, w.steps())
}

// PartialError is a change of a zone of which only a part was made. It matches api.ErrOutcomeUnknown,
// because only a read can tell what the zone has now, and never dns.ErrZoneChanged.
type PartialError struct {
	Zone string // its apex
	// Done are the steps that were made, and Undone those that were undone again. Failed is the step
	// that failed, and Open are those that were not tried. Each says what it does in the infinitive.
	Done, Undone []string
	Failed       string
	Open         []string
	// Err is the reason.
	Err error
}

// Error says what was changed in the zone, what was not, and why.
func (e *PartialError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "zone %s at Azure DNS was changed in part", e.Zone)
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

// Is matches api.ErrOutcomeUnknown.
func (e *PartialError) Is(target error) bool { return target == api.ErrOutcomeUnknown }

// Unwrap returns the reason.
func (e *PartialError) Unwrap() error { return e.Err }

// Reason returns the reason. The editor lists for each owner what is done, and needs no other list.
func (e *PartialError) Reason() error { return e.Err }

// run takes the steps of a change one after another. It stops at the first that fails.
func run(ctx context.Context, apex string, steps []step) error {
	for i, s := range steps {
		err := s.do(ctx)
		if err == nil {
			continue
		}
		failed := &PartialError{Zone: apex, Failed: s.does, Err: err}
		kept := i
		if !errors.Is(err, api.ErrOutcomeUnknown) {
			kept, failed.Err = undo(ctx, steps[:i], s.group, err)
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
func alone(err error, s step) error {
	var changed *conditionFailed
	if errors.As(err, &changed) {
		return fmt.Errorf("%s: %w (%w)", s.does, dns.ErrZoneChanged, changed.answer)
	}
	return err
}

// undo undoes the last of the finished steps that belong to a group, and returns how many remain. It
// goes on if the run was stopped, because deleted records have to come back.
func undo(ctx context.Context, done []step, group string, cause error) (kept int, err error) {
	for kept = len(done); kept > 0 && group != "" && done[kept-1].group == group && done[kept-1].undo != nil; kept-- {
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
