package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// world is one zone, one Terraform state, and what is known of both.
type world struct {
	host    *zoneHost
	random  *rand.Rand
	records records
	model   *model
	config  config
	state   map[string]instance
	log     []string
	// edited is whether somebody else has changed the zone since the last plan.
	edited bool
	// apart is whether the last plan was made for one resource after another.
	apart bool
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
	w.config = w.records.vary(w.config)
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
		return w.checkSettled(ctx)
	}
	return loss("after %d runs without faults it still does not succeed", attempts)
}

// checkSettled compares the zone with what there has to be, and makes a plan, which has to be
// empty.
func (w *world) checkSettled(ctx context.Context) error {
	zone, err := w.read(ctx)
	if err != nil {
		return err
	}
	if found := rivals(w.config); found != nil {
		return loss("the run has succeeded, although %s", strings.Join(found, "; "))
	}
	if faults := w.model.check(recordsOf(zone), w.model.settled(w.config)); faults != nil {
		return &lossError{append(faults, "the zone is:\n"+describeZone(recordsOf(zone)))}
	}
	changes, err := w.plan(ctx)
	if err != nil {
		return err
	}
	if changes == nil {
		return loss("the plan after a run that succeeded is refused")
	}
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		if c := changes[label]; c.action != noAction && !w.disputed(label, c) {
			return loss("the plan after a run that succeeded is not empty: %s is planned for %s: %s", c.action, label,
				strings.Join(differences("", c.planned, c.prior.value), "; "))
		}
	}
	// What a refresh has learned is saved by an apply that has nothing else to do.
	for label, c := range changes {
		if !c.prior.value.IsNull() {
			w.state[label] = c.prior
		}
	}
	return nil
}

