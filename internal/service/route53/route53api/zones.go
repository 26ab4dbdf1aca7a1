package route53api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	// zonesPerPage is the API's maximum.
	zonesPerPage = 100
	// allZones is the only key of the cache of the list.
	allZones = "zones"
)

// zone is what the host keeps of a hosted zone.
type zone struct {
	hosted.HostedZone
	// private says that only virtual networks of the account see the zone. Private zones are never
	// candidates, and are neither read nor edited.
	private bool
}

var errNoPage = errors.New("the answer is not what the API documents: it is no page of a list")

// FindZone implements [hosted.Host]. Private zones do not count, whatever their names.
func (h *Host) FindZone(ctx context.Context, name string) (hosted.HostedZone, error) {
	list, err := h.listed(ctx)
	if err != nil {
		return hosted.HostedZone{}, err
	}
	found := deepest(list, name)
	switch len(found) {
	case 0:
		return hosted.HostedZone{}, noZone(list, name)
	case 1:
		return found[0].HostedZone, nil
	}
	ambiguous := &hosted.AmbiguousZoneError{Apex: found[0].Apex}
	for _, one := range found {
		servers, err := h.NameServers(ctx, one.HostedZone)
		if err != nil {
			return hosted.HostedZone{}, err
		}
		one.NameServers = servers
		ambiguous.Zones = append(ambiguous.Zones, one.HostedZone)
	}
	slices.SortFunc(ambiguous.Zones, func(a, b hosted.HostedZone) int { return cmp.Compare(a.ID, b.ID) })
	return hosted.HostedZone{}, ambiguous
}

// deepest returns the public zones that hold a name and have the longest name.
func deepest(list []zone, name string) []zone {
	var found []zone
	for _, z := range list {
		switch {
		case z.private || !z.Holds(name):
		case len(found) == 0 || len(z.Apex) > len(found[0].Apex):
			found = []zone{z}
		case z.Apex == found[0].Apex:
			found = append(found, z)
		}
	}
	return found
}

// noZone is the error for a name that no public zone holds.
func noZone(list []zone, name string) error {
	private := 0
	holds := false
	for _, z := range list {
		if z.private {
			private++
			holds = holds || z.Holds(name)
		}
	}
	fail := &api.Error{
		Service: serviceName, Op: "find the zone of", Object: name, Kind: api.ErrNotFound,
		Answer: fmt.Sprintf("none of the %d public zones of the account holds the name", len(list)-private),
		Advice: "Create a public hosted zone for the domain, or use the credentials of the account that has it",
	}
	if holds {
		fail.Answer += "; a private zone does, but only virtual networks see it, and no mail server outside of them"
	}
	return fail
}

// NameServers implements [hosted.NameServerTeller].
func (h *Host) NameServers(ctx context.Context, zone hosted.HostedZone) ([]string, error) {
	got, err := h.detailed(ctx, zone.ID)
	if errors.Is(err, api.ErrAuth) {
		return nil, nil
	}
	return got.NameServers, err
}

// Zones implements [hosted.ZoneLister] by the list that FindZone reads, so without name servers. It has
// all public zones with one name, between which FindZone does not choose.
func (h *Host) Zones(ctx context.Context) ([]hosted.HostedZone, error) {
	list, err := h.listed(ctx)
	if err != nil {
		return nil, err
	}
	var zones []hosted.HostedZone
	for _, z := range list {
		if !z.private && z.ReadOnly == "" {
			zones = append(zones, z.HostedZone)
		}
	}
	hosted.SortZones(zones)
	return zones, nil
}

// listed returns the list of zones, which is read once.
func (h *Host) listed(ctx context.Context) ([]zone, error) {
	return h.listing.Get(ctx, allZones, h.readZones)
}

