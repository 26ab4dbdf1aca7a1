package route53api

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var errNoChange = errors.New("the answer is not what the API documents: it does not confirm the change")

// Apply implements [hosted.Host]: the whole change is one batch. When Route 53 has accepted it, Read
// shows it. Its name servers answer with it about a minute later.
func (h *Host) Apply(ctx context.Context, base *hosted.Snapshot, changes hosted.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	if base.Zone.ReadOnly != "" {
		return &hosted.RefusedError{Reason: base.Zone.ReadOnly}
	}
	batch, err := arrange(base, changes)
	if err != nil || len(batch) == 0 {
		return err
	}
	if err := checkSize(batch); err != nil {
		return err
	}
	err = h.call(ctx, deed{"change the record sets of", base.Zone.Apex, actionChange, base.Zone.ID}, func(ctx context.Context) error {
		got, err := h.client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: aws.String(base.Zone.ID), ChangeBatch: &types.ChangeBatch{Changes: batch},
		})
		if err == nil && (got.ChangeInfo == nil || got.ChangeInfo.Id == nil) {
			err = errNoChange
		}
		return err
	})
	return outcome(err, base, changes)
}

// outcome tells a refusal that is due to somebody else's change since base was read from other
// refusals of a batch.
func outcome(err error, base *hosted.Snapshot, changes hosted.ChangeSet) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Code != codeBatch {
		return err
	}
	culprit := concerned(fail.Answer, changes)
	if stale(fail.Answer) || strings.Contains(fail.Answer, "conflicts with other records") && !crowded(base, changes, culprit) {
		return fmt.Errorf("%w: %w", hosted.ErrZoneChanged, err)
	}
	reason := strings.TrimSuffix(fail.Answer, ".")
	if reason == "" {
		reason = "it does not say why"
	}
	return &hosted.RefusedError{Record: culprit, Reason: fmt.Sprintf("Route 53 refused the change of the zone %s (%s), and made none of it: %s. Correct the record, or what it collides with", base.Zone.Apex, base.Zone.ID, reason)}
}

// named finds the name that a message is about.
var named = regexp.MustCompile(`\[name='([^']+)'|DNS name (\S+)`)

// concerned returns the new record that the first of the joined messages about a batch names, or a zero
// record.
func concerned(message string, changes hosted.ChangeSet) hosted.Record {
	message, _, _ = strings.Cut(message, separator)
	found := named.FindStringSubmatch(message)
	if found == nil {
		return hosted.Record{}
	}
	name := hosted.FoldName(plainName(found[1] + found[2]))
	for _, r := range written(changes) {
		if r.Name == name {
			return r
		}
	}
	return hosted.Record{}
}

// crowded reports whether the name of a record had, when the zone was read, records of other types that
// stay.
func crowded(base *hosted.Snapshot, changes hosted.ChangeSet, r hosted.Record) bool {
	for _, there := range base.Records {
		gone := slices.ContainsFunc(changes.Delete, func(d hosted.Record) bool { return d.Identity() == there.Identity() }) ||
			slices.ContainsFunc(changes.Replace, func(c hosted.Replacement) bool { return c.Old.Identity() == there.Identity() })
		if there.Name == r.Name && there.Type != r.Type && !gone {
			return true
		}
	}
	return slices.ContainsFunc(written(changes), func(other hosted.Record) bool { return other.Name == r.Name && other.Type != r.Type })
}

// written returns the records that a change writes.
func written(changes hosted.ChangeSet) []hosted.Record {
	records := slices.Clone(changes.Create)
	for _, c := range changes.Replace {
		records = append(records, c.New)
	}
	return records
}
