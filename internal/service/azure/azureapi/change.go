package azureapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// draft is a record set as a change makes it.
type draft struct {
	key dns.SetKey
	// before is the set as it was read; nil if there was none.
	before *recordSet
	values []draftValue
	// removed and added are the records that the change takes away and brings.
	removed, added []dns.Record
	// retimed is the TTL that a replacement gives to the set; 0: none does.
	retimed uint32
}

// draftValue is a record of a draft.
type draftValue struct {
	raw    json.RawMessage
	record dns.Record
	kept   bool // it was there before, perhaps with other data
	gone   bool
}

// newDrafts applies a change set to the record sets of a zone. It returns the sets concerned, sorted by
// name and type.
func newDrafts(found *contents, changes dns.ChangeSet) ([]*draft, error) {
	drafts := map[dns.SetKey]*draft{}
	at := func(r dns.Record) (*draft, error) {
		key := r.SetKey()
		if drafts[key] == nil {
			drafts[key] = newDraft(key, found.sets[key])
		}
		if reason := found.objection(r); reason != "" {
			return nil, &dns.RefusedError{Record: r, Reason: reason}
		}
		return drafts[key], nil
	}
	take := func(r dns.Record) (*draft, int, error) {
		d, err := at(r)
		if err != nil {
			return nil, 0, err
		}
		i := slices.IndexFunc(d.values, func(v draftValue) bool { return v.kept && !v.gone && v.record.Identity() == r.Identity() })
		if i < 0 {
			return nil, 0, fmt.Errorf("%s, which was to be changed, was not read from the zone: %w", r, dns.ErrZoneChanged)
		}
		return d, i, nil
	}
	for _, c := range changes.Replace {
		if reason := refuses(c.New); reason != "" {
			return nil, &dns.RefusedError{Record: c.New, Reason: reason}
		}
		from, i, err := take(c.Old)
		if err != nil {
			return nil, err
		}
		if c.Old.SetKey() == c.New.SetKey() {
			err = from.replace(i, c.New)
		} else if from.remove(i); err == nil {
			var to *draft
			if to, err = at(c.New); err == nil {
				err = to.add(c.New)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	for _, r := range changes.Delete {
		d, i, err := take(r)
		if err != nil {
			return nil, err
		}
		d.remove(i)
	}
	for _, r := range changes.Create {
		if reason := refuses(r); reason != "" {
			return nil, &dns.RefusedError{Record: r, Reason: reason}
		}
		d, err := at(r)
		if err == nil {
			err = d.add(r)
		}
		if err != nil {
			return nil, err
		}
	}
	var sorted []*draft
	for _, d := range drafts {
		if err := d.check(); err != nil {
			return nil, err
		}
		sorted = append(sorted, d)
	}
	slices.SortFunc(sorted, func(a, b *draft) int {
		return cmp.Or(strings.Compare(a.key.Name, b.key.Name), strings.Compare(a.key.Type, b.key.Type))
	})
	return sorted, nil
}

func newDraft(key dns.SetKey, before *recordSet) *draft {
	d := &draft{key: key, before: before}
	if before != nil && before.special == "" {
		for i, raw := range before.values {
			d.values = append(d.values, draftValue{raw: raw, record: before.records[i], kept: true})
		}
	}
	return d
}

func (d *draft) remove(i int) {
	d.values[i].gone = true
	d.removed = append(d.removed, d.values[i].record)
}

// replace changes a record in its place. What this package does not know of the record stays, and so
// does its spelling if its data stays the same.
func (d *draft) replace(i int, next dns.Record) error {
	v := &d.values[i]
	if next.TTL != v.record.TTL {
		d.retimed = cmp.Or(next.TTL, defaultTTL)
	}
	if next.Identity() == v.record.Identity() {
		return nil
	}
	fresh, err := encodeRecord(next)
	if err != nil {
		return err
	}
	merged := object{}
	if err := json.Unmarshal(v.raw, &merged); err != nil {
		return fmt.Errorf("%s was not read as an object: %w", v.record, err) // readValues has decoded it
	}
	for field, value := range fresh {
		name, _ := merged.find(field)
		merged[name] = encode(value)
	}
	d.removed, d.added = append(d.removed, v.record), append(d.added, next)
	v.raw, v.record = encode(merged), next
	return nil
}

func (d *draft) add(r dns.Record) error {
	fresh, err := encodeRecord(r)
	if err != nil {
		return err
	}
	d.values = append(d.values, draftValue{raw: encode(fresh), record: r})
	d.added = append(d.added, r)
	return nil
}

func encodeRecord(r dns.Record) (fields, error) {
	fresh, err := wireTypes[r.Type].encode(r)
	if err != nil {
		return nil, &dns.RefusedError{Record: r, Reason: err.Error()}
	}
	return fresh, nil
}

// left returns the records that the set will have.
func (d *draft) left() []draftValue {
	return slices.DeleteFunc(slices.Clone(d.values), func(v draftValue) bool { return v.gone })
}

// goes is whether the set will have no record, so that it is deleted.
func (d *draft) goes() bool { return len(d.left()) == 0 }

// ttl returns the TTL that the set will have. A record that joins a set takes the set's TTL.
func (d *draft) ttl() uint32 {
	keeps := slices.ContainsFunc(d.values, func(v draftValue) bool { return v.kept && !v.gone })
	switch {
	case d.retimed != 0:
		return d.retimed
	case keeps:
		return d.before.ttl
	case len(d.added) > 0:
		return cmp.Or(d.added[0].TTL, defaultTTL)
	}
	return defaultTTL
}

// check refuses a set that Azure does not take. If a set has more records than Azure allows to all,
// the zone's limit was raised, and Azure decides.
func (d *draft) check() error {
	left := d.left()
	if len(d.added) == 0 || len(left) == 0 {
		return nil
	}
	refuse := func(format string, args ...any) error {
		return &dns.RefusedError{Record: d.added[len(d.added)-1], Reason: fmt.Sprintf(format, args...)}
	}
	if len(left) > maxRecords && (d.before == nil || len(d.before.values) <= maxRecords) {
		return refuse("the set would have %d records, and Azure DNS takes at most %d of one name and type. Remove what nobody needs, or have Azure's support raise the limit", len(left), maxRecords)
	}
	if wireTypes[d.key.Type].single && len(left) > 1 {
		return refuse("a name has one record of this type, and the set would have %d", len(left))
	}
	total := 0
	for i, v := range left {
		if d.key.Type == "TXT" {
			total += len(v.record.Value)
		}
		twin := slices.ContainsFunc(left[:i], func(other draftValue) bool { return other.record.Identity() == v.record.Identity() })
		if twin && slices.ContainsFunc(d.added, func(r dns.Record) bool { return r.Identity() == v.record.Identity() }) {
			return refuse("the record is in the set already, and Azure DNS keeps no record twice")
		}
	}
	if total > maxText {
		return refuse("the texts of the set would have %d bytes together, and Azure DNS takes at most %d for all TXT records at one name", total, maxText)
	}
	return nil
}

// changed is whether there is something to write.
func (d *draft) changed() bool {
	return len(d.removed) > 0 || len(d.added) > 0 || d.before != nil && d.retimed != 0 && d.retimed != d.before.ttl
}

// subject is the record that most likely is the reason for a refused set.
func (d *draft) subject() dns.Record {
	switch {
	case len(d.added) > 0:
		return d.added[len(d.added)-1]
	case len(d.removed) > 0:
		return d.removed[0]
	}
	return d.values[0].record
}
