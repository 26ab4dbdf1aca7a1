package googleapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// zonesPerPage is how many zones one page is to have. The service may return fewer.
const zonesPerPage = 500

// allZones is the only key of the cache of zones.
const allZones = "zones"

// managedZone is a zone in the API's form.
type managedZone struct {
	Name        string      `json:"name"`
	ID          json.Number `json:"id"`
	DNSName     string      `json:"dnsName"`
	Visibility  string      `json:"visibility"`
	NameServers []string    `json:"nameServers"`
	// What follows is set in zones that are not served to the public.
	PrivateVisibility json.RawMessage `json:"privateVisibilityConfig"`
	Forwarding        json.RawMessage `json:"forwardingConfig"`
	Peering           json.RawMessage `json:"peeringConfig"`
	ReverseLookup     json.RawMessage `json:"reverseLookupConfig"`
	ServiceDirectory  json.RawMessage `json:"serviceDirectoryConfig"`

	project string
}

// private says in a clause why a zone is not served to the public; empty if it is.
func (z *managedZone) private() string {
	switch {
	case z.Peering != nil:
		return "it is a private zone that peers with another network"
	case z.Forwarding != nil:
		return "it is a private zone that forwards queries"
	case z.Visibility != "" && z.Visibility != "public":
		return fmt.Sprintf("its visibility is %q", z.Visibility)
	case z.PrivateVisibility != nil, z.ReverseLookup != nil, z.ServiceDirectory != nil:
		return "it is a private zone"
	}
	return ""
}

// hosted returns the zone as the editor has it.
func (z *managedZone) hosted() dns.HostedZone {
	hosted := dns.HostedZone{Apex: dns.FoldName(z.DNSName), ID: place{project: z.project, zone: z.Name}.id()}
	for _, server := range z.NameServers {
		hosted.NameServers = append(hosted.NameServers, dns.FoldName(server))
	}
	if why := z.private(); why != "" {
		hosted.ReadOnly = fmt.Sprintf("the managed zone %s is not served to the public, as %s, so zone_id has to name a public zone", z.Name, why)
	}
	return hosted
}

// FindZone implements [dns.Host]. Private zones are never candidates. If several public zones have
// the name that the search comes to, the error is a [*dns.AmbiguousZoneError].
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	list, err := h.list(ctx)
	if err != nil {
		return dns.HostedZone{}, err
	}
	var found []dns.HostedZone
	private := 0
	for i := range list {
		zone := list[i].hosted()
		switch {
		case !zone.Holds(name):
		case list[i].private() != "":
			private++
		case len(found) == 0 || len(zone.Apex) > len(found[0].Apex):
			found = []dns.HostedZone{zone}
		case zone.Apex == found[0].Apex:
			found = append(found, zone)
		}
	}
	switch len(found) {
	case 0:
		return dns.HostedZone{}, h.noZone(ctx, name, len(list), private)
	case 1:
		return found[0], nil
	}
	sortByID(found)
	return dns.HostedZone{}, &dns.AmbiguousZoneError{Apex: found[0].Apex, Zones: found}
}

func sortByID(zones []dns.HostedZone) {
	slices.SortFunc(zones, func(a, b dns.HostedZone) int { return strings.Compare(a.ID, b.ID) })
}

// noZone is the error that no public zone of the project holds a name.
func (h *Host) noZone(ctx context.Context, name string, zones, private int) error {
	project, _ := h.projectID(ctx) // the list was read, so it is known
	answer := fmt.Sprintf("none of the %d managed zones of the project %s holds the name", zones, project)
	if private > 0 {
		answer = fmt.Sprintf("the project %s has only private zones that hold the name, which the public DNS does not serve", project)
	}
	return &api.Error{
		Service: service, Op: "find the zone of", Object: name, Kind: api.ErrNotFound, Answer: answer,
		Advice: `Create a public managed zone for the domain. If it is in another project, set project in the block google, or ` +
			`zone_id = "projects/PROJECT/managedZones/NAME" in the postmaster_dns_authorization`,
	}
}

