package dns

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const (
	// retryPause is how long the editor waits after a failed write before it reads the zone again.
	// It doubles with each attempt.
	retryPause = 250 * time.Millisecond
	// longestSettling limits the wait for another process that may have read the zone before our
	// write and may write it afterwards.
	longestSettling = 5 * time.Second
)

// part is the planned part of one request in a batch.
type part struct {
	*request
	composed
}

// commit writes a batch with one change set and answers all of its requests. It returns the zone as
// it was read last, or nil if that is out of date.
//
// Each attempt plans again, from the zone as it is then. It counts what the last attempt may have
// written as published before. So if a write arrived in part or as a whole, the next attempt
// completes it and does not repeat it.
func (q *zoneQueue) commit(ctx context.Context, b batch, current *Snapshot) *Snapshot {
	var failure error
	for attempt := 1; len(b) > 0; attempt++ {
		if attempt > q.editor.options.Attempts {
			b.fail(fmt.Errorf("the zone %s could not be written in %d attempts: %w%s", q.zone.Apex, q.editor.options.Attempts, failure, afterAttempts(failure)))
			return nil
		}
		if current == nil {
			q.editor.options.Pause(ctx, retryPause<<(attempt-2))
			var err error
			if current, err = q.look(ctx, q.names(b)); err != nil {
				b.fail(fmt.Errorf("%w. The zone has to be read again because of what happened before: %w", err, failure))
				return nil
			}
		}
		b, current, failure = q.attempt(ctx, b, current)
	}
	return current
}

// attempt plans and writes once, and answers the requests that this decides. It returns the other
// requests with the reason, and the zone as it was read back, or nil if it has to be read again.
func (q *zoneQueue) attempt(ctx context.Context, b batch, base *Snapshot) (rest batch, current *Snapshot, failure error) {
	start := time.Now()
	for _, r := range b {
		r.begin(base)
	}
	d, accepted, refused := q.compose(ctx, b, base)
	changes := d.changes()
	for _, p := range accepted {
		changes.ReplaceMail = changes.ReplaceMail || p.publication.replacesMail()
	}
	if changes.Empty() {
		q.conclude(accepted, base, base)
		refuse(refused)
		return nil, base, nil
	}
	changes.Current = requests(accepted).cameBefore(base)
	q.editor.registry(q.zone).goes(changes)
	after, failure := q.apply(ctx, base, changes)
	q.editor.snapshots.Forget(q.cacheKey())

	limits := q.editor.host.Limits()
	unknown := errors.Is(failure, api.ErrOutcomeUnknown)
	if errors.Is(failure, ErrInterference) {
		noteCollision(accepted, failure.Error())
	}
	if failure != nil && !unknown && (limits.Atomic || errors.Is(failure, ErrZoneChanged)) {
		return q.giveBack(ctx, accepted, refused, nil, failure), nil, failure
	}
	after, err := q.readBack(ctx, b, changes, after, time.Since(start))
	if err != nil {
		refuse(refused)
		fail(accepted, fmt.Errorf("the zone %s was written (%s), but could not be read back, so whether the records are there is not known; apply again, which goes on from what is there (%w): %w",
			q.zone.Apex, outcome(failure), api.ErrOutcomeUnknown, err))
		return nil, nil, nil
	}
	done, pending := separate(accepted, d, after, unknown)
	if limits.RewritesZone {
		noteUndone(accepted, base, after, changes)
	}
	q.conclude(done, base, after)
	if len(pending) == 0 {
		refuse(refused)
		return nil, after, nil
	}
	for _, p := range pending {
		p.remember(d, after)
	}
	switch {
	case failure == nil:
		refuse(refused)
		failure = disagreement(pending, d, after)
		if limits.RewritesZone {
			noteCollision(pending, "The records were written again, because "+failure.Error())
		}
		return requests(pending), nil, failure
	case unknown:
		return append(requests(pending), requests(refused)...), nil, failure
	}
	return q.giveBack(ctx, pending, refused, after, failure), nil, failure
}

