package dnstest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Chooser is a [Memory] whose zones can have the same name. It finds zones by ID, and lists them.
type Chooser struct{ *Memory }

var (
	_ dns.ZoneChooser = Chooser{}
	_ dns.ZoneLister  = Chooser{}
)

// longForm is the start of the longer of the two forms in which a [Chooser] takes IDs.
const longForm = "zones/"

// ZoneByID implements [dns.ZoneChooser]. It takes an ID with and without "zones/" in front of it.
// Every text can be an ID.
func (c Chooser) ZoneByID(ctx context.Context, id string) (dns.HostedZone, error) {
	if err := c.wait(ctx); err != nil {
		return dns.HostedZone{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID++
	for _, zone := range c.zones {
		if zone.hosted.ID == strings.TrimPrefix(id, longForm) {
			return zone.hosted, nil
		}
	}
	return dns.HostedZone{}, &api.Error{Service: "memory", Op: "find the zone with the id", Object: id, Kind: api.ErrNotFound,
		Answer: "there is no such zone"}
}

// Zones implements [dns.ZoneLister].
func (c Chooser) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	if err := c.wait(ctx); err != nil {
		return nil, err
	}
	var editable []dns.HostedZone
	for _, zone := range c.public("") {
		if zone.ReadOnly == "" {
			editable = append(editable, zone)
		}
	}
	dns.SortZones(editable)
	return editable, nil
}

// ByID returns how often a zone was asked for by its ID.
func (z *Zones) ByID() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.byID
}

// public returns the zones with an apex that are not private, or those with any apex if it is "",
// sorted by ID.
func (z *Zones) public(apex string) []dns.HostedZone {
	z.mu.Lock()
	defer z.mu.Unlock()
	var zones []dns.HostedZone
	for _, zone := range z.zones {
		if !zone.private && (apex == "" || zone.hosted.Apex == apex) {
			zones = append(zones, zone.hosted)
		}
	}
	slices.SortFunc(zones, func(a, b dns.HostedZone) int { return cmp.Compare(a.ID, b.ID) })
	return zones
}
