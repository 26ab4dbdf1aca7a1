package azureapi

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// zoneID is the resource ID of a zone.
type zoneID struct{ subscription, group, name string }

// The elements of a zone's ID whose spelling is fixed.
const (
	subscriptionsElement = "subscriptions"
	groupsElement        = "resourceGroups"
	providersElement     = "providers"
	networkElement       = "Microsoft.Network"
	zonesElement         = "dnsZones"
	privateZonesElement  = "privateDnsZones"
)

// exampleID shows in messages how an ID looks.
const exampleID = "/subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Network/dnsZones/example.com"

// parseZoneID reads an ID in any case, as Azure's services do not agree on one. Its error continues a
// sentence about the ID.
func parseZoneID(text string) (zoneID, error) {
	elements := strings.Split(strings.Trim(text, "/"), "/")
	fixed := map[int]string{0: subscriptionsElement, 2: groupsElement, 4: providersElement, 5: networkElement, 6: zonesElement}
	if len(elements) != 8 {
		return zoneID{}, fmt.Errorf("is not the resource ID of a DNS zone, which looks like %s", exampleID)
	}
	if strings.EqualFold(elements[6], privateZonesElement) {
		return zoneID{}, fmt.Errorf("is the ID of a private DNS zone, which the public DNS does not know; the ID of a public one looks like %s", exampleID)
	}
	for at, want := range fixed {
		if !strings.EqualFold(elements[at], want) {
			return zoneID{}, fmt.Errorf("is not the resource ID of a DNS zone, which looks like %s", exampleID)
		}
	}
	id := zoneID{elements[1], elements[3], elements[7]}
	for _, element := range []string{id.subscription, id.group, id.name} {
		if element == "" || element == "." || element == ".." {
			return zoneID{}, fmt.Errorf("lacks a part; the ID of a zone looks like %s", exampleID)
		}
	}
	return id, nil
}

// String returns the ID in the one form that the host uses. Azure ignores the case of all parts, and
// answers with the name of a group in this case or that, so they are in lower case.
func (z zoneID) String() string { return "/" + strings.Join(z.path(), "/") }

// path are the elements of the zone's path, followed by those of what is below it.
func (z zoneID) path(below ...string) []string {
	return append([]string{
		subscriptionsElement, strings.ToLower(z.subscription), groupsElement, strings.ToLower(z.group),
		providersElement, networkElement, zonesElement, dns.FoldName(z.name),
	}, below...)
}

// idOf reads the ID of a zone that this host has found.
func idOf(r api.Request, of dns.HostedZone) (zoneID, error) {
	id, err := parseZoneID(of.ID)
	if err != nil {
		return zoneID{}, &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrNotFound, Cause: fmt.Errorf("the zone's ID %q %w", of.ID, err)}
	}
	return id, nil
}
