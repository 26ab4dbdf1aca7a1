package yandexapi

import (
	"context"
	"errors"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// change is a change set in terms of the API's calls.
type change struct {
	edit   []dns.Replacement // in place
	remove []dns.Record
	add    []dns.Record
}

// newChange checks a change set, and decides which records are changed in place: those that keep
// their name and type, and do not become what another record of the change still is.
func newChange(apex string, changes dns.ChangeSet) (change, error) {
	c := change{add: slices.Clone(changes.Create), remove: slices.Clone(changes.Delete)}
	for _, r := range changes.Replace {
		if r.Old.Name == r.New.Name && r.Old.Type == r.New.Type {
			c.edit = append(c.edit, r)
			continue
		}
		c.remove, c.add = append(c.remove, r.Old), append(c.add, r.New)
	}
	for _, r := range c.written() {
		if reason := refuses(apex, r); reason != "" {
			return change{}, &dns.RefusedError{Record: r, Reason: reason}
		}
	}
	for {
		i := slices.IndexFunc(c.edit, c.collides)
		if i < 0 {
			return c, nil
		}
		c.remove, c.add = append(c.remove, c.edit[i].Old), append(c.add, c.edit[i].New)
		c.edit = slices.Delete(c.edit, i, i+1)
	}
}

// written returns all records that the change writes.
func (c *change) written() []dns.Record {
	written := slices.Clone(c.add)
	for _, r := range c.edit {
		written = append(written, r.New)
	}
	return written
}

// touched returns the records of the zone that the change removes or edits.
func (c *change) touched() []dns.Record {
	touched := slices.Clone(c.remove)
	for _, r := range c.edit {
		touched = append(touched, r.Old)
	}
	return touched
}

// collides reports whether a record cannot be edited in place, because the order of calls would
// matter: what it becomes is in the way of another record of the change, or the other way round.
func (c *change) collides(r dns.Replacement) bool {
	if slices.ContainsFunc(c.add, func(added dns.Record) bool { return excludes(added, r.Old) }) {
		return true
	}
	return slices.ContainsFunc(c.touched(), func(other dns.Record) bool { return other.ID != r.Old.ID && excludes(r.New, other) })
}

// excludes reports whether a record cannot be written while another one exists: a CNAME stands alone
// at its name, and nothing exists twice.
func excludes(written, other dns.Record) bool {
	if written.Name != other.Name {
		return false
	}
	if written.Type == "CNAME" || other.Type == "CNAME" {
		return true
	}
	return dns.Equivalent(written, other)
}

// state identifies a record of a zone. Two records with the same state are the same, unchanged
// record.
type state struct {
	identity dns.Identity
	ttl      uint32
	id       string
}

func stateOf(r dns.Record) state { return state{r.Identity(), r.TTL, r.ID} }

// sameSets reports whether the record sets that the change touches are the same in the zone as in
// the snapshot. Key is one that is not.
func (c *change) sameSets(base, fresh []dns.Record) (key dns.SetKey, same bool) {
	sets := map[dns.SetKey]bool{}
	for _, r := range slices.Concat(c.touched(), c.written()) {
		sets[r.SetKey()] = true
	}
	balance := map[state]int{}
	for _, r := range base {
		balance[stateOf(r)]++
	}
	for _, r := range fresh {
		balance[stateOf(r)]--
	}
	for s, n := range balance {
		if key := (dns.SetKey{Name: s.identity.Name, Type: s.identity.Type}); n != 0 && sets[key] {
			return key, false
		}
	}
	return dns.SetKey{}, true
}

// allThere reports whether the zone has each record that the change removes or edits.
func (c *change) allThere(fresh []dns.Record) bool {
	for _, r := range c.touched() {
		if !slices.ContainsFunc(fresh, func(there dns.Record) bool { return stateOf(there) == stateOf(r) }) {
			return false
		}
	}
	return true
}

// steps returns the calls that make a change. New records that conflict with nothing come first, and
// then the edits. Then come the new records that conflict, each after the deletion of what is in its
// way, and at last all other deletions.
func (h *Host) steps(apex string, c change) []stepwise.Step {
	left := slices.Clone(c.remove)
	var free, exchanges []stepwise.Step
	for i, added := range c.add {
		create := stepwise.Step{Does: "create " + stepwise.Label(added), Do: func(ctx context.Context) error { return h.add(ctx, apex, added) }}
		inTheWay := func(r dns.Record) bool { return excludes(added, r) }
		if !slices.ContainsFunc(left, inTheWay) {
			free = append(free, create)
			continue
		}
		create.Group = i + 1
		for _, r := range left {
			if inTheWay(r) {
				away := h.deletion(apex, r)
				away.Group = create.Group
				exchanges = append(exchanges, away)
			}
		}
		exchanges = append(exchanges, create)
		left = slices.DeleteFunc(left, inTheWay)
	}
	steps := free
	for _, r := range c.edit {
		steps = append(steps, stepwise.Step{
			Does: "replace " + stepwise.Label(r.Old) + " by " + stepwise.Label(r.New),
			Do:   func(ctx context.Context) error { return h.edit(ctx, apex, r) },
		})
	}
	steps = append(steps, exchanges...)
	for _, r := range left {
		steps = append(steps, h.deletion(apex, r))
	}
	return steps
}

func (h *Host) deletion(apex string, r dns.Record) stepwise.Step {
	return stepwise.Step{
		Does: "delete " + stepwise.Label(r),
		Do:   func(ctx context.Context) error { return h.remove(ctx, apex, r) },
		Undo: func(ctx context.Context) error { return h.add(ctx, apex, r) },
	}
}

func (h *Host) add(ctx context.Context, apex string, r dns.Record) error {
	return blame(r, h.client.addRecord(ctx, apex, r))
}

// edit changes a record in place. If the service refuses because the record is gone, somebody else
// has deleted it: which code says so is not documented.
func (h *Host) edit(ctx context.Context, apex string, r dns.Replacement) error {
	err := h.client.editRecord(ctx, apex, r.Old.ID, r.New)
	if isRefusal(err) {
		if there, lookErr := h.client.hasRecord(ctx, apex, r.Old.ID); lookErr == nil && !there {
			return stepwise.ErrSetChanged
		}
	}
	return blame(r.New, err)
}

// remove deletes a record. If the service refuses because the record is gone, nothing is left to do.
func (h *Host) remove(ctx context.Context, apex string, r dns.Record) error {
	err := h.client.deleteRecord(ctx, apex, r.ID)
	if isRefusal(err) {
		if there, lookErr := h.client.hasRecord(ctx, apex, r.ID); lookErr == nil && !there {
			return nil
		}
	}
	return blame(r, err)
}

// blame returns the service's refusal of a call as a refusal of its record, if neither the
// credentials nor the service itself are the reason.
func blame(r dns.Record, err error) error {
	var answer *api.Error
	if !isRefusal(err) || !errors.As(err, &answer) || answer.Kind != nil && !errors.Is(answer, api.ErrConflict) {
		return err
	}
	return stepwise.Refused(r, answer)
}
