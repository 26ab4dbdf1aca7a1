package cloudflareapi

import (
	"context"
	"errors"
	"slices"

	"github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// recordsPerPage is how many records are read at once. The API could return a whole zone in one
// answer, but large answers are cut more easily.
const recordsPerPage = 1000

var errNoRecord = errors.New("the answer is not what the API documents: there is an entry in it that is no DNS record")

// Read implements [hosted.Host]. The NS records that Cloudflare assigns to a zone are not among its
// records.
func (h *Host) Read(ctx context.Context, zone hosted.HostedZone) (*hosted.Snapshot, error) {
	const op = "read the DNS records of"
	all, err := readPages(ctx, h, op, zone.Apex, func(ctx context.Context, number int, into option.RequestOption) error {
		var p dns.RecordListParams
		p.ZoneID.Value, p.ZoneID.Present = zone.ID, true
		p.Page.Value, p.Page.Present = float64(number), true
		p.PerPage.Value, p.PerPage.Present = recordsPerPage, true
		_, err := h.records.List(ctx, p, into)
		return err
	}, func(w wire) string { return w.ID })
	if err != nil {
		return nil, h.refused(ctx, err)
	}
	snapshot := &hosted.Snapshot{Zone: zone, Records: make([]hosted.Record, 0, len(all))}
	for i := range all {
		r, err := fromWire(&all[i])
		if err != nil {
			return nil, &api.Error{Service: "Cloudflare", Op: op, Object: zone.Apex, Kind: api.ErrUnavailable, Cause: err}
		}
		if !slices.Contains(hidden, r.Type) {
			snapshot.Records = append(snapshot.Records, r)
		}
	}
	return snapshot, nil
}
