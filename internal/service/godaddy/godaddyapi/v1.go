package godaddyapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// pageSizeV1 is the number of records on a page of v1.
const pageSizeV1 = 500

// keyAPI is v1, where records have no IDs and are changed by record set.
type keyAPI struct{ *caller }

// limits implements version. The limit of a text's length is not documented.
func (a *keyAPI) limits() dns.Limits {
	return dns.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL,
		Types: []string{"A", "AAAA", "CNAME", "MX", "SRV", "TXT"}, Objection: Objection,
	}
}

// access: reading proves write access, because keys have no scopes.
func (a *keyAPI) access() dns.WriteAccess { return dns.WriteProven }

func (a *keyAPI) records(apex string, below ...string) []string {
	return append([]string{"v1", "domains", apex, "records"}, below...)
}

// nameServers implements version by GET /v1/domains/DOMAIN/records/NS/@.
func (a *keyAPI) nameServers(ctx context.Context, apex string) ([]string, error) {
	list, err := a.set(ctx, "find zone", apex, setKey{"NS", atApex})
	return nameServersIn(list, apex), err
}

// set is GET /v1/domains/DOMAIN/records/TYPE/NAME.
func (a *keyAPI) set(ctx context.Context, op, apex string, key setKey) ([]wire, error) {
	var list []wire
	err := a.send(ctx, call{
		op: op, object: apex, method: http.MethodGet, endpoint: "set", path: a.records(apex, key.recordType, key.name),
	}, &list)
	return list, err
}

// list implements version by GET /v1/domains/DOMAIN/records. There are no totals: a page that is
// not full is the last one.
func (a *keyAPI) list(ctx context.Context, apex string) ([]wire, error) {
	var list []wire
	for {
		var page []wire
		err := a.send(ctx, call{
			op: "read zone", object: apex, method: http.MethodGet, endpoint: "records", path: a.records(apex),
			query: url.Values{"offset": {strconv.Itoa(len(list))}, "limit": {strconv.Itoa(pageSizeV1)}},
		}, &page)
		if err != nil {
			return nil, err
		}
		if full := len(page) == pageSizeV1; full && len(list) > 0 && slices.EqualFunc(page, list[len(list)-pageSizeV1:], wire.sameAs) {
			return nil, &api.Error{
				Service: service, Op: "read zone", Object: apex, Kind: api.ErrUnavailable,
				Cause: errors.New("the same page of records came twice, so the rest of the zone cannot be seen"),
			}
		}
		list = append(list, page...)
		if len(page) < pageSizeV1 {
			return list, nil
		}
	}
}

// setChange is the change of one record set.
type setChange struct {
	key         setKey
	remove, add []entry
	expected    []entry // the whole set as it was when the change was planned
}

// plan implements version. New records in sets that lose nothing come first, in one call. Then each
// set that loses or changes values is written again, and then sets that lose everything are
// deleted. A deletion comes earlier only if it makes room for a new record.
func (a *keyAPI) plan(apex string, fresh []entry, c change) []stepwise.Step {
	sets := map[setKey]*setChange{}
	for _, removed := range c.located {
		key := removed.wire.setKey()
		if sets[key] == nil {
			sets[key] = &setChange{key: key}
		}
		sets[key].remove = append(sets[key].remove, removed)
	}
	var free, blocked []entry
	for _, added := range c.add {
		switch set := sets[added.wire.setKey()]; {
		case set != nil:
			set.add = append(set.add, added)
		case slices.ContainsFunc(c.located, func(e entry) bool { return added.wire.excludes(e.wire) }):
			blocked = append(blocked, added)
		default:
			free = append(free, added)
		}
	}
	for _, e := range fresh {
		if set := sets[e.wire.setKey()]; set != nil {
			set.expected = append(set.expected, e)
		}
	}

	// A step that makes room belongs to the same group as what it makes room for.
	const exchange = 1
	var put, steps, last []stepwise.Step
	for _, key := range slices.SortedFunc(maps.Keys(sets), setKey.compare) {
		set := sets[key]
		rewrite := stepwise.Step{
			Does: set.does(),
			Do:   func(ctx context.Context) error { return a.rewrite(ctx, apex, *set) },
			Undo: func(ctx context.Context) error { return a.append(ctx, apex, set.remove) },
		}
		switch {
		case len(set.remove) < len(set.expected) || len(set.add) > 0:
			put = append(put, rewrite)
		case slices.ContainsFunc(blocked, func(e entry) bool { return e.wire.excludes(set.remove[0].wire) }):
			rewrite.Group = exchange
			steps = append(steps, rewrite)
		default:
			last = append(last, rewrite)
		}
	}
	steps = slices.Concat(a.creation(apex, free, 0), put, steps, a.creation(apex, blocked, exchange))
	return append(steps, last...)
}

