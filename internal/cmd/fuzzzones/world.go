package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// world is one zone, one Terraform state, and what is known of both.
type world struct {
	host    *zoneHost
	random  *rand.Rand
	records records
	model   *model
	config  config
	// before is the configuration that the step before has ended with.
	before config
	state  map[string]instance
	log    []string
	// edited is whether somebody else has changed the zone since the last plan.
	edited bool
	// apart is whether the last plan was made for one resource after another.
	apart bool
	// told is whether the last apply was told what its plan had known of other resources.
	told bool
	// drift are the records of others that the last plan showed in the place of ours, by the
	// resource that puts its own back.
	drift map[string][]dns.Identity
}

// attempts is how often a run without faults is repeated until it succeeds. Each time that it
// is refused, and rightly, the configuration is corrected first.
const attempts = 12

func newWorld(host *zoneHost, seed uint64) (*world, error) {
	stranger, err := host.stranger()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	return &world{host: host, random: random, model: newModel(host.comments), config: config{}, state: map[string]instance{},
		records: records{random: random, apex: host.zone.Apex, limits: stranger.Limits()}}, nil
}

func (w *world) trace(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// lossError is what the oracle has found.
type lossError struct{ faults []string }

func (e *lossError) Error() string { return strings.Join(e.faults, "\n") }

func loss(format string, args ...any) error {
	return &lossError{[]string{fmt.Sprintf(format, args...)}}
}

// run makes steps, and destroys everything in the end.
func (w *world) run(ctx context.Context, steps int) (done int, err error) {
	before, err := w.read(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range recordsOf(before) {
		w.model.foreign[r.Identity()] = r
	}
	if err := w.disturb(ctx, 12); err != nil {
		return 0, err
	}
	for done < steps {
		w.trace("step %d", done+1)
		if err := w.step(ctx); err != nil {
			return done, err
		}
		done++
	}
	w.trace("destroy")
	w.config = config{}
	return done, w.settle(ctx)
}

// step changes the configuration, plans, lets somebody else edit, applies with what may go
// wrong, and then brings it to an end without anything going wrong.
func (w *world) step(ctx context.Context) error {
	if err := w.disturb(ctx, w.random.IntN(3)); err != nil {
		return err
	}
	w.before, w.config = w.config, w.records.vary(w.config)
	w.trace("  configuration:\n%s", w.config.describe())
	w.edited = false
	changes, err := w.plan(ctx)
	if err != nil {
		return err
	}
	if changes != nil {
		if w.random.IntN(2) == 0 {
			w.edited = true
			if err := w.disturb(ctx, 1+w.random.IntN(3)); err != nil {
				return err
			}
		}
		if _, err := w.apply(ctx, changes, w.mishap()); err != nil {
			return err
		}
	}
	return w.settle(ctx)
}

// settle plans and applies without faults until that succeeds, and then the plan has to be
// empty.
func (w *world) settle(ctx context.Context) error {
	for range attempts {
		w.edited = false
		changes, err := w.plan(ctx)
		if err != nil {
			return err
		}
		if changes == nil {
			if err := w.correct(ctx); err != nil {
				return err
			}
			continue
		}
		succeeded, err := w.apply(ctx, changes, mishap{})
		if err != nil {
			return err
		}
		if !succeeded {
			if err := w.correct(ctx); err != nil {
				return err
			}
			continue
		}
		if settled, err := w.checkSettled(ctx); settled || err != nil {
			return err
		}
	}
	return loss("after %d runs without faults it still does not succeed", attempts)
}

// checkSettled compares the zone with what there has to be, and makes a plan, which has to be
// empty. It reports whether it is: see disputed.
func (w *world) checkSettled(ctx context.Context) (settled bool, err error) {
	zone, err := w.read(ctx)
	if err != nil {
		return false, err
	}
	if found := rivals(w.config); found != nil {
		return false, loss("the run has succeeded, although %s", strings.Join(found, "; "))
	}
	if faults := w.model.check(recordsOf(zone), w.model.settled(w.config)); faults != nil {
		return false, &lossError{append(faults, "the zone is:\n"+describeZone(recordsOf(zone)))}
	}
	changes, err := w.plan(ctx)
	if err != nil {
		return false, err
	}
	if changes == nil {
		return false, loss("the plan after a run that succeeded is refused")
	}
	settled = true
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		c := changes[label]
		if c.action == noAction {
			continue
		}
		settled = false
		if !w.disputed(label, c) {
			return false, loss("the plan after a run that succeeded is not empty: %s is planned for %s: %s", c.action, label,
				strings.Join(differences("", c.planned, c.prior.value), "; "))
		}
	}
	// What a refresh has learned is saved by an apply that has nothing else to do.
	for label, c := range changes {
		if !c.prior.value.IsNull() {
			w.state[label] = c.prior
		}
	}
	return settled, nil
}

// disputed is whether a change concerns nothing but the TTL of a record that another resource
// publishes, or did in the step before, without asking for the same one, and Terraform has not told
// of that one in time. The next run has to mend that. It may happen
//   - where Terraform plans one resource after another: the first of the two takes the other
//     one's TTL for a change by hand
//   - where the apply before has changed what the other one asks for, and was not told what
//     its plan knew: before version 1.16, or one resource after another
func (w *world) disputed(label string, c change) bool {
	if !w.apart && w.told || c.action != updateAction {
		return false
	}
	for _, difference := range differences("", c.planned, c.prior.value) {
		if !strings.HasPrefix(difference, ".ttl:") {
			return false
		}
	}
	b := w.config[label]
	for _, c := range []config{w.config, w.before} {
		for other, theirs := range c {
			if other != label && b.ttl != 0 && b.ttl != theirs.ttl &&
				slices.ContainsFunc(b.wanted(), func(r dns.Record) bool { return has(theirs.wanted(), r.Identity()) }) {
				return true
			}
		}
	}
	return false
}

func describeZone(zone []dns.Record) string {
	var lines []string
	for _, r := range zone {
		lines = append(lines, fmt.Sprintf("    %s (TTL %d, comment %q)", r, r.TTL, r.Comment))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// correct changes the configuration so that what was refused can be published: one record
// that is in the way, or in whose way something is, goes.
func (w *world) correct(ctx context.Context) error {
	zone, err := w.read(ctx)
	if err != nil {
		return err
	}
	c := w.config.clone()
	drop := func(label string, r dns.Record) {
		for key, there := range c[label].records {
			if there.Identity() == r.Identity() {
				delete(c[label].records, key)
			}
		}
		if len(c[label].records) == 0 {
			delete(c, label)
		}
	}
	for _, o := range w.model.obstacles(recordsOf(zone), c) {
		drop(o.label, o.wanted)
	}
	labels := slices.Sorted(maps.Keys(c))
	for i, first := range labels {
		for _, second := range labels[i+1:] {
			if rivals(config{first: c[first], second: c[second]}) != nil || partialMail(config{first: c[first], second: c[second]}) {
				for _, r := range c[second].wanted() {
					if rivals(config{first: c[first], second: {records: map[string]dns.Record{"": r}}}) != nil || r.Type == "MX" {
						drop(second, r)
					}
				}
			}
		}
	}
	w.config = c
	w.trace("  corrected configuration:\n%s", c.describe())
	return nil
}
