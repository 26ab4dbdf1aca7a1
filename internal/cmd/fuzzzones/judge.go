package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

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
	w.noteBare(j)
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
	if succeeded {
		for label, c := range changes {
			if c.action == noAction { // what was missing, and is not wanted any more, is given up
				w.model.owned[label] = slices.DeleteFunc(w.model.owned[label], func(r dns.Record) bool { return !has(w.config[label].wanted(), r.Identity()) })
			}
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

// noteBare notes the SPF records that a resource may have begun and leaves to another one that has
// not been told of it; see bare in model.
func (w *world) noteBare(j judgement) {
	for name := range w.model.bare {
		if !slices.ContainsFunc(j.after, func(r dns.Record) bool { return isSPF(r) && r.Name == name }) {
			delete(w.model.bare, name)
		}
	}
	if !w.apart && j.parallel {
		return
	}
	for label := range j.changes {
		for _, owned := range w.model.owned[label] {
			gone := isSPF(owned) && lacks(termsAt(w.config[label].wanted(), owned.Name), termsAt([]dns.Record{owned}, owned.Name))
			if gone && w.model.spf[owned.Name] == "" && len(termsAt(w.config.wanted(), owned.Name)) > 0 {
				w.model.bare[owned.Name] = true
			}
		}
	}
}

// rewritten is whether a resource gives a record another TTL, or leaves it to one that does, and
// the process was killed while it wrote that to a host that cannot change a record in place: it has
// to delete the record first, as the host takes none twice.
func (w *world) rewritten(r dns.Record, j judgement) bool {
	if !j.killed || w.records.limits.Atomic {
		return false
	}
	for label, c := range j.changes {
		planned, prior, b := members(c.planned), members(c.prior.value), w.config[label]
		if has(w.model.owned[label], r.Identity()) && (!has(b.wanted(), r.Identity()) || len(prior) == 0 || len(planned) == 0 || !planned["ttl"].Equal(prior["ttl"])) {
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
	case (w.apart || !j.parallel) && (w.model.handover(w.config) != "" || sharesMail(w.config)):
		return nil
	}
	return loss("%s has failed without a reason: %s", label, o.err)
}
