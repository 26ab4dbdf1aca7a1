package route53sim

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	maxZones = 100 // a page
	idPrefix = "/hostedzone/"
)

// zoneResult is a zone in an answer.
type zoneResult struct {
	ID              string        `xml:"Id"`
	Name            string        `xml:"Name"`
	CallerReference string        `xml:"CallerReference"`
	Comment         string        `xml:"Config>Comment,omitempty"`
	Private         bool          `xml:"Config>PrivateZone"`
	Count           int           `xml:"ResourceRecordSetCount"`
	Linked          *linkedResult `xml:"LinkedService"`
	Recovery        string        `xml:"Features>AcceleratedRecoveryStatus,omitempty"`
}

type linkedResult struct {
	ServicePrincipal string `xml:"ServicePrincipal"`
	Description      string `xml:"Description"`
}

func (z *Zone) show() zoneResult {
	shown := zoneResult{
		ID: idPrefix + z.ID, Name: z.Name, CallerReference: z.CallerReference, Comment: z.Comment, Private: z.Private,
		Count: len(z.Sets), Recovery: z.Recovery,
	}
	if z.LinkedService != "" {
		shown.Linked = &linkedResult{ServicePrincipal: z.LinkedService, Description: "created by " + z.LinkedService}
	}
	return shown
}

type zonesDocument struct {
	XMLName     xml.Name     `xml:"ListHostedZonesResponse"`
	Namespace   string       `xml:"xmlns,attr"`
	Zones       []zoneResult `xml:"HostedZones>HostedZone"`
	Marker      string       `xml:"Marker,omitempty"`
	IsTruncated bool         `xml:"IsTruncated"`
	NextMarker  string       `xml:"NextMarker,omitempty"`
	MaxItems    int          `xml:"MaxItems"`
}

// listZones is ListHostedZones: in pages, by ID. The marker is the ID of the first zone of a page.
func (s *Service) listZones(c *call) (answer, error) {
	query := c.URL.Query()
	size, err := pageSize(query, maxZones)
	if err != nil {
		return answer{}, err
	}
	document := zonesDocument{Namespace: namespace, Marker: query.Get("marker"), MaxItems: size}
	err = s.view(func(st *State) error {
		zones := c.visible(st)
		slices.SortFunc(zones, func(a, b *Zone) int { return cmp.Compare(a.ID, b.ID) })
		from := 0
		if document.Marker != "" {
			if from = slices.IndexFunc(zones, func(z *Zone) bool { return z.ID == document.Marker }); from < 0 {
				return refuse(http.StatusBadRequest, "InvalidInput", "The specified marker is not valid.")
			}
		}
		for _, z := range zones[from:min(from+size, len(zones))] {
			document.Zones = append(document.Zones, z.show())
		}
		if from+size < len(zones) {
			document.IsTruncated, document.NextMarker = true, zones[from+size].ID
		}
		return nil
	})
	return answer{document: document}, err
}

type zonesByNameDocument struct {
	XMLName     xml.Name     `xml:"ListHostedZonesByNameResponse"`
	Namespace   string       `xml:"xmlns,attr"`
	Zones       []zoneResult `xml:"HostedZones>HostedZone"`
	DNSName     string       `xml:"DNSName,omitempty"`
	ID          string       `xml:"HostedZoneId,omitempty"`
	IsTruncated bool         `xml:"IsTruncated"`
	NextDNSName string       `xml:"NextDNSName,omitempty"`
	NextID      string       `xml:"NextHostedZoneId,omitempty"`
	MaxItems    int          `xml:"MaxItems"`
}

// listZonesByName is ListHostedZonesByName. The list begins at a name, which no zone needs to have.
func (s *Service) listZonesByName(c *call) (answer, error) {
	query := c.URL.Query()
	size, err := pageSize(query, maxZones)
	if err != nil {
		return answer{}, err
	}
	name, id := query.Get("dnsname"), strings.TrimPrefix(query.Get("hostedzoneid"), idPrefix)
	document := zonesByNameDocument{Namespace: namespace, DNSName: name, ID: id, MaxItems: size}
	err = s.view(func(st *State) error {
		zones := c.visible(st)
		compare := func(aName, aID, bName, bID string) int {
			return cmp.Or(cmp.Compare(reversed(aName), reversed(bName)), cmp.Compare(aID, bID))
		}
		slices.SortFunc(zones, func(a, b *Zone) int { return compare(a.Name, a.ID, b.Name, b.ID) })
		for _, z := range zones {
			switch {
			case name != "" && compare(z.Name, z.ID, stored(name), id) < 0:
			case len(document.Zones) == size:
				if !document.IsTruncated {
					document.IsTruncated, document.NextDNSName, document.NextID = true, z.Name, z.ID
				}
			default:
				document.Zones = append(document.Zones, z.show())
			}
		}
		return nil
	})
	return answer{document: document}, err
}

type zoneDocument struct {
	XMLName     xml.Name   `xml:"GetHostedZoneResponse"`
	Namespace   string     `xml:"xmlns,attr"`
	Zone        zoneResult `xml:"HostedZone"`
	NameServers []string   `xml:"DelegationSet>NameServers>NameServer,omitempty"`
	VPCs        []string   `xml:"VPCs>VPC>VPCId,omitempty"`
}

// getZone is GetHostedZone. A private zone has no name servers.
func (s *Service) getZone(c *call) (answer, error) {
	document := zoneDocument{Namespace: namespace}
	err := s.view(func(st *State) error {
		z, err := c.zone(st)
		if err != nil {
			return err
		}
		document.Zone = z.show()
		if z.Private {
			document.VPCs = []string{z.network()}
		} else {
			document.NameServers = slices.Clone(z.NameServers)
		}
		return nil
	})
	return answer{document: document}, err
}

// visible are the zones of the caller's account.
func (c *call) visible(st *State) []*Zone {
	if c.key.account != Account {
		return nil
	}
	return slices.Clone(st.Zones)
}

// zone returns the zone of the call's path.
func (c *call) zone(st *State) (*Zone, error) {
	z := st.zone(c.id)
	switch {
	case z == nil:
		return nil, refuse(http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: "+c.id)
	case c.key.account != Account:
		return nil, refuse(http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::"+c.key.account+":user/"+c.key.user+
			" is not authorized to access this resource")
	}
	return z, nil
}

// pageSize is how many entries a page has: as many as asked for, and at most the limit.
func pageSize(query url.Values, limit int) (int, error) {
	text := query.Get("maxitems")
	if text == "" {
		return limit, nil
	}
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 {
		return 0, refuse(http.StatusBadRequest, "InvalidInput", "The value for MaxItems is not valid.")
	}
	return min(size, limit), nil
}
