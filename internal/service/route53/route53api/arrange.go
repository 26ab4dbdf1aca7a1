package route53api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	miekg "github.com/miekg/dns"

	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// edit is what happens to one record set.
type edit struct {
	key      hosted.SetKey
	base     *set // as it was read; nil if there was none
	removed  map[int]bool
	replaced map[int]hosted.Replacement
	added    []hosted.Record
}

// arranging collects the edits of a change, in the order in which its sets first occur.
type arranging struct {
	sets  zoneSets
	edits []*edit
}

// arrange translates a change into a batch. Deletions come first, so that a CNAME and what it replaces
// can be exchanged.
func arrange(base *hosted.Snapshot, changes hosted.ChangeSet) ([]types.Change, error) {
	sets, _ := base.Native.(zoneSets) // a snapshot that was not read has none
	a := &arranging{sets: sets}
	for _, r := range changes.Delete {
		e, index, err := a.read(r)
		if err != nil {
			return nil, err
		}
		e.removed[index] = true
	}
	for _, c := range changes.Replace {
		e, index, err := a.read(c.Old)
		if err != nil {
			return nil, err
		}
		if c.Old.SetKey() == c.New.SetKey() {
			e.replaced[index] = c
			continue
		}
		e.removed[index] = true
		if err := a.add(c.New); err != nil {
			return nil, err
		}
	}
	for _, r := range changes.Create {
		if err := a.add(r); err != nil {
			return nil, err
		}
	}
	var deletions, creations []types.Change
	for _, e := range a.edits {
		next, err := e.next()
		if err != nil {
			return nil, err
		}
		if e.base != nil && next != nil && sameSet(&e.base.raw, next) {
			continue
		}
		if e.base != nil {
			deletions = append(deletions, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &e.base.raw})
		}
		if next != nil {
			creations = append(creations, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: next})
		}
	}
	return slices.Concat(deletions, creations), nil
}

// of returns the edit of a set. A special set has none.
func (a *arranging) of(r hosted.Record) (*edit, error) {
	key := r.SetKey()
	for _, e := range a.edits {
		if e.key == key {
			return e, nil
		}
	}
	e := &edit{key: key, removed: map[int]bool{}, replaced: map[int]hosted.Replacement{}}
	for _, s := range a.sets[key] {
		if s.special != "" {
			return nil, &hosted.RefusedError{Record: r, Reason: s.reason()}
		}
		e.base = s
	}
	a.edits = append(a.edits, e)
	return e, nil
}

// read returns the edit of the set from which a record was read, and the place of the record in it. The
// record may come from an earlier reading than the snapshot: then it is found by its value, as typed.
func (a *arranging) read(r hosted.Record) (*edit, int, error) {
	m, ok := r.Native.(*member)
	if !ok {
		return nil, 0, &hosted.RefusedError{Record: r, Reason: "the record was not read from Route 53, so it cannot be changed there"}
	}
	if m.set.special != "" {
		return nil, 0, &hosted.RefusedError{Record: r, Reason: m.set.reason()}
	}
	e, err := a.of(r)
	switch {
	case err != nil:
		return nil, 0, err
	case e.base == m.set:
		return e, m.index, nil
	case e.base != nil:
		index := slices.IndexFunc(e.base.raw.ResourceRecords, func(value types.ResourceRecord) bool {
			return aws.ToString(value.Value) == aws.ToString(m.set.raw.ResourceRecords[m.index].Value)
		})
		if index >= 0 {
			return e, index, nil
		}
	}
	return nil, 0, fmt.Errorf("%s: %w", r, hosted.ErrZoneChanged)
}

// add enters a new record.
func (a *arranging) add(r hosted.Record) error {
	switch {
	case !slices.Contains(writable, r.Type):
		return &hosted.RefusedError{Record: r, Reason: "records of this type cannot be written at Route 53 here; possible are " + strings.Join(writable, ", ")}
	case Objection("", r) != "":
		return &hosted.RefusedError{Record: r, Reason: Objection("", r)}
	}
	if reason := a.sets.objection(hosted.Record{Name: r.Name, Type: r.Type}); reason != "" {
		return &hosted.RefusedError{Record: r, Reason: reason}
	}
	e, err := a.of(r)
	if err == nil {
		e.added = append(e.added, r)
	}
	return err
}

// next returns the set as it shall be, or nil if nothing of it is left. Values that stay are written
// as they were read.
func (e *edit) next() (*types.ResourceRecordSet, error) {
	next := types.ResourceRecordSet{Name: aws.String(miekg.Fqdn(e.key.Name)), Type: types.RRType(e.key.Type)}
	var values []types.ResourceRecord
	var ttl *int64
	stays := false
	seen := map[hosted.Identity]bool{}
	enter := func(r hosted.Record, raw string) error {
		if seen[r.Identity()] {
			return &hosted.RefusedError{Record: r, Reason: "the record set has this record already, and Route 53 keeps each only once"}
		}
		seen[r.Identity()] = true
		values = append(values, types.ResourceRecord{Value: aws.String(raw)})
		return nil
	}
	timed := func(r hosted.Record) {
		if ttl == nil && r.TTL != 0 {
			ttl = aws.Int64(int64(r.TTL))
		}
	}
	if e.base != nil {
		next = e.base.raw
		for i, old := range e.base.records() {
			if e.removed[i] {
				continue
			}
			raw := aws.ToString(e.base.raw.ResourceRecords[i].Value)
			if c, changes := e.replaced[i]; changes {
				timed(c.New)
				if reason := Objection("", c.New); reason != "" {
					return nil, &hosted.RefusedError{Record: c.New, Reason: reason}
				}
				if c.New.Identity() != old.Identity() {
					raw = encoded(c.New)
				}
				old = c.New
			} else {
				stays = true
			}
			if err := enter(old, raw); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range e.added {
		timed(r)
		if err := enter(r, encoded(r)); err != nil {
			return nil, err
		}
	}
	if len(values) == 0 {
		return nil, nil
	}
	next.ResourceRecords = values
	switch {
	case stays: // a set has one TTL, and the records that stay keep theirs
	case ttl != nil:
		next.TTL = ttl
	case next.TTL == nil || *next.TTL != 0 && len(e.replaced) > 0:
		next.TTL = aws.Int64(defaultTTL)
	}
	return &next, nil
}

// sameSet reports whether two versions of a set have the same TTL and values.
func sameSet(a, b *types.ResourceRecordSet) bool {
	return aws.ToInt64(a.TTL) == aws.ToInt64(b.TTL) && slices.EqualFunc(a.ResourceRecords, b.ResourceRecords,
		func(a, b types.ResourceRecord) bool { return aws.ToString(a.Value) == aws.ToString(b.Value) })
}

// checkSize refuses a batch that is larger than Route 53 takes. It is never split: the parts would not
// be made together.
func checkSize(batch []types.Change) error {
	values, characters := 0, 0
	for _, change := range batch {
		values += len(change.ResourceRecordSet.ResourceRecords)
		for _, value := range change.ResourceRecordSet.ResourceRecords {
			characters += len([]rune(aws.ToString(value.Value)))
		}
	}
	if values <= batchValues && characters <= batchCharacters {
		return nil
	}
	return &hosted.RefusedError{Reason: fmt.Sprintf(
		"the change takes %d values with %d characters, and Route 53 makes at most %d values with %d characters at once (each changed record set counts as it was and as it shall be): divide the records among several resources",
		values, characters, batchValues, batchCharacters)}
}
