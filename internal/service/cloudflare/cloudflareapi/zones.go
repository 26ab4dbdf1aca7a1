package cloudflareapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zones"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// zonesPerPage is the API's maximum.
const zonesPerPage = 50

// allZones is the only key of the cache of zones.
const allZones = "zones"

// zone is what the host keeps of a zone in the list.
type zone struct {
	hosted.HostedZone
	active      bool
	batch       int // changes that one batch may hold
	permissions []string
}

// wireZone is a zone in the API's form.
type wireZone struct {
	ID                string   `json:"id"`
	Name              string   `json:"name"`
	Status            string   `json:"status"`
	Type              string   `json:"type"`
	NameServers       []string `json:"name_servers"`
	VanityNameServers []string `json:"vanity_name_servers"`
	// Permissions are those of the calling token.
	Permissions []string `json:"permissions"`
	Plan        struct {
		LegacyID string `json:"legacy_id"`
	} `json:"plan"`
}

// FindZone implements [hosted.Host]. The list may have the same name more than once, because
// several accounts can claim a zone until the domain is delegated to one of them. FindZone takes
// the active zone.
func (h *Host) FindZone(ctx context.Context, name string) (hosted.HostedZone, error) {
	list, err := h.listed(ctx)
	if err != nil {
		return hosted.HostedZone{}, err
	}
	var found zone
	for _, z := range list {
		deeper := len(z.Apex) > len(found.Apex)
		if z.Holds(name) && (deeper || z.Apex == found.Apex && z.precedes(found)) {
			found = z
		}
	}
	if found.Apex == "" {
		return hosted.HostedZone{}, &api.Error{
			Service: "Cloudflare", Op: "find the zone of", Object: name, Kind: api.ErrNotFound,
			Answer: fmt.Sprintf("none of the %d zones that the API token gives access to holds the name", len(list)),
			Advice: "Add the domain to the Cloudflare account, or, if it is there, make sure that the token is of that account, includes the zone, and has the permission Zone / Zone / Read",
		}
	}
	return found.HostedZone, nil
}

// precedes is whether this zone is the one to take of two with the same name.
func (z zone) precedes(other zone) bool { return z.active && !other.active }

// Zones implements [hosted.ZoneLister] by the list that FindZone reads. Of zones with the same name
// it has the one that FindZone takes. A zone that is not active yet can be edited and is listed,
// with its Warning.
func (h *Host) Zones(ctx context.Context) ([]hosted.HostedZone, error) {
	list, err := h.listed(ctx)
	if err != nil {
		return nil, err
	}
	byApex := map[string]zone{}
	for _, z := range list {
		if taken, is := byApex[z.Apex]; !is || z.precedes(taken) {
			byApex[z.Apex] = z
		}
	}
	editable := make([]hosted.HostedZone, 0, len(byApex))
	for _, z := range byApex {
		if z.ReadOnly == "" {
			editable = append(editable, z.HostedZone)
		}
	}
	hosted.SortZones(editable)
	return editable, nil
}

// seen returns what was read of a zone when it was found: by itself, or in the list. The result is
// empty if the list lacks the zone.
func (h *Host) seen(ctx context.Context, of hosted.HostedZone) (zone, error) {
	if z, ok := h.single.Kept(of.ID); ok {
		return z, nil
	}
	list, err := h.listed(ctx)
	if i := slices.IndexFunc(list, func(z zone) bool { return z.ID == of.ID }); err == nil && i >= 0 {
		return list[i], nil
	}
	return zone{}, err
}

// listed returns the list of zones, which is read once.
func (h *Host) listed(ctx context.Context) ([]zone, error) {
	return h.known.Get(ctx, allZones, func(ctx context.Context) ([]zone, error) {
		all, err := readPages(ctx, h, "list zones", "", func(ctx context.Context, number int, into option.RequestOption) error {
			var p zones.ZoneListParams
			p.Page.Value, p.Page.Present = float64(number), true
			p.PerPage.Value, p.PerPage.Present = zonesPerPage, true
			_, err := h.zones.List(ctx, p, into)
			return err
		}, func(z wireZone) string { return z.ID })
		if err != nil {
			return nil, h.refused(ctx, err)
		}
		list := make([]zone, len(all))
		for i := range all {
			list[i] = newZone(&all[i])
		}
		return list, nil
	})
}

func newZone(from *wireZone) zone {
	z := zone{
		HostedZone:  hosted.HostedZone{Apex: hosted.FoldName(from.Name), ID: from.ID, Flattens: true},
		active:      from.Status == string(zones.ZoneStatusActive),
		batch:       freeBatch,
		permissions: from.Permissions,
	}
	servers := from.NameServers
	if len(from.VanityNameServers) > 0 {
		servers = from.VanityNameServers
	}
	for _, server := range servers {
		z.NameServers = append(z.NameServers, hosted.FoldName(server))
	}
	if plan := from.Plan.LegacyID; plan != "" && plan != "free" {
		z.batch = paidBatch
	}
	switch zones.Type(from.Type) {
	case zones.TypeFull, "":
	case zones.TypePartial:
		z.ReadOnly = fmt.Sprintf("%s is a partial (CNAME) zone at Cloudflare: its DNS records are kept and served elsewhere, and have to be edited there", z.Apex)
	case zones.TypeSecondary:
		z.ReadOnly = fmt.Sprintf("%s is a secondary zone at Cloudflare: its DNS records come from a primary name server elsewhere, and have to be edited there", z.Apex)
	default:
		z.ReadOnly = fmt.Sprintf("%s is a zone of the type %q at Cloudflare, which is not served to the public", z.Apex, from.Type)
	}
	if !z.active {
		z.Warning = fmt.Sprintf("the zone %s is %s at Cloudflare, not active: what is published there is not seen until the domain's registrar delegates it to %s",
			z.Apex, from.Status, strings.Join(z.NameServers, ", "))
	}
	return z
}
