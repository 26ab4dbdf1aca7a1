package godaddyapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

const (
	// pageSizeV3 is the number of records on a page of v3.
	pageSizeV3 = 100
	// readings is how often a zone is read that changes while it is read.
	readings = 4
)

// tokenAPI is v3, where each record has an ID.
//
// It does not use the PUT at a record's path, which answers 200 and replaces the whole zone
// (https://github.com/godaddy/cli/issues/136).
type tokenAPI struct{ *caller }

// limits are those of the API's specification
// (https://developer.godaddy.com/openapi/domains-v3.json), in which NS records are read-only.
func (a *tokenAPI) limits() dns.Limits {
	return dns.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL, TXT: 512,
		Types: []string{"A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"}, Objection: Objection,
	}
}

// access is unknown, because a token may have only the scope domains.domain:read.
func (a *tokenAPI) access() dns.WriteAccess { return dns.WriteUnknown }

// records is the path of a zone's records.
func (a *tokenAPI) records(apex string) []string {
	return []string{"v3", "domains", "zones", apex, "dns-records"}
}

// pageV3 is one page of a zone. The totals are missing when there is nothing.
type pageV3 struct {
	Items      []wire `json:"items"`
	TotalItems int    `json:"totalItems"`
	TotalPages int    `json:"totalPages"`
}

func (a *tokenAPI) page(ctx context.Context, op, apex string, query url.Values) (pageV3, error) {
	var page pageV3
	err := a.send(ctx, call{
		op: op, object: apex, method: http.MethodGet, endpoint: "records", path: a.records(apex), query: query,
	}, &page)
	return page, err
}

// nameServers implements version by GET /v3/domains/zones/ZONE/dns-records.
func (a *tokenAPI) nameServers(ctx context.Context, apex string) ([]string, error) {
	page, err := a.page(ctx, "find zone", apex, url.Values{"type": {"NS"}, "name": {atApex}, "pageSize": {strconv.Itoa(pageSizeV3)}})
	return nameServersIn(page.Items, apex), err
}

// list implements version by the same call. If a zone of several pages changes between two of them,
// records are missed or seen twice. If the totals or the IDs show that, it reads the zone again.
func (a *tokenAPI) list(ctx context.Context, apex string) ([]wire, error) {
	for range readings {
		list, consistent, err := a.listOnce(ctx, apex)
		if err != nil || consistent {
			return list, err
		}
	}
	return nil, &api.Error{
		Service: service, Op: "read zone", Object: apex, Kind: api.ErrUnavailable,
		Cause:  errors.New("it kept changing while it was read"),
		Advice: "Run again when whoever edits it has finished",
	}
}

func (a *tokenAPI) listOnce(ctx context.Context, apex string) (list []wire, consistent bool, err error) {
	consistent = true
	ids := map[string]bool{}
	total := -1
	for number := 1; ; number++ {
		page, err := a.page(ctx, "read zone", apex, url.Values{
			"page": {strconv.Itoa(number)}, "pageSize": {strconv.Itoa(pageSizeV3)}, "totalRequired": {"true"},
		})
		if err != nil {
			return nil, false, err
		}
		for _, w := range page.Items {
			consistent = consistent && !ids[w.ID]
			ids[w.ID] = true
		}
		list = append(list, page.Items...)
		if len(page.Items) > 0 {
			consistent = consistent && (total < 0 || total == page.TotalItems)
			total = page.TotalItems
		}
		if len(page.Items) == 0 || number >= page.TotalPages {
			return list, consistent && len(list) == max(total, 0), nil
		}
	}
}

// plan implements version. New records that conflict with nothing come first. Then come those that
// conflict, each after the deletion of what conflicts with it, and then all other deletions. The
// calls are made one after another, so that an error concerns only one of them.
func (a *tokenAPI) plan(apex string, _ []entry, c change) []stepwise.Step {
	left := slices.Clone(c.located)
	var free, exchanges []stepwise.Step
	for group, added := range c.add {
		create := stepwise.Step{Does: "create " + stepwise.Label(added.record), Do: func(ctx context.Context) error { return a.create(ctx, apex, added) }}
		isInTheWay := func(e entry) bool { return added.wire.excludes(e.wire) }
		if !slices.ContainsFunc(c.located, isInTheWay) {
			free = append(free, create)
			continue
		}
		create.Group = group + 1
		for _, e := range left {
			if isInTheWay(e) {
				away := a.deletion(apex, e)
				away.Group = create.Group
				exchanges = append(exchanges, away)
			}
		}
		exchanges = append(exchanges, create)
		left = slices.DeleteFunc(left, isInTheWay)
	}
	steps := slices.Concat(free, exchanges)
	for _, e := range left {
		steps = append(steps, a.deletion(apex, e))
	}
	return steps
}

func (a *tokenAPI) deletion(apex string, e entry) stepwise.Step {
	return stepwise.Step{
		Does: "delete " + stepwise.Label(e.record),
		Do:   func(ctx context.Context) error { return a.delete(ctx, apex, e) },
		Undo: func(ctx context.Context) error { return a.create(ctx, apex, e) },
	}
}

// create is POST /v3/domains/zones/ZONE/dns-records.
func (a *tokenAPI) create(ctx context.Context, apex string, e entry) error {
	body := e.wire
	body.ID = ""
	return stepwise.Blame(e.record, a.send(ctx, call{
		op: "create record", object: e.record.Type + " " + e.record.Name, method: http.MethodPost, endpoint: "records",
		path: a.records(apex), body: body,
	}, nil))
}

// delete is DELETE /v3/domains/zones/ZONE/dns-records/ID.
func (a *tokenAPI) delete(ctx context.Context, apex string, e entry) error {
	return gone(stepwise.Blame(e.record, a.send(ctx, call{
		op: "delete record", object: e.record.Type + " " + e.record.Name, method: http.MethodDelete, endpoint: "record",
		path: append(a.records(apex), e.wire.ID),
	}, nil)))
}

// nameServersIn returns the name servers in a zone's records.
func nameServersIn(list []wire, apex string) []string {
	var servers []string
	for _, e := range decode(list, apex) {
		if e.record.Type == "NS" && e.record.Name == apex {
			servers = append(servers, e.record.Value)
		}
	}
	slices.Sort(servers)
	return servers
}
