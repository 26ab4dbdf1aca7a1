package azureapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// allZones is the only key of the cache of the list.
const allZones = "zones"

// zone is what the host keeps of a zone.
type zone struct {
	dns.HostedZone
	private bool
}

// privateZone is why a private zone cannot be edited.
const privateZone = "the zone is a private one at Azure, which the public DNS does not know: name a public zone"

// wireZone is a zone in the API's form.
type wireZone struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		NameServers []string `json:"nameServers"`
		ZoneType    string   `json:"zoneType"`
	} `json:"properties"`
}

var errNoZone = errors.New("the answer is not what the API documents: it has a zone without a name or an ID")

// newZone decodes a zone.
func newZone(from *wireZone) (zone, error) {
	id, err := parseZoneID(from.ID)
	if err != nil || from.Name == "" {
		return zone{}, errNoZone
	}
	z := zone{
		HostedZone: dns.HostedZone{Apex: dns.FoldName(from.Name), ID: id.String()},
		private:    strings.EqualFold(from.Properties.ZoneType, "Private"),
	}
	if z.private {
		z.ReadOnly = privateZone
	}
	for _, server := range from.Properties.NameServers {
		z.NameServers = append(z.NameServers, dns.FoldName(server))
	}
	return z, nil
}

// FindZone implements [dns.Host]. Zones with one name can be in several resource groups. Private
// zones do not count.
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	const op = "find the zone of"
	canonical, err := dns.Canonical(name)
	if err != nil {
		return dns.HostedZone{}, err
	}
	list, err := h.listed(ctx)
	if err != nil {
		return dns.HostedZone{}, reporter.Stopped(api.Request{Op: op, Object: canonical}, err)
	}
	var found []dns.HostedZone
	for _, z := range list {
		switch {
		case !z.Holds(canonical) || len(found) > 0 && len(z.Apex) < len(found[0].Apex):
		case len(found) > 0 && z.Apex == found[0].Apex:
			found = append(found, z.HostedZone)
		default:
			found = []dns.HostedZone{z.HostedZone}
		}
	}
	switch len(found) {
	case 0:
		return dns.HostedZone{}, &api.Error{
			Service: service, Op: op, Object: canonical, Kind: api.ErrNotFound,
			Answer: fmt.Sprintf("none of the %d public zones that the identity may see in the subscription %s holds the name", len(list), h.subscription),
			Advice: "Check subscription_id. If the zone is there, give the identity the role DNS Zone Contributor on the zone, or name the zone by zone_id",
		}
	case 1:
		return found[0], nil
	}
	slices.SortFunc(found, func(a, b dns.HostedZone) int { return strings.Compare(a.ID, b.ID) })
	return dns.HostedZone{}, &dns.AmbiguousZoneError{Apex: found[0].Apex, Zones: found}
}

// Zones implements [dns.ZoneLister] by the list that FindZone reads. It has all zones with one name,
// between which FindZone does not choose.
func (h *Host) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	list, err := h.listed(ctx)
	if err != nil {
		return nil, reporter.Stopped(api.Request{Op: listOp}, err)
	}
	zones := make([]dns.HostedZone, len(list))
	for i, z := range list {
		zones[i] = z.HostedZone
	}
	slices.SortFunc(zones, func(a, b dns.HostedZone) int {
		return cmp.Or(strings.Compare(a.Apex, b.Apex), strings.Compare(a.ID, b.ID))
	})
	return zones, nil
}

const listOp = "list the zones of the subscription"

// listed returns the public zones of the subscription, which are read once.
func (h *Host) listed(ctx context.Context) ([]zone, error) {
	return h.known.Get(ctx, allZones, func(ctx context.Context) ([]zone, error) {
		r := api.Request{
			Op: listOp, Object: h.subscription, Query: version(apiVersion),
			Path: []string{subscriptionsElement, h.subscription, providersElement, networkElement, zonesElement},
		}
		all, err := listAll[wireZone](ctx, h, r)
		if err != nil {
			if isDenied(err) {
				err = api.Advise(err, adviceOf(err)+". An identity that may not list zones can edit one that is named by zone_id")
			}
			return nil, err
		}
		list := make([]zone, 0, len(all))
		for i := range all {
			z, err := newZone(&all[i])
			if err != nil {
				return nil, &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable, Cause: err, Advice: checkURL}
			}
			if !z.private {
				list = append(list, z)
			}
		}
		return list, nil
	})
}

// ZoneByID implements [dns.ZoneChooser]. An ID is a resource ID in any case, as Azure's portal and
// azurerm_dns_zone show it. The zone may be in another subscription than the provider's. A private zone
// is ReadOnly.
func (h *Host) ZoneByID(ctx context.Context, text string) (dns.HostedZone, error) {
	r := api.Request{Op: "find the zone", Object: text}
	id, err := parseZoneID(text)
	if err != nil {
		return dns.HostedZone{}, &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrNotFound, Cause: fmt.Errorf("the ID %w", err)}
	}
	found, err := h.byID.Get(ctx, id.String(), func(ctx context.Context) (zone, error) {
		r.Path, r.Query = id.path(), version(apiVersion)
		var got wireZone
		if err := h.get(ctx, r, &got); err != nil {
			return zone{}, err
		}
		z, err := newZone(&got)
		if err == nil && z.ID != id.String() {
			err = errors.New("the answer is not what the API documents: it is another zone")
		}
		if err != nil {
			return zone{}, &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable, Cause: err, Advice: checkURL}
		}
		return z, nil
	})
	if err != nil {
		return dns.HostedZone{}, reporter.Stopped(r, err)
	}
	return found.HostedZone, nil
}
