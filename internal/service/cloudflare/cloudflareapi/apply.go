package cloudflareapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The size limit of a batch depends on the zone's plan.
const (
	freeBatch = 200
	paidBatch = 3500
)

// batch holds the changes of one call. Cloudflare makes them in this order.
type batch struct{ deletes, patches, posts []fields }

func (b batch) size() int { return len(b.deletes) + len(b.patches) + len(b.posts) }

func (b *batch) add(other batch) {
	b.deletes = append(b.deletes, other.deletes...)
	b.patches = append(b.patches, other.patches...)
	b.posts = append(b.posts, other.posts...)
}

// Apply implements [hosted.Host]. If there are more changes than fit into one batch, it sends
// several, with the changes of one name together if possible. If a later one fails, the error
// matches api.ErrOutcomeUnknown and says what was applied.
//
// The API has no conditions: it overwrites a record that somebody else has changed since base was
// read. It refuses to change a record that is gone.
func (h *Host) Apply(ctx context.Context, base *hosted.Snapshot, changes hosted.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	zone := base.Zone
	if zone.ReadOnly != "" {
		return &hosted.RefusedError{Reason: zone.ReadOnly}
	}
	byName, err := arrange(changes)
	if err != nil {
		return err
	}
	limit, err := h.batchLimit(ctx, zone)
	if err != nil {
		return err
	}
	batches := split(byName, limit)
	done := 0
	for i, b := range batches {
		if err := h.send(ctx, zone, b); err != nil {
			err = h.refused(ctx, err)
			if i == 0 {
				return changed(err, base, changes)
			}
			return partly(err, done, len(batches), i)
		}
		done += b.size()
	}
	return nil
}

// arrange translates the changes to the API's terms, grouped by name in the order in which the
// names first occur.
func arrange(changes hosted.ChangeSet) ([]batch, error) {
	var byName []batch
	places := map[string]int{}
	at := func(name string) *batch {
		i, known := places[name]
		if !known {
			i = len(byName)
			places[name] = i
			byName = append(byName, batch{})
		}
		return &byName[i]
	}
	unread := func(r hosted.Record) error {
		return &hosted.RefusedError{Record: r, Reason: "the record was not read from Cloudflare, so it cannot be changed there"}
	}
	for _, r := range changes.Delete {
		if r.ID == "" {
			return nil, unread(r)
		}
		b := at(r.Name)
		b.deletes = append(b.deletes, fields{"id": r.ID})
	}
	for _, c := range changes.Replace {
		if c.Old.ID == "" {
			return nil, unread(c.Old)
		}
		f, err := toFields(c.New)
		if err != nil {
			return nil, err
		}
		b := at(c.New.Name)
		if c.Old.Type == c.New.Type {
			f["id"] = c.Old.ID
			unflatten(f, c.Old, c.New)
			b.patches = append(b.patches, f)
			continue
		}
		// The type of a record cannot be changed.
		keep(f, c.Old, c.New)
		b.deletes = append(b.deletes, fields{"id": c.Old.ID})
		b.posts = append(b.posts, f)
	}
	for _, r := range changes.Create {
		f, err := toFields(r)
		if err != nil {
			return nil, err
		}
		if r.Comment != "" {
			f["comment"] = r.Comment
		}
		b := at(r.Name)
		b.posts = append(b.posts, f)
	}
	return byName, nil
}

// keep copies a person's comment and tags from a record to its replacement, which has its own
// comment if the old record had none.
func keep(f fields, old, next hosted.Record) {
	if old.Comment != "" {
		f["comment"] = old.Comment
	} else if next.Comment != "" {
		f["comment"] = next.Comment
	}
	if own, ok := old.Native.(*native); ok && len(own.tags) > 0 {
		f["tags"] = own.tags
	}
}