// disputed is whether a change concerns nothing but the TTL of a record for which another
// resource asks for another one, and that one had not been heard of yet: where Terraform
// plans one resource after another, the first of the two takes it for a change by hand.
func (w *world) disputed(label string, c change) bool {
	if !w.apart || c.action != updateAction {
		return false
	}
	for _, difference := range differences("", c.planned, c.prior.value) {
		if !strings.HasPrefix(difference, ".ttl:") {
			return false
		}
	}
	b := w.config[label]
	for other, theirs := range w.config {
		if other != label && b.ttl != 0 && theirs.ttl != 0 && b.ttl != theirs.ttl &&
			slices.ContainsFunc(b.wanted(), func(r dns.Record) bool { return has(theirs.wanted(), r.Identity()) }) {
			return true
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

// process starts a process of the provider behind a gate.
func (w *world) process(ctx context.Context, g *gate) (*process, func(), error) {
	settings, stop, err := w.host.configure(g)
	if err != nil {
		return nil, nil, err
	}
	p, err := start(ctx, g, settings, rand.New(rand.NewPCG(w.random.Uint64(), 0)))
	if err == nil {
		w.trace("  process: parallel=%v, modern=%v", p.parallel, p.modern)
	}
	return p, func() { go g.shut(); stop() }, err
}

// values are the values of all blocks.
func (w *world) values(ty tftypes.Type) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for label, b := range w.config {
		values[label] = b.value(ty, w.host.name+"/"+w.host.zone.Apex)
	}
	return values
}

// plan plans in a process of its own, without faults. It returns nil where the plan is
// refused, and rightly.
func (w *world) plan(ctx context.Context) (map[string]change, error) {
	before, err := w.read(ctx)
	if err != nil {
		return nil, err
	}
	p, stop, err := w.process(ctx, newGate())
	if err != nil {
		return nil, err
	}
	defer stop()
	changes, errs := p.plan(ctx, w.values(p.ty), w.state)
	w.apart = !p.parallel
	after, err := w.read(ctx)
	if err != nil {
		return nil, err
	}
	if !sameZone(recordsOf(before), recordsOf(after)) {
		return nil, loss("a plan has changed the zone")
	}
	zone := recordsOf(after)
	obstacles, found := w.model.obstacles(zone, w.config), rivals(w.config)
	if len(errs) > 0 {
		for _, label := range slices.Sorted(maps.Keys(errs)) {
			w.trace("  plan of %s is refused: %s", label, errs[label])
		}
		if handover := w.model.handover(w.config); handover != "" && !p.parallel {
			w.trace("  which is excused, as resources are planned one by one: %s", handover)
			return nil, nil
		}
		if len(obstacles) == 0 && found == nil && !partialMail(w.config) {
			return nil, loss("a plan is refused without a reason: %v", slices.Collect(maps.Values(errs)))
		}
		return nil, nil
	}
	for _, o := range obstacles {
		if o.certain {
			c := changes[o.label]
			displaced, _ := displacedBy(c.planned)
			return nil, loss("a plan does not say what is in the way: %s; it plans to %s, displaces %v, and warns: %s\nthe zone is:\n%s", o, c.action, displaced,
				strings.Join(c.warnings, "\n"), describeZone(zone))
		}
	}
	w.drift = map[string][]dns.Identity{}
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		for _, r := range zone {
			if w.model.inPlaceOfOurs(label, r, zone) {
				w.drift[label] = append(w.drift[label], r.Identity())
			}
		}
		c := changes[label]
		displaced, known := displacedBy(c.planned)
		if c.action != noAction {
			w.trace("  plan: %s %s, displaced %v", c.action, label, displaced)
		}
		if c.action != createAction && c.action != updateAction {
			continue
		}
		if !known {
			return nil, loss("the plan of %s does not say what it displaces, although all is known", label)
		}
		if faults := w.model.checkDisplaced(zone, w.config, label, displaced); faults != nil {
			return nil, &lossError{faults}
		}
	}
	return changes, nil
}

func sameZone(a, b []dns.Record) bool {
	return describeZone(a) == describeZone(b)
}

// displacedBy are the records that a plan shows as displaced.
func displacedBy(planned tftypes.Value) ([]dns.Identity, bool) {
	list, there := members(planned)["displaced"]
	if !there || !list.IsKnown() {
		return nil, false
	}
	var found []dns.Identity
	for _, element := range elements(list) {
		parts := members(element)
		id := dns.Identity{Name: textOf(parts["name"]), Type: textOf(parts["type"]), Value: textOf(parts["value"])}
		if priority := parts["priority"]; priority.IsKnown() && !priority.IsNull() {
			id.Priority = numberOf(priority)
		}
		found = append(found, id)
	}
	return found, true
}

// mishap is what goes wrong in an apply.
type mishap struct {
	faults  []fault.Fault
	cuts    map[int]verdict
	killAt  int
	killHow verdict
	writes  bool
	// lost is whether Terraform is killed too, and saves no state.
	lost bool
}

func (m mishap) none() bool { return m.faults == nil && m.cuts == nil && m.killAt == 0 }

// kinds are the faults that a service may have for one call.
var kinds = []fault.Kind{fault.Status, fault.StatusAfter, fault.EmptyError, fault.Cut, fault.CutAfter, fault.TruncatedBody, fault.InvalidJSON}

// mishap chooses what goes wrong.
func (w *world) mishap() mishap {
	var m mishap
	switch w.random.IntN(5) {
	case 0, 1:
		m.killHow = []verdict{pass, cutBefore, cutAfter}[w.random.IntN(3)]
		m.writes = w.random.IntN(3) > 0
		m.killAt = 1 + w.random.IntN(4)
		if !m.writes {
			m.killAt = 1 + w.random.IntN(10)
		}
		m.lost = w.random.IntN(2) == 0
	case 2, 3:
		if w.host.conditions == nil {
			m.cuts = map[int]verdict{1 + w.random.IntN(8): []verdict{cutBefore, cutAfter}[w.random.IntN(2)]}
			break
		}
		for range 1 + w.random.IntN(2) {
			f := fault.Fault{Kind: kinds[w.random.IntN(len(kinds))], Skip: w.random.IntN(4), Count: 1 + w.random.IntN(2)}
			if w.random.IntN(2) == 0 {
				f.Method = []string{"POST", "PUT", "PATCH", "DELETE", "UPDATE"}[w.random.IntN(5)]
				f.Skip = w.random.IntN(2)
			}
			m.faults = append(m.faults, f)
		}
	}
	return m
}

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
	if m.faults != nil {
		if err := w.host.conditions(m.faults); err != nil {
			return false, err
		}
	}
	if !m.none() {
		w.trace("  apply with %+v", m)
	}
	outcomes, state := p.apply(ctx, changes, w.state)
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
	j := judgement{before: recordsOf(before), after: recordsOf(after), changes: changes, outcomes: outcomes, mishap: m, lost: lost, killed: killed, parallel: p.parallel, modern: p.modern}
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

// judge checks what an apply has done, and reports whether all of it has succeeded.
func (w *world) judge(j judgement) (bool, error) {
	before, after, changes, outcomes, lost := j.before, j.after, j.changes, j.outcomes, j.lost
	succeeded := true
	e := expectation{mayGo: map[dns.Identity]bool{}, halfway: j.killed && !w.records.limits.Atomic}
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		c := changes[label]
		o, tried := outcomes[label]
		b := w.config[label]
		// A record that is wanted as before is there all the time.
		for _, r := range w.model.owned[label] {
			e.may = append(e.may, r)
			if has(b.wanted(), r.Identity()) && there(before, r) && !w.rewritten(r, j) {
				e.must = append(e.must, r)
			}
		}
		if !tried {
			continue
		}
		if o.broken != "" {
			return false, loss("%s: %s", label, o.broken)
		}
		if o.called {
			e.may = append(e.may, b.wanted()...)
			displaced, _ := displacedBy(c.planned)
			for _, id := range displaced {
				e.mayGo[id] = true
			}
			for _, id := range w.drift[label] {
				e.mayGo[id] = true
			}
			for _, r := range b.wanted() {
				if b.adopt == "true" {
					e.retimed = append(e.retimed, r)
				}
			}
			for id, was := range w.model.altered {
				if has(w.model.owned[label], was) {
					e.mayGo[id] = true
				}
			}
		}
		switch {
		case o.err == nil:
			w.trace("  apply: %s of %s succeeded", c.action, label)
			if c.action != deleteAction {
				e.must = append(e.must, b.wanted()...)
				displaced, _ := displacedBy(c.planned)
				for _, id := range displaced {
					if has(after, id) && !has(w.config.wanted(), id) {
						return false, loss("%v was displaced by %s, which succeeded, and is still there", id, label)
					}
				}
			}
			continue
		case errors.Is(o.err, errKilled):
			w.trace("  apply: %s of %s was cut off", c.action, label)
		default:
			w.trace("  apply: %s of %s failed: %s", c.action, label, o.err)
			if err := w.excuse(label, o, j); err != nil {
				return false, err
			}
		}
		succeeded = false
	}
	mended := slices.DeleteFunc(slices.Clone(e.must), func(r dns.Record) bool { return !w.takenAway(r, j, succeeded) })
	e.must = slices.DeleteFunc(e.must, func(r dns.Record) bool { return w.takenAway(r, j, succeeded) })
	e.may = append(e.may, mended...)
	if !succeeded {
		e.halfway = !w.records.limits.Atomic && !j.mishap.none()
		for _, r := range w.config.wanted() {
			if isSPF(r) && w.model.spf[r.Name] == "" {
				w.model.bare[r.Name] = true
			}
		}
	}
	if faults := w.model.check(after, e); faults != nil {
		return false, &lossError{append(faults, "before the apply the zone was:\n"+describeZone(before), "after it, it is:\n"+describeZone(after))}
	}
	w.model.gone(after, e.mayGo)
	ours := slices.Concat(slices.Collect(maps.Values(w.model.owned))...)
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		o, tried := outcomes[label]
		b, configured := w.config[label]
		switch {
		case !tried:
		case o.err == nil && !lost && configured:
			w.model.succeeded(label, &b, before, after, ours)
		case o.err == nil && !lost:
			w.model.succeeded(label, nil, before, after, ours)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(changes)) {
		// Also what another resource left to one that then failed.
		if o, tried := outcomes[label]; tried && (o.err != nil || lost) {
			w.model.unfinished(before, after, w.config[label], "written by a run whose state was not saved")
		}
	}
	for _, r := range mended {
		if !there(after, r) {
			w.trace("  %s was taken away, which the next run has to mend", r)
			return false, nil
		}
	}
	return succeeded && !lost, nil
}

