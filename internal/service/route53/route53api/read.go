package route53api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// setsPerPage is the API's maximum.
const setsPerPage = 300

var (
	errNoSet = errors.New("the answer is not what the API documents: there is an entry in it that is no record set")
	errNoSOA = errors.New("the answer is not what the API documents: the zone has no SOA record, which every zone has")
)

// Read implements [hosted.Host]. Changes that Route 53 has accepted are included, also while its name
// servers do not answer with them yet.
func (h *Host) Read(ctx context.Context, zone hosted.HostedZone) (*hosted.Snapshot, error) {
	const op = "read the record sets of"
	raw, unknown, err := h.readSets(ctx, op, zone)
	if err != nil {
		return nil, err
	}
	sets := zoneSets{}
	snapshot := &hosted.Snapshot{Zone: zone, Native: sets, Objection: sets.objection}
	unusable := func(cause error) error {
		return &api.Error{Service: serviceName, Op: op, Object: zone.Apex, Kind: api.ErrUnavailable, Cause: cause}
	}
	if !slices.ContainsFunc(raw, func(s types.ResourceRecordSet) bool { return s.Type == types.RRTypeSoa }) {
		return nil, unusable(errNoSOA)
	}
	for i := range raw {
		s, ok := newSet(raw[i])
		if !ok {
			return nil, unusable(errNoSet)
		}
		if name := unknown[i]; name != "" && s.special == "" {
			s.special = fmt.Sprintf("one with the property %s, which this version of the provider does not know and would lose", name)
		}
		sets[s.key] = append(sets[s.key], s)
		if !hidden[s.key.Type] {
			snapshot.Records = append(snapshot.Records, s.records()...)
		}
	}
	return snapshot, nil
}

// readSets reads all pages. They are no snapshot: a change between two pages is seen in part. A batch
// that builds on that is refused, because each of its sets has to be as it was read. The map has, by the
// place of a set in the list, a property of it that is unknown here.
func (h *Host) readSets(ctx context.Context, op string, zone hosted.HostedZone) ([]types.ResourceRecordSet, map[int]string, error) {
	var all []types.ResourceRecordSet
	odd := map[int]string{}
	from := &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(zone.ID), MaxItems: aws.Int32(setsPerPage)}
	for {
		var page *route53.ListResourceRecordSetsOutput
		var unknown unknown
		err := h.call(ctx, deed{op, zone.Apex, "route53:ListResourceRecordSets", zone.ID}, func(ctx context.Context) error {
			var err error
			page, err = h.client.ListResourceRecordSets(ctx, from, unknown.option)
			if err == nil && (page.MaxItems == nil || page.IsTruncated && (page.NextRecordName == nil || page.NextRecordType == "")) {
				err = errNoPage
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		for place, name := range unknown.found {
			odd[len(all)+place] = name
		}
		all = append(all, page.ResourceRecordSets...)
		if !page.IsTruncated {
			return all, odd, nil
		}
		// Several sets can have one name and type. The page can end between two of them.
		next := *from
		next.StartRecordName, next.StartRecordType, next.StartRecordIdentifier = page.NextRecordName, page.NextRecordType, page.NextRecordIdentifier
		if samePlace(&next, from) {
			return nil, nil, &api.Error{Service: serviceName, Op: op, Object: zone.Apex, Kind: api.ErrUnavailable, Cause: errNoPage}
		}
		from = &next
	}
}

// samePlace reports whether two pages begin with the same set, so that the list would never end.
func samePlace(a, b *route53.ListResourceRecordSetsInput) bool {
	return aws.ToString(a.StartRecordName) == aws.ToString(b.StartRecordName) && a.StartRecordType == b.StartRecordType &&
		aws.ToString(a.StartRecordIdentifier) == aws.ToString(b.StartRecordIdentifier)
}
