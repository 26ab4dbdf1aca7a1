package azureapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// contents are the record sets of a zone as they were read. They include empty ones, which a snapshot
// does not show.
type contents struct {
	sets map[dns.SetKey]*recordSet
	// special are those that must not be changed, in the order of the list.
	special []*recordSet
}

// objection says why a record cannot join, replace or leave a set that must not be changed, as
// [dns.Snapshot] has it.
func (c *contents) objection(r dns.Record) string {
	for _, set := range c.special {
		if set.key.Excludes(r.SetKey()) {
			return dns.SpecialSet(service, set.key, set.special)
		}
	}
	return ""
}

// Read implements [dns.Host]. A set that changes its place while the list is read in parts can be
// listed twice; then the last one counts.
func (h *Host) Read(ctx context.Context, of dns.HostedZone) (*dns.Snapshot, error) {
	r := api.Request{Op: "read the DNS records of", Object: of.Apex}
	id, err := idOf(r, of)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	r.Path, r.Query = id.path("recordsets"), version(apiVersion)
	all, err := listAll[json.RawMessage](ctx, h, r)
	if err != nil {
		return nil, err
	}
	found := &contents{sets: map[dns.SetKey]*recordSet{}}
	var order []dns.SetKey
	for _, raw := range all {
		set, err := newRecordSet(raw, of.Apex)
		if err != nil {
			return nil, &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable, Cause: err, Advice: checkURL}
		}
		if set == nil {
			continue
		}
		if found.sets[set.key] == nil {
			order = append(order, set.key)
		}
		found.sets[set.key] = set
	}
	snapshot := &dns.Snapshot{Zone: of, Began: began, Native: found, Objection: found.objection}
	for _, key := range order {
		set := found.sets[key]
		snapshot.Records = append(snapshot.Records, set.records...)
		if set.special != "" {
			found.special = append(found.special, set)
		}
	}
	return snapshot, nil
}
