package azureapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// writer makes the steps of a change of one zone.
type writer struct {
	host  *Host
	id    zoneID
	apex  string
	found *contents
	// drafts are the sets that change.
	drafts []*draft
}

// steps puts the writes in order. New records come first, then sets that lose or change records, and
// then sets that go. So if one fails, the zone has too many records and not too few. Records that join
// a set come before new sets, because somebody else is more likely to have changed a set that there
// is: then nothing has been written yet. Only a CNAME and other records cannot be at one name at the
// same time: there, what is in the way goes first, and comes back if Azure refuses what replaces it.
func (w *writer) steps() []stepwise.Step {
	var joins, additions, changes, exchanges, removals []stepwise.Step
	for _, d := range w.drafts {
		if !d.changed() {
			continue
		}
		s := w.write(d)
		if d.goes() {
			s = w.removal(d)
		}
		blocks := slices.ContainsFunc(w.drafts, func(other *draft) bool {
			return other.changed() && other.goes() != d.goes() && exclude(other.key, d.key)
		})
		switch {
		case blocks:
			s.Group = w.group(d.key.Name)
			exchanges = append(exchanges, s)
		case d.goes():
			removals = append(removals, s)
		case d.before == nil:
			additions = append(additions, s)
		case len(d.removed) == 0 && d.retimed == 0:
			joins = append(joins, s)
		default:
			changes = append(changes, s)
		}
	}
	// In each group, what goes comes before what is written. Only a removal can be undone.
	last := func(s stepwise.Step) int {
		if s.Undo == nil {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(exchanges, func(a, b stepwise.Step) int { return cmp.Or(a.Group-b.Group, last(a)-last(b)) })
	return slices.Concat(joins, additions, changes, exchanges, removals)
}

// exclude is whether two sets cannot be in a zone at the same time: a CNAME stands alone at its name.
func exclude(a, b dns.SetKey) bool {
	return a.Name == b.Name && a.Type != b.Type && (a.Type == "CNAME" || b.Type == "CNAME")
}

// group returns the number of the steps that exchange what is at a name. The drafts are sorted by name.
func (w *writer) group(name string) int {
	return 1 + slices.IndexFunc(w.drafts, func(d *draft) bool { return d.key.Name == name })
}

func (w *writer) request(op string, key dns.SetKey) api.Request {
	return api.Request{
		Op: op, Object: key.Type + " " + key.Name, Header: http.Header{},
		Path: w.id.path(key.Type, relative(key.Name, w.apex)), Query: version(apiVersion),
	}
}

// write is PUT of a set: a new one on the condition that there is none, another one on the condition
// that it is as it was read.
func (w *writer) write(d *draft) stepwise.Step {
	values := make([]json.RawMessage, 0, len(d.values))
	for _, v := range d.left() {
		values = append(values, v.raw)
	}
	set, r := d.before, w.request("change the record set", d.key)
	if set == nil {
		set = &recordSet{key: d.key}
		r = w.request("create the record set", d.key)
	}
	return stepwise.Step{
		Does: "write " + d.key.Type + " " + d.key.Name,
		Do: func(ctx context.Context) error {
			return w.refused(d, w.put(ctx, r, set.etag, set.written(values, d.ttl())))
		},
	}
}

// put sends a set. An empty etag is the condition that there is no such set.
func (w *writer) put(ctx context.Context, r api.Request, etag string, body json.RawMessage) error {
	r.Method, r.Body, r.Type = http.MethodPut, body, "application/json"
	r.Header = http.Header{"If-Match": {etag}}
	if etag == "" {
		r.Header = http.Header{"If-None-Match": {"*"}}
	}
	resp, err := w.host.send(ctx, r)
	if err != nil {
		return err
	}
	got := object{}
	if err := w.host.client.JSON(r, resp, &got); err != nil {
		return err
	}
	if got.text("etag") == "" {
		return reporter.Unintelligible(r)
	}
	return nil
}

// removal is DELETE of a set, on the condition that it is as it was read. If it is gone already, all is
// as wanted.
func (w *writer) removal(d *draft) stepwise.Step {
	r := w.request("delete the record set", d.key)
	r.Method, r.Header = http.MethodDelete, http.Header{"If-Match": {d.before.etag}}
	return stepwise.Step{
		Does: "delete " + d.key.Type + " " + d.key.Name,
		Do: func(ctx context.Context) error {
			resp, err := w.host.send(ctx, r)
			if err == nil && len(resp.Body) > 0 {
				err = w.host.client.JSON(r, resp, new(json.RawMessage))
			}
			return w.refused(d, err)
		},
		Undo: func(ctx context.Context) error {
			return w.put(ctx, w.request("put back the record set", d.key), "", d.before.written(d.before.values, d.before.ttl))
		},
	}
}

// refused says what a refusal of a write means.
func (w *writer) refused(d *draft, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	switch {
	case fail.Status == http.StatusPreconditionFailed:
		return &stepwise.SetChangedError{Answer: fail}
	case fail.Status == http.StatusConflict && !errors.Is(fail, api.ErrAuth):
		if other := w.inTheWay(d.key); other != nil {
			return &recordRefused{&dns.RefusedError{Record: d.subject(), Reason: other.obstructs()}, fail}
		}
		return &stepwise.SetChangedError{Answer: fail}
	case fail.Status == http.StatusBadRequest:
		return &recordRefused{&dns.RefusedError{Record: d.subject(), Reason: fail.Answer}, fail}
	}
	return err
}

// inTheWay returns a set that was read, that stays, and that cannot be in the zone together with
// another; nil if there was none.
func (w *writer) inTheWay(key dns.SetKey) *recordSet {
	var found *recordSet
	for other, set := range w.found.sets {
		goes := slices.ContainsFunc(w.drafts, func(d *draft) bool { return d.key == other && d.goes() })
		if exclude(other, key) && !goes && (found == nil || other.Type < found.key.Type) {
			found = set
		}
	}
	return found
}

func (s *recordSet) obstructs() string {
	if len(s.records) == 0 {
		return fmt.Sprintf("the zone has an empty %s record set at %s, which keeps a CNAME and other records away. Delete it at Azure", s.key.Type, s.key.Name)
	}
	return fmt.Sprintf("the zone has the record set %s %s, and a CNAME stands alone at its name", s.key.Type, s.key.Name)
}

// recordRefused is Azure's refusal of a record set, with the record that is the reason. It is a
// *dns.RefusedError and, with its status and its code, an *api.Error.
type recordRefused struct {
	refused *dns.RefusedError
	answer  *api.Error
}

// Error returns Azure's answer, the record, and the reason if Azure does not name it.
func (e *recordRefused) Error() string {
	if e.refused.Reason == e.answer.Answer {
		return fmt.Sprintf("%s: %v", e.refused.Record, e.answer)
	}
	return fmt.Sprintf("%s: %s (%v)", e.refused.Record, e.refused.Reason, e.answer)
}

// Unwrap returns both errors.
func (e *recordRefused) Unwrap() []error { return []error{e.refused, e.answer} }
