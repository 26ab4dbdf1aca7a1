package main

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

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
	w.apart = !p.together()
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
		if handover := w.model.handover(w.config); w.apart && (handover != "" || sharesMail(w.config)) {
			w.trace("  which is excused, as resources have not heard of each other in time: %s", handover)
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
