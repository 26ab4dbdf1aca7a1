package googleapi

import (
	"encoding/json"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// change is the body of a change: the sets to delete as they were read, and the sets to add.
type change struct {
	Additions []map[string]json.RawMessage `json:"additions,omitempty"`
	Deletions []map[string]json.RawMessage `json:"deletions,omitempty"`
}

func (c change) empty() bool { return len(c.Additions) == 0 && len(c.Deletions) == 0 }

// setChange is a record set, and what it is to become.
type setChange struct {
	set    *recordSet
	keep   []bool // by index in the set's values: false for those that go
	values []string
	added  []string
	ttl    uint32
	// first is a record that is to be written there, for messages.
	first dns.Record
}

// result returns the set's values after the change.
func (s *setChange) result() []string {
	var values []string
	for i, value := range s.values {
		if s.keep[i] && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return append(values, s.added...)
}

// draft collects the changes of sets.
type draft struct {
	zone  dns.HostedZone
	sets  zoneSets
	order []*setChange
	byKey map[dns.SetKey]*setChange
}

// arrange translates changes of records to changes of sets. Its errors are [*dns.RefusedError].
func arrange(base *dns.Snapshot, changes dns.ChangeSet) (*draft, error) {
	sets, _ := base.Native.(zoneSets) // without any, every set is new, and the service refuses what exists
	d := &draft{zone: base.Zone, sets: sets, byKey: map[dns.SetKey]*setChange{}}
	for _, r := range changes.Delete {
		s, index, err := d.locate(r)
		if err != nil {
			return nil, err
		}
		s.keep[index] = false
	}
	for _, c := range changes.Replace {
		if err := d.replace(c); err != nil {
			return nil, err
		}
	}
	for _, r := range changes.Create {
		if err := d.create(r); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// at returns the change of the set that a record belongs to.
func (d *draft) at(r dns.Record) (*setChange, error) {
	key := r.SetKey()
	if known := d.byKey[key]; known != nil {
		return known, nil
	}
	set := d.sets[key]
	if set == nil {
		set = &recordSet{key: key}
	}
	if set.special != "" {
		return nil, &dns.RefusedError{Record: r, Reason: set.reason()}
	}
	s := &setChange{set: set, values: slices.Clone(set.values), keep: slices.Repeat([]bool{true}, len(set.values)), ttl: set.ttl, first: r}
	d.byKey[key], d.order = s, append(d.order, s)
	return s, nil
}

// locate finds the place of a record of the snapshot.
func (d *draft) locate(r dns.Record) (*setChange, int, error) {
	s, err := d.at(r)
	if err != nil {
		return nil, 0, err
	}
	at, _ := r.Native.(native)
	index := slices.Index(s.set.values, at.value)
	if index < 0 {
		return nil, 0, &dns.RefusedError{Record: r, Reason: "the record is not in the zone as it was read from Google Cloud DNS, so it cannot be changed there"}
	}
	return s, index, nil
}

// replace changes a record. In its set it keeps its place.
func (d *draft) replace(c dns.Replacement) error {
	s, index, err := d.locate(c.Old)
	if err != nil {
		return err
	}
	if c.Old.SetKey() != c.New.SetKey() {
		s.keep[index] = false
		return d.create(c.New)
	}
	if err := d.check(c.New); err != nil {
		return err
	}
	if c.Old.Identity() != c.New.Identity() {
		s.values[index] = encode(c.New)
	}
	if c.New.TTL != 0 && c.New.TTL != c.Old.TTL {
		s.ttl = c.New.TTL
	}
	return nil
}

// create adds a record. Beside records that stay, it takes the TTL of the set.
func (d *draft) create(r dns.Record) error {
	if err := d.check(r); err != nil {
		return err
	}
	s, err := d.at(r)
	if err != nil {
		return err
	}
	if !slices.Contains(s.keep, true) && len(s.added) == 0 {
		s.ttl = r.TTL
		if s.ttl == 0 {
			s.ttl = defaultTTL
		}
	}
	for i, value := range s.values {
		if s.keep[i] && decode(s.set.key, value).Identity() == r.Identity() {
			return nil // it is there: the service refuses twins
		}
	}
	if value := encode(r); !slices.Contains(s.added, value) {
		s.added = append(s.added, value)
	}
	return nil
}

// check refuses records that the service does not take.
func (d *draft) check(r dns.Record) error {
	refuse := func(reason string) error { return &dns.RefusedError{Record: r, Reason: reason} }
	objection := Objection(d.zone.Apex, r)
	switch {
	case !slices.Contains(writable, r.Type):
		return refuse("records of this type cannot be written at Google Cloud DNS here")
	case objection != "":
		return refuse(objection)
	case r.TTL > maxTTL:
		return refuse("Google Cloud DNS takes a TTL of at most 2147483647 seconds")
	case r.Type == "TXT" && len(r.Value) > maxText:
		return refuse("the text is longer than a DNS message")
	}
	if found := d.sets[dns.SetKey{Name: r.Name, Type: alias}]; found != nil && found.excludes(r.SetKey()) {
		return refuse(found.reason())
	}
	return nil
}

// change returns the body of the change. Sets that stay as they are are not part of it.
func (d *draft) change() change {
	var c change
	for _, s := range d.order {
		values := s.result()
		if s.set.fields != nil && s.ttl == s.set.ttl && slices.Equal(values, s.set.values) {
			continue
		}
		if s.set.fields != nil {
			c.Deletions = append(c.Deletions, s.set.asRead())
		}
		if len(values) > 0 {
			c.Additions = append(c.Additions, s.set.with(values, s.ttl))
		}
	}
	return c
}