// there is whether a zone has a record, or all terms of an SPF record.
func there(zone []dns.Record, wanted dns.Record) bool {
	if !isSPF(wanted) {
		return has(zone, wanted.Identity())
	}
	return !lacks(termsAt(zone, wanted.Name), termsAt([]dns.Record{wanted}, wanted.Name))
}

// takenAway is whether a record may be missing after an apply although a resource wants it,
// because another one that published it too does not want it any more. The next run has to
// mend that. It may happen
//   - where Terraform does not tell the update what the plan knew: before version 1.16
//   - where resources were planned one after another, and one had not been heard of
//   - where the apply has failed in the middle
func (w *world) takenAway(r dns.Record, j judgement, succeeded bool) bool {
	for label, c := range j.changes {
		gives := false
		for _, owned := range w.model.owned[label] {
			if isSPF(r) && isSPF(owned) && r.Name == owned.Name {
				left := termsAt(w.config[label].wanted(), r.Name)
				gives = gives || slices.ContainsFunc(termsAt([]dns.Record{r}, r.Name), func(term string) bool {
					return slices.Contains(spfTerms(owned.Value), term) && !slices.Contains(left, term)
				})
			}
			gives = gives || owned.Identity() == r.Identity() && !has(w.config[label].wanted(), r.Identity())
		}
		if gives && (!succeeded || w.apart || !j.parallel || c.action == updateAction && !j.modern) {
			return true
		}
	}
	return false
}

