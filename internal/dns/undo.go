package dns

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// undoSPF answers requests that failed half-way with the failure, after it has removed what they
// added to SPF records. Other records that they left in the zone are adopted when the same is
// published again. But an SPF mechanism would then count as one that was there before, and stay
// forever.
func (q *zoneQueue) undoSPF(ctx context.Context, parts []part, after *Snapshot, failure error) {
	undo := &request{ctx: ctx, done: make(chan struct{})}
	for _, p := range parts {
		undo.publication.Previous = append(undo.publication.Previous, p.addedSPF()...)
	}
	if len(undo.publication.Previous) > 0 {
		q.commit(ctx, batch{undo}, after)
	}
	for _, p := range parts {
		err := failure
		p.progress.undone = p.addedSPF()
		if added := p.progress.undone; undo.err != nil && len(added) > 0 {
			err = fmt.Errorf("%w. What may have been added to SPF records by then could not be taken out again (%w): look after it by hand, as it counts as somebody else's from now on: %s",
				failure, undo.err, describeSPF(added))
		}
		p.answer(Result{Warnings: p.notes}, err)
	}
}

// addedSPF returns what the request has added to SPF records and had not added before, for a
// withdrawal.
func (p part) addedSPF() []Published {
	var added []Published
	for _, published := range p.Published {
		var terms []string
		for _, term := range published.SPF.Terms {
			if !slices.ContainsFunc(p.before, func(b Published) bool {
				return b.Record.Name == published.Record.Name && slices.Contains(b.SPF.Terms, term)
			}) {
				terms = append(terms, term)
			}
		}
		if terms != nil {
			published.SPF = mailrecord.SPFAddition{Terms: terms, Created: published.SPF.Created, Joint: published.SPF.Joint, Bare: published.SPF.Bare}
			added = append(added, published)
		}
	}
	return added
}

// describeSPF lists additions to SPF records in a sentence.
func describeSPF(added []Published) string {
	var texts []string
	for _, a := range added {
		texts = append(texts, fmt.Sprintf("%s at %s", strings.Join(a.SPF.Terms, " "), a.Record.Name))
	}
	return strings.Join(slices.Compact(texts), ", ")
}