// compose plans all requests of a batch on one draft, one after another. Requests that remove
// records come first, so that a request of the same batch that wants such a record takes it over.
func (q *zoneQueue) compose(ctx context.Context, b batch, base *Snapshot) (d *draft, accepted, refused []part) {
	d = newDraft(base)
	q.mu.Lock()
	maps.Copy(d.orphans, q.orphans)
	maps.Copy(d.completed, q.completed)
	q.mu.Unlock()
	var wanted []Other
	var published []Published // by the requests before
	var owners []string       // whose claims from before this batch no longer hold
	registered := q.editor.registry(q.zone)
	b = slices.Clone(b)
	slices.SortStableFunc(b, func(a, b *request) int { return min(len(a.publication.Wanted), 1) - min(len(b.publication.Wanted), 1) })
	for _, r := range b {
		mark := d.mark()
		others := registered.neighbours(slices.Concat(owners, r.publication.owners())...)
		others.wants = append(others.wants, wanted...)
		others.has = append(others.has, published...)
		p := part{r, d.publish(r.publication, q.editor.host.Limits(), others)}
		problems, err := q.editor.check(ctx, d, r.publication, p.PlannedChange)
		p.Problems = append(p.Problems, problems...)
		if err == nil {
			err = p.Err()
		}
		if err != nil {
			d.rollback(mark)
			p.err = err
			refused = append(refused, p)
			continue
		}
		accepted = append(accepted, p)
		maps.Copy(d.orphans, p.orphaned)
		maps.Copy(d.completed, p.finished)
		for _, w := range r.publication.Wanted {
			wanted = append(wanted, Other{Owner: r.publication.Owner, Wanted: w, Planned: true, ReplaceMX: r.publication.ReplaceMX})
		}
		// If a request leaves a record to another owner of the batch, that record does not count as
		// a stranger's.
		published = append(published, slices.Concat(r.publication.Previous, p.Published)...)
		owners = append(owners, r.publication.owners()...)
	}
	return d, accepted, refused
}

// giveBack handles requests that failed. If one of them alone may be the reason, they are divided
// until that one is found and fails alone. giveBack returns the requests to try again. after is the
// zone after the failure if a part of them may have been written, and nil otherwise.
func (q *zoneQueue) giveBack(ctx context.Context, parts, refused []part, after *Snapshot, failure error) batch {
	switch {
	case errors.Is(failure, ErrZoneChanged):
		return append(requests(parts), requests(refused)...)
	case len(parts) > 1 && concernsOne(failure):
		for _, share := range divide(parts, failure) {
			if current, err := q.look(ctx, q.names(share)); err != nil {
				share.fail(err)
			} else {
				q.commit(ctx, share, current)
			}
		}
	case after != nil:
		q.undoSPF(ctx, parts, after, failure)
	default:
		fail(parts, failure)
	}
	// What was in their way may belong to a request that failed.
	return requests(refused)
}

// concernsOne reports whether an error may be about one of many records, and not about the
// credentials or the service.
func concernsOne(failure error) bool {
	var refused *RefusedError
	if errors.As(failure, &refused) {
		return true
	}
	var answer *api.Error
	return errors.As(failure, &answer) && answer.Status != 0 &&
		(answer.Kind == nil || errors.Is(answer, api.ErrConflict) || errors.Is(answer, api.ErrNotFound))
}

// divide separates the request that an error is about from the others. If the error does not say
// which one, it makes two halves.
func divide(parts []part, failure error) [2]batch {
	var refused *RefusedError
	if errors.As(failure, &refused) {
		culprit := slices.IndexFunc(parts, func(p part) bool {
			return slices.ContainsFunc(p.Published, func(pub Published) bool { return pub.Record.Identity() == refused.Record.Identity() })
		})
		if culprit >= 0 {
			rest := slices.Delete(slices.Clone(parts), culprit, culprit+1)
			return [2]batch{requests(rest), {parts[culprit].request}}
		}
	}
	return [2]batch{requests(parts[:len(parts)/2]), requests(parts[len(parts)/2:])}
}