// rewritten is whether a resource gives a record another TTL, and the process was killed while
// it wrote that to a host that cannot change a record in place: it has to delete the record
// first, as the host takes none twice.
func (w *world) rewritten(r dns.Record, j judgement) bool {
	if !j.killed || w.records.limits.Atomic {
		return false
	}
	for label, c := range j.changes {
		planned, prior, b := members(c.planned), members(c.prior.value), w.config[label]
		if has(w.model.owned[label], r.Identity()) && (len(prior) == 0 || len(planned) == 0 || !planned["ttl"].Equal(prior["ttl"])) {
			return true
		}
		if c.action != noAction && b.ttl != 0 && has(b.wanted(), r.Identity()) && has(j.before, r.Identity()) && find(j.before, r.Identity()).TTL != uint32(b.ttl) {
			return true
		}
	}
	return false
}

// excuse returns an error where a change has failed without a reason.
func (w *world) excuse(label string, o outcome, j judgement) error {
	for _, difference := range o.unplanned {
		if !strings.HasPrefix(difference, ".displaced") {
			return loss("the two plans of %s differ: %s", label, difference)
		}
	}
	switch {
	case !j.mishap.none(), rivals(w.config) != nil, partialMail(w.config):
		return nil
	case w.edited:
		return nil // what is in the way now was not there when the change was planned
	case (w.apart || !j.parallel) && w.model.handover(w.config) != "":
		return nil
	}
	return loss("%s has failed without a reason: %s", label, o.err)
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