// Zones implements [dns.ZoneLister] by the list that FindZone reads. It leaves out private zones. It
// has all public zones with one name, between which FindZone does not choose.
func (h *Host) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	list, err := h.list(ctx)
	if err != nil {
		return nil, err
	}
	var zones []dns.HostedZone
	for i := range list {
		if list[i].private() == "" {
			zones = append(zones, list[i].hosted())
		}
	}
	dns.SortZones(zones)
	return zones, nil
}

// Unlisted implements [dns.PartialLister].
func (h *Host) Unlisted() string {
	return "Zones of other Google Cloud projects are not listed."
}

// list returns the zones of the project, which are read once. Callers get a slice of their own.
func (h *Host) list(ctx context.Context) ([]managedZone, error) {
	return h.listed.Get(ctx, allZones, func(ctx context.Context) ([]managedZone, error) {
		const op = "list the managed zones of the project"
		project, err := h.projectID(ctx)
		if err != nil {
			return nil, err
		}
		var all []managedZone
		query := url.Values{"maxResults": {strconv.Itoa(zonesPerPage)}}
		seen := map[string]bool{}
		for {
			var page struct {
				Kind          string        `json:"kind"`
				ManagedZones  []managedZone `json:"managedZones"`
				NextPageToken string        `json:"nextPageToken"`
			}
			request := call{
				op: op, object: project, method: http.MethodGet, path: []string{"projects", project, "managedZones"}, query: query,
				needs: "dns.managedZones.list on the project " + project, advice: mayNotList,
			}
			if err := h.send(ctx, request, &page); err != nil {
				return nil, err
			}
			if page.Kind != "dns#managedZonesListResponse" {
				return nil, unexpected(op, project, errors.New("it is not a list of managed zones"))
			}
			for _, z := range page.ManagedZones {
				if z.Name == "" || z.DNSName == "" {
					return nil, unexpected(op, project, errors.New("a managed zone in it has no name"))
				}
				z.project = project
				all = append(all, z)
			}
			if page.NextPageToken == "" {
				return all, nil
			}
			if seen[page.NextPageToken] {
				return nil, unexpected(op, project, errors.New("the pages of the list go round in a circle"))
			}
			seen[page.NextPageToken] = true
			query.Set("pageToken", page.NextPageToken)
		}
	})
}

// mayNotList is what to do if the credentials may not list zones, but may edit one.
const mayNotList = `Or, if they are for one zone only, set zone_id = "projects/PROJECT/managedZones/NAME" in the postmaster_dns_authorization`

// ZoneByID implements [dns.ZoneChooser]. The ID is the name of a managed zone, its number, or
// projects/PROJECT/managedZones/NAME with either of them. A zone may be in another project than that of
// the configuration.
func (h *Host) ZoneByID(ctx context.Context, id string) (dns.HostedZone, error) {
	const op = "find the managed zone"
	at, err := parsePlace(id)
	if err != nil {
		return dns.HostedZone{}, &api.Error{Service: service, Op: op, Kind: api.ErrNotFound, Cause: err, Advice: "As zone_id, " + idForms}
	}
	if at.project == "" {
		if at.project, err = h.projectID(ctx); err != nil {
			return dns.HostedZone{}, err
		}
	}
	return h.chosen.Get(ctx, at.id(), func(ctx context.Context) (dns.HostedZone, error) {
		var z managedZone
		request := call{op: op, object: at.id(), method: http.MethodGet, path: at.path(), needs: at.needs("dns.managedZones.get")}
		if err := h.send(ctx, request, &z); err != nil {
			return dns.HostedZone{}, err
		}
		if z.Name == "" || z.DNSName == "" || z.Name != at.zone && z.ID.String() != at.zone {
			return dns.HostedZone{}, unexpected(op, at.id(), errors.New("it is not the managed zone that was asked for"))
		}
		z.project = at.project
		return z.hosted(), nil
	})
}