// split distributes the changes over batches of the allowed size. All changes of a name go into one
// batch, so that a CNAME and what it replaces are one transaction, unless one name has too many for
// that.
func split(byName []batch, limit int) []batch {
	batches := []batch{{}}
	last := func() *batch { return &batches[len(batches)-1] }
	for _, b := range byName {
		if last().size() > 0 && last().size()+b.size() > limit {
			batches = append(batches, batch{})
		}
		for b.size() > limit {
			var part batch
			part, b = b.cut(limit)
			last().add(part)
			batches = append(batches, batch{})
		}
		last().add(b)
	}
	return batches
}

// cut splits off the first changes, in the order in which Cloudflare makes them.
func (b batch) cut(count int) (first, rest batch) {
	take := func(from []fields) (taken, left []fields) {
		n := min(count, len(from))
		count -= n
		return from[:n], from[n:]
	}
	first.deletes, rest.deletes = take(b.deletes)
	first.patches, rest.patches = take(b.patches)
	first.posts, rest.posts = take(b.posts)
	return first, rest
}

// batchLimit is how many changes a batch in the zone may hold.
func (h *Host) batchLimit(ctx context.Context, zone hosted.HostedZone) (int, error) {
	z, err := h.seen(ctx, zone)
	if err != nil {
		return 0, err
	}
	return cmp.Or(z.batch, freeBatch), nil
}

var errNotAll = errors.New("the answer is not what the API documents: it does not confirm each change")

func (h *Host) send(ctx context.Context, zone hosted.HostedZone, b batch) error {
	return h.transport.Call(ctx, "change the DNS records of", zone.Apex, func(ctx context.Context) error {
		var p dns.RecordBatchParams
		p.ZoneID.Value, p.ZoneID.Present = zone.ID, true
		p.Deletes.Raw, p.Deletes.Present = encoded(b.deletes), len(b.deletes) > 0
		p.Patches.Raw, p.Patches.Present = encoded(b.patches), len(b.patches) > 0
		p.Posts.Raw, p.Posts.Present = encoded(b.posts), len(b.posts) > 0
		var got struct {
			Success bool
			Result  struct{ Deletes, Patches, Posts []struct{ ID string } }
		}
		if _, err := h.records.Batch(ctx, p, option.WithResponseBodyInto(&got)); err != nil {
			return err
		}
		done := got.Result
		if !got.Success || len(done.Deletes) != len(b.deletes) || len(done.Patches) != len(b.patches) || len(done.Posts) != len(b.posts) {
			return errNotAll
		}
		return nil
	})
}

// encoded writes changes as JSON. The SDK has one type for each record type. Its encoder for other
// types is not safe for parallel use, because it writes to shared data when it meets a type for the
// first time.
func encoded(changes []fields) json.RawMessage {
	text, err := json.Marshal(changes)
	if err != nil {
		panic("cloudflare: changes that are no JSON: " + err.Error()) // texts and numbers can always be encoded
	}
	return text
}

// changed recognises a refusal that is due to somebody else's change since base was read: a record
// is gone, or one exists that we were to create.
func changed(err error, base *hosted.Snapshot, changes hosted.ChangeSet) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	switch fail.Code {
	case codeNoRecord:
		return fmt.Errorf("%w: %w", hosted.ErrZoneChanged, err)
	case codeExists, codeIdentical:
		there := map[hosted.Identity]bool{}
		for _, r := range base.Records {
			there[r.Identity()] = true
		}
		for _, r := range changes.Create {
			if there[r.Identity()] {
				return err
			}
		}
		return fmt.Errorf("%w: %w", hosted.ErrZoneChanged, err)
	}
	return err
}

// partly says how much of a change that took several calls was made.
func partly(err error, done, batches, failed int) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	of := *fail
	of.Unsure = true
	of.Advice = fmt.Sprintf("The change was too large for one call. The first %d changes, %d of %d calls, have been applied, and none after the failed one. %s",
		done, failed, batches, fail.Advice)
	return &of
}