// creation is the step that creates records; none if there are no records.
func (a *keyAPI) creation(apex string, entries []entry, group int) []stepwise.Step {
	if len(entries) == 0 {
		return nil
	}
	return []stepwise.Step{{
		Does: "create " + labels(entries), Group: group,
		Do: func(ctx context.Context) error { return a.append(ctx, apex, entries) },
	}}
}

// append is PATCH /v1/domains/DOMAIN/records, which adds all the records, or none if it refuses
// one.
func (a *keyAPI) append(ctx context.Context, apex string, entries []entry) error {
	body := make([]wire, len(entries))
	for i, e := range entries {
		body[i] = e.wire
	}
	object := apex
	if len(entries) == 1 {
		object = entries[0].record.Type + " " + entries[0].record.Name
	}
	err := a.send(ctx, call{
		op: "create records", object: object, method: http.MethodPatch, endpoint: "records", path: a.records(apex), body: body,
	}, nil)
	if i, ok := culprit(err, len(entries)); ok {
		return stepwise.Blame(entries[i].record, err)
	}
	return err
}

// inRecord matches the record of an array in a refusal.
var inRecord = regexp.MustCompile(`\brecords\[(\d+)\]`)

// culprit returns the index of the record for which a call was refused, if it is known.
func culprit(err error, records int) (int, bool) {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return 0, false
	}
	if records == 1 {
		return 0, true
	}
	found := inRecord.FindStringSubmatch(fail.Answer)
	if found == nil {
		return 0, false
	}
	i, err := strconv.Atoi(found[1])
	return i, err == nil && i < records
}

// does says what is done to the set.
func (s setChange) does() string {
	if len(s.add) == 0 {
		return "delete " + labels(s.remove)
	}
	return "replace " + labels(s.remove) + " by " + labels(s.add)
}

// rewrite is PUT /v1/domains/DOMAIN/records/TYPE/NAME with the new set, or DELETE if the new set is
// empty. Both delete everything in the set at that moment. So the set is read immediately before,
// and nothing is done if it has changed. The records that stay are sent as they were read,
// including leftovers.
func (a *keyAPI) rewrite(ctx context.Context, apex string, set setChange) error {
	now, err := a.set(ctx, "read record set of", apex, set.key)
	if err != nil {
		return err
	}
	remaining, ok := set.remaining(now, apex)
	if !ok {
		return stepwise.ErrSetChanged
	}
	r := call{
		object: set.key.recordType + " " + set.remove[0].record.Name, endpoint: "set",
		path: a.records(apex, set.key.recordType, set.key.name),
	}
	if len(remaining) == 0 {
		r.op, r.method = "delete record set", http.MethodDelete
		return gone(a.send(ctx, r, nil))
	}
	r.op, r.method, r.body = "replace record set", http.MethodPut, remaining
	err = stepwise.Blame(set.subject(), a.send(ctx, r, nil))
	var refused *stepwise.RecordRefusedError
	if errors.As(err, &refused) && slices.ContainsFunc(now, wire.leftover) {
		err = fmt.Errorf("%w. Among these records is a leftover without data, which GoDaddy shows but may not take back: if that is the reason, delete it in GoDaddy's control panel", err)
	}
	return err
}

// remaining returns the new set, or false if the present set is not as expected.
func (s setChange) remaining(now []wire, apex string) (body []any, asExpected bool) {
	balance := map[state]int{}
	for _, e := range s.expected {
		balance[stateOf(e.record)]++
	}
	gone := map[state]int{}
	for _, e := range s.remove {
		gone[stateOf(e.record)]++
	}
	for _, w := range now {
		if !w.leftover() {
			key := stateOf(w.record(apex))
			balance[key]--
			if gone[key] > 0 {
				gone[key]--
				continue
			}
		}
		body = append(body, w.inSet())
	}
	for _, n := range balance {
		if n != 0 {
			return nil, false
		}
	}
	for _, e := range s.add {
		body = append(body, e.wire.inSet())
	}
	return body, true
}

// subject is the record that most likely is the reason for a refused set.
func (s setChange) subject() dns.Record {
	if len(s.add) > 0 {
		return s.add[0].record
	}
	return s.remove[0].record
}

// inSet is the record as an element of a set: as it was read, if it was, but without the type and
// the name, which are in the path.
func (w wire) inSet() any {
	if w.fields == nil {
		w.Name, w.Type = "", ""
		return w
	}
	fields := maps.Clone(w.fields)
	delete(fields, "name")
	delete(fields, "type")
	return fields
}