// apply has the host make a change. It returns the zone as the host read it afterwards, if it did.
func (q *zoneQueue) apply(ctx context.Context, base *Snapshot, changes ChangeSet) (after *Snapshot, err error) {
	if host, reads := q.editor.host.(ReadBacker); reads {
		return host.ApplyAndRead(ctx, base, changes)
	}
	return nil, q.editor.host.Apply(ctx, base, changes)
}

// readBack reads a zone after a write. If the host has done so already, after is what it read. If
// another process may undo the write, because it read the zone before and is about to write it,
// readBack first gives it the time to do so, in order to see the collision now.
func (q *zoneQueue) readBack(ctx context.Context, b batch, changes ChangeSet, after *Snapshot, elapsed time.Duration) (*Snapshot, error) {
	if after != nil {
		q.sawAt(after.Began)
		q.editor.snapshots.Put(q.cacheKey(), q.editor.snapshots.Generation(q.cacheKey()), after)
		return after, nil
	}
	limits := q.editor.host.Limits()
	if !limits.CompareAndSwap && (limits.RewritesZone || len(changes.Replace) > 0) {
		q.editor.options.Pause(ctx, min(2*elapsed, longestSettling))
	}
	generation := q.editor.snapshots.Generation(q.cacheKey())
	after, err := q.look(ctx, q.names(b))
	if err == nil {
		q.editor.snapshots.Put(q.cacheKey(), generation, after)
	}
	return after, err
}

// conclude answers requests whose records are in the zone.
func (q *zoneQueue) conclude(done []part, base, after *Snapshot) {
	for _, p := range done {
		result := Result{Published: slices.Clone(p.Published)}
		for i := range result.Published {
			published := &result.Published[i]
			written := p.standing[published.Key].record
			published.Record = after.actual(written)
			if written.TTL != 0 && published.Record.TTL != written.TTL {
				p.noteTTL(published.Key, published.Record, written.TTL)
			}
		}
		markUnseen(result.Published, after, q.editor.host.Limits())
		result.Warnings = p.told()
		result.Merged = p.mergedSPF(slices.Concat(p.merges, p.spf))
		result.Displaced = sortIdentities(slices.Concat(p.publication.displacing, p.Displaced))
		q.leave(p.orphaned, p.finished)
		q.editor.registry(q.zone).conclude(p.publication, result.Published, p.taken(base))
		p.answer(result, nil)
	}
}

// taken returns the records that the part has removed from the zone or changed.
func (p part) taken(base *Snapshot) []Record {
	var taken []Record
	for _, id := range slices.Concat(p.gone, p.publication.displacing, p.Displaced) {
		taken = append(taken, base.actual(id.record()))
	}
	return taken
}

func refuse(refused []part) {
	for _, p := range refused {
		p.answer(Result{Warnings: p.notes}, p.err)
	}
}

// told returns the warnings of the last attempt and of what happened before it.
func (p part) told() []Problem {
	var told []Problem
	for _, problem := range slices.Concat(p.Warnings(), p.planned, p.notes) {
		if !slices.Contains(told, problem) {
			told = append(told, problem)
		}
	}
	return told
}

func fail(parts []part, err error) { requests(parts).fail(err) }

func requests(parts []part) batch {
	b := make(batch, len(parts))
	for i, p := range parts {
		b[i] = p.request
	}
	return b
}

// outcome describes how a write ended, for the middle of a sentence.
func outcome(failure error) string {
	if failure == nil {
		return "the host reports success"
	}
	return failure.Error()
}

// afterAttempts says, in a sentence of its own without its full stop, what to do about a change that was
// refused each time because the zone was not as it was read.
func afterAttempts(failure error) string {
	if !errors.Is(failure, ErrZoneChanged) {
		return ""
	}
	return ". Each time the host found the records different from what it had shown before, as if another program were changing them at the same time. " +
		"Apply again when that program has finished; if there is none, apply again some minutes later"
}
