package rfc2136api

import (
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// setChange is the change of one record set.
type setChange struct {
	key           dns.SetKey
	before, after []miekg.RR
	// records are those of the change set in this record set, for messages.
	records []dns.Record
}

// draft is a change set by record sets.
type draft struct {
	zone  dns.HostedZone
	names []string // that the snapshot shows; nil: all
	base  recordSets
	order []*setChange
	byKey map[dns.SetKey]*setChange
}

// newDraft works out the new content of each record set that a change set changes.
func newDraft(base *dns.Snapshot, changes dns.ChangeSet) (*draft, error) {
	d := &draft{
		zone:  base.Zone,
		names: base.Names,
		base:  base.Native.(recordSets),
		byKey: map[dns.SetKey]*setChange{},
	}
	type addition struct {
		record dns.Record
		ttl    uint32
	}
	var additions []addition
	for _, r := range changes.Delete {
		if _, err := d.remove(r); err != nil {
			return nil, err
		}
	}
	for _, replacement := range changes.Replace {
		ttl, err := d.remove(replacement.Old)
		if err != nil {
			return nil, err
		}
		if replacement.New.TTL != 0 {
			ttl = replacement.New.TTL
		}
		additions = append(additions, addition{replacement.New, ttl})
	}
	for _, r := range changes.Create {
		additions = append(additions, addition{r, r.TTL})
	}
	for _, a := range additions {
		if err := d.add(a.record, a.ttl); err != nil {
			return nil, err
		}
	}
	return d, d.check()
}

// set returns the draft of a record set, which begins with what was read.
func (d *draft) set(key dns.SetKey) *setChange {
	if s, ok := d.byKey[key]; ok {
		return s
	}
	s := &setChange{key: key, before: d.base[key], after: slices.Clone(d.base[key])}
	d.byKey[key] = s
	d.order = append(d.order, s)
	return s
}

// remove removes exactly one record and returns its TTL.
func (d *draft) remove(r dns.Record) (ttl uint32, err error) {
	s := d.set(r.SetKey())
	at := slices.IndexFunc(s.after, func(rr miekg.RR) bool {
		native, ok := r.Native.(miekg.RR)
		return ok && miekg.IsDuplicate(rr, native)
	})
	if at < 0 {
		return 0, &dns.RefusedError{Record: r, Reason: "the record is not in the zone as it was read: read the zone again"}
	}
	ttl = s.after[at].Header().Ttl
	s.after = slices.Delete(s.after, at, at+1)
	return ttl, nil
}

// add adds a record to its set. A record set has one TTL (RFC 2181 section 5.2): its present one,
// as long as one of its records stays.
func (d *draft) add(r dns.Record, ttl uint32) error {
	if !d.zone.Holds(r.Name) {
		return &dns.RefusedError{Record: r, Reason: "the name is outside of the zone " + d.zone.Apex}
	}
	s := d.set(r.SetKey())
	if len(s.after) > 0 {
		ttl = s.after[0].Header().Ttl
	} else if ttl == 0 {
		ttl = defaultTTL
	}
	rr, err := toRR(r, ttl)
	if err != nil {
		return &dns.RefusedError{Record: r, Reason: err.Error()}
	}
	for _, other := range s.after {
		if miekg.IsDuplicate(rr, other) {
			return &dns.RefusedError{Record: r, Reason: "the zone has this very record already, and a record set holds each only once"}
		}
	}
	s.after = append(s.after, rr)
	s.records = append(s.records, r)
	return nil
}

// after returns the new content of a record set.
func (d *draft) after(key dns.SetKey) []miekg.RR {
	if s, ok := d.byKey[key]; ok {
		return s.after
	}
	return d.base[key]
}

// typesAfter returns the types that a name will have.
func (d *draft) typesAfter(name string) []string {
	var types []string
	for key := range d.base {
		if key.Name == name && len(d.after(key)) > 0 {
			types = append(types, key.Type)
		}
	}
	for _, s := range d.order {
		if s.key.Name == name && len(s.before) == 0 && len(s.after) > 0 {
			types = append(types, s.key.Type)
		}
	}
	slices.Sort(types)
	return types
}

// sameSet is whether two record sets have the same data in any order.
func sameSet(a, b []miekg.RR) bool {
	return len(a) == len(b) && len(without(a, b)) == 0
}

// without returns the records of a that are not in b.
func without(a, b []miekg.RR) []miekg.RR {
	var rest []miekg.RR
	for _, rr := range a {
		if !slices.ContainsFunc(b, func(other miekg.RR) bool { return miekg.IsDuplicate(rr, other) }) {
			rest = append(rest, rr)
		}
	}
	return rest
}
