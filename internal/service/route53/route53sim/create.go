package route53sim

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// defaultNetwork is the network of private zones that were made without one.
const defaultNetwork = "vpc-0a1b2c3d"

// network is the virtual network that sees a private zone.
func (z *Zone) network() string { return cmp.Or(z.VPC, defaultNetwork) }

type createZoneDocument struct {
	XMLName     xml.Name     `xml:"CreateHostedZoneResponse"`
	Namespace   string       `xml:"xmlns,attr"`
	Zone        zoneResult   `xml:"HostedZone"`
	Change      changeResult `xml:"ChangeInfo"`
	NameServers []string     `xml:"DelegationSet>NameServers>NameServer"`
}

// createZone is CreateHostedZone. The name may be that of a zone which exists: only the reference of
// the caller has to be new. A network has one private zone of a name.
func (s *Service) createZone(c *call) (answer, error) {
	var request struct {
		Name            string
		CallerReference string
		Comment         string `xml:"HostedZoneConfig>Comment"`
		Private         bool   `xml:"HostedZoneConfig>PrivateZone"`
		VPC             string `xml:"VPC>VPCId"`
		DelegationSet   string `xml:"DelegationSetId"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	name, err := dns.Canonical(request.Name)
	if err != nil || !strings.Contains(name, ".") {
		return answer{}, refuse(http.StatusBadRequest, "InvalidDomainName", request.Name+" is not a valid domain name.")
	}
	if request.CallerReference == "" {
		return answer{}, refuse(http.StatusBadRequest, "InvalidInput", "The caller reference has to be set.")
	}
	if request.DelegationSet != "" {
		// The service has no delegation sets that several zones use.
		return answer{}, refuse(http.StatusBadRequest, "NoSuchDelegationSet", "A reusable delegation set with the specified ID does not exist.")
	}
	if c.key.account != Account {
		return answer{}, refuse(http.StatusBadRequest, "TooManyHostedZones", "The account may have no hosted zones.")
	}
	document := createZoneDocument{Namespace: namespace}
	err = s.update(func(st *State) error {
		if find(st.Zones, func(z *Zone) bool { return z.CallerReference == request.CallerReference }) != nil {
			return refuse(http.StatusConflict, "HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.")
		}
		private := request.Private || request.VPC != ""
		if private && find(st.Zones, func(z *Zone) bool {
			return z.Private && z.Name == stored(name) && z.network() == cmp.Or(request.VPC, defaultNetwork)
		}) != nil {
			return refuse(http.StatusBadRequest, "ConflictingDomainExists", "The VPC is associated with another private hosted zone of the same name already.")
		}
		z := st.addZone(stored(name))
		z.CallerReference, z.Comment, z.Private, z.VPC = request.CallerReference, request.Comment, private, request.VPC
		document.Zone, document.NameServers = z.show(), slices.Clone(z.NameServers)
		document.Change = st.addChange(s.now(), c.behaviour.pending).show(s.now())
		return nil
	})
	return answer{status: http.StatusCreated, location: "/" + version + document.Zone.ID, document: document}, err
}

type deleteZoneDocument struct {
	XMLName   xml.Name     `xml:"DeleteHostedZoneResponse"`
	Namespace string       `xml:"xmlns,attr"`
	Change    changeResult `xml:"ChangeInfo"`
}

// deleteZone is DeleteHostedZone. Only the SOA and the NS records of the apex go with the zone.
func (s *Service) deleteZone(c *call) (answer, error) {
	document := deleteZoneDocument{Namespace: namespace}
	err := s.update(func(st *State) error {
		z, err := c.zone(st)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(z.Sets, func(set *Set) bool { return set.Name != z.Name || set.Type != "SOA" && set.Type != "NS" }) {
			return refuse(http.StatusBadRequest, "HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets  and so cannot be deleted.")
		}
		st.Zones = slices.DeleteFunc(st.Zones, func(other *Zone) bool { return other == z })
		document.Change = st.addChange(s.now(), c.behaviour.pending).show(s.now())
		return nil
	})
	return answer{document: document}, err
}