func (h *Host) readZones(ctx context.Context) ([]zone, error) {
	const op = "list hosted zones"
	var list []zone
	seen := map[string]bool{}
	var marker *string
	for {
		var page *route53.ListHostedZonesOutput
		err := h.call(ctx, deed{op: op, action: actionList}, func(ctx context.Context) error {
			var err error
			page, err = h.client.ListHostedZones(ctx, &route53.ListHostedZonesInput{Marker: marker, MaxItems: aws.Int32(zonesPerPage)})
			if err == nil && (page.MaxItems == nil || page.IsTruncated == (aws.ToString(page.NextMarker) == "")) {
				err = errNoPage
			}
			return err
		})
		if err != nil {
			return nil, listAdvice(err)
		}
		for i := range page.HostedZones {
			z, err := newZone(&page.HostedZones[i])
			if err != nil {
				return nil, &api.Error{Service: serviceName, Op: op, Kind: api.ErrUnavailable, Cause: err}
			}
			if !seen[z.ID] {
				seen[z.ID] = true
				list = append(list, z)
			}
		}
		if !page.IsTruncated {
			return list, nil
		}
		if aws.ToString(marker) == *page.NextMarker {
			return nil, &api.Error{Service: serviceName, Op: op, Kind: api.ErrUnavailable, Cause: errNoPage}
		}
		marker = page.NextMarker
	}
}

// listAdvice adds what helps those who may edit a zone, but not list zones.
func listAdvice(err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Code != codeDenied && (fail.Code != "" || fail.Status != http.StatusForbidden) {
		return err
	}
	return api.Advise(err, fail.Advice+". Or name the zone: set zone_id of the postmaster_dns_authorization to its ID, so that no list is needed")
}

// detailed returns a zone with its name servers. Each zone is read once.
func (h *Host) detailed(ctx context.Context, id string) (zone, error) {
	return h.details.Get(ctx, id, func(ctx context.Context) (zone, error) {
		var z zone
		err := h.call(ctx, deed{"read the hosted zone", id, "route53:GetHostedZone", id}, func(ctx context.Context) error {
			got, err := h.client.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: aws.String(id)})
			if err != nil {
				return err
			}
			if got.HostedZone == nil {
				return errNoZone
			}
			if z, err = newZone(got.HostedZone); err != nil {
				return err
			}
			if z.ID != id {
				return errNoZone
			}
			if got.DelegationSet != nil {
				for _, server := range got.DelegationSet.NameServers {
					z.NameServers = append(z.NameServers, hosted.FoldName(server))
				}
			}
			return nil
		})
		return z, err
	})
}

var errNoZone = errors.New("the answer is not what the API documents: it is not the zone that was asked for")

// privateZone is why a private zone cannot be edited.
const privateZone = "the zone %s (%s) is private: only virtual networks see it, and no mail server outside of them, so zone_id has to be the ID of a public zone"

// newZone decodes a zone.
func newZone(from *types.HostedZone) (zone, error) {
	id := strings.TrimPrefix(aws.ToString(from.Id), idPrefix)
	if id == "" || aws.ToString(from.Name) == "" {
		return zone{}, errNoZone
	}
	z := zone{
		HostedZone: hosted.HostedZone{Apex: hosted.FoldName(plainName(*from.Name)), ID: id},
		private:    from.Config != nil && from.Config.PrivateZone,
	}
	if service := from.LinkedService; service != nil {
		z.ReadOnly = fmt.Sprintf("the zone %s (%s) was created by another service, %s, and can be changed only there", z.Apex, id,
			cmp.Or(aws.ToString(service.ServicePrincipal), aws.ToString(service.Description), "which Route 53 does not name"))
	}
	if features := from.Features; features != nil && strings.HasSuffix(string(features.AcceleratedRecoveryStatus), lockedSuffix) {
		z.ReadOnly = fmt.Sprintf("the zone %s (%s) is locked, because its accelerated recovery is being switched on or off (%s): wait until that is done, and run again",
			z.Apex, id, features.AcceleratedRecoveryStatus)
	}
	if z.private {
		z.ReadOnly = fmt.Sprintf(privateZone, z.Apex, id)
	}
	return z, nil
}

// lockedSuffix ends the states of a zone in which Route 53 accepts no changes.
const lockedSuffix = "_HOSTED_ZONE_LOCKED"
