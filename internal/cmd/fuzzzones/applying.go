package main

import (
	"context"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// apply applies a plan in a process of its own, checks what has become of the zone, and
// reports whether all of it has succeeded.
func (w *world) apply(ctx context.Context, changes map[string]change, m mishap) (bool, error) {
	before, err := w.read(ctx)
	if err != nil {
		return false, err
	}
	g := newGate()
	g.cuts, g.killAt, g.killHow, g.writes = m.cuts, m.killAt, m.killHow, m.writes
	p, stop, err := w.process(ctx, g)
	if err != nil {
		return false, err
	}
	defer stop()
	told := p.modern && !w.apart
	if m.faults != nil {
		if err := w.host.conditions(m.faults); err != nil {
			return false, err
		}
	}
	if !m.none() {
		w.trace("  apply with %+v", m)
	}
	outcomes, state := p.apply(ctx, changes, w.state)
	w.told = told && p.together()
	if m.faults != nil {
		if err := w.host.conditions(nil); err != nil {
			return false, err
		}
	}
	killed := g.killed()
	if killed {
		<-g.dead
	}
	lost := killed && m.lost
	after, err := w.read(ctx)
	if err != nil {
		return false, err
	}
	j := judgement{before: recordsOf(before), after: recordsOf(after), changes: changes, outcomes: outcomes, mishap: m, lost: lost, killed: killed, parallel: p.together(), modern: p.modern}
	succeeded, err := w.judge(j)
	if err == nil && !lost {
		w.state = state
	}
	return succeeded, err
}

// judgement is what an apply has done.
type judgement struct {
	before, after []dns.Record
	changes       map[string]change
	outcomes      map[string]outcome
	mishap        mishap
	lost          bool // whether no state was saved
	killed        bool
	parallel      bool
	modern        bool
}
