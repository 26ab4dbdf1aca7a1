package route53sim

import (
	"fmt"
	"slices"
	"strings"
)

// Set is a record set, as the API writes it.
type Set struct {
	Name                 string        `xml:"Name" json:"name"`
	Type                 string        `xml:"Type" json:"type"`
	SetIdentifier        string        `xml:"SetIdentifier,omitempty" json:"set_identifier,omitempty"`
	Weight               *int64        `xml:"Weight" json:"weight,omitempty"`
	Region               string        `xml:"Region,omitempty" json:"region,omitempty"`
	GeoLocation          *GeoLocation  `xml:"GeoLocation" json:"geo_location,omitempty"`
	Failover             string        `xml:"Failover,omitempty" json:"failover,omitempty"`
	MultiValueAnswer     *bool         `xml:"MultiValueAnswer" json:"multi_value_answer,omitempty"`
	TTL                  *int64        `xml:"TTL" json:"ttl,omitempty"`
	Values               []Value       `xml:"ResourceRecords>ResourceRecord,omitempty" json:"values,omitempty"`
	AliasTarget          *AliasTarget  `xml:"AliasTarget" json:"alias_target,omitempty"`
	HealthCheckID        string        `xml:"HealthCheckId,omitempty" json:"health_check_id,omitempty"`
	TrafficPolicyID      string        `xml:"TrafficPolicyInstanceId,omitempty" json:"traffic_policy_instance_id,omitempty"`
	CidrRoutingConfig    *CidrLocation `xml:"CidrRoutingConfig" json:"cidr_routing_config,omitempty"`
	GeoProximityLocation *GeoProximity `xml:"GeoProximityLocation" json:"geo_proximity_location,omitempty"`
}

// Value is one value of a set, as it was typed.
type Value struct {
	Value string `xml:"Value" json:"value"`
}

// AliasTarget is what an alias stands for.
type AliasTarget struct {
	HostedZoneID         string `xml:"HostedZoneId" json:"hosted_zone_id"`
	DNSName              string `xml:"DNSName" json:"dns_name"`
	EvaluateTargetHealth bool   `xml:"EvaluateTargetHealth" json:"evaluate_target_health"`
}

// GeoLocation is where those are whom a set answers.
type GeoLocation struct {
	ContinentCode   string `xml:"ContinentCode,omitempty" json:"continent_code,omitempty"`
	CountryCode     string `xml:"CountryCode,omitempty" json:"country_code,omitempty"`
	SubdivisionCode string `xml:"SubdivisionCode,omitempty" json:"subdivision_code,omitempty"`
}

// CidrLocation is the networks of those whom a set answers.
type CidrLocation struct {
	CollectionID string `xml:"CollectionId" json:"collection_id"`
	LocationName string `xml:"LocationName" json:"location_name"`
}

// GeoProximity is the place of a resource, for those who are nearest to it.
type GeoProximity struct {
	AWSRegion string `xml:"AWSRegion,omitempty" json:"aws_region,omitempty"`
	Bias      *int64 `xml:"Bias" json:"bias,omitempty"`
}

// policy is the routing policy of a set; empty for a simple one.
func (s *Set) policy() string {
	switch {
	case s.Weight != nil:
		return "weighted"
	case s.Region != "":
		return "latency"
	case s.Failover != "":
		return "failover"
	case s.GeoLocation != nil:
		return "geolocation"
	case s.GeoProximityLocation != nil:
		return "geoproximity"
	case s.CidrRoutingConfig != nil:
		return "IP-based"
	case s.MultiValueAnswer != nil:
		return "multivalue"
	}
	return ""
}

// kind describes a set that is not a plain one, for people; empty for a plain one.
func (s *Set) kind() string {
	switch {
	case s.AliasTarget != nil:
		return strings.TrimSpace(s.policy() + " alias of " + s.AliasTarget.DNSName)
	case s.TrafficPolicyID != "":
		return "traffic policy"
	case s.policy() != "":
		return s.policy() + " " + s.SetIdentifier
	case s.HealthCheckID != "":
		return "health check " + s.HealthCheckID
	}
	return ""
}

// same reports whether two sets are the same in all that a deletion has to name. Values are compared as
// they were typed, in any order.
func (s *Set) same(other *Set) bool {
	return fmt.Sprint(s.comparable()...) == fmt.Sprint(other.comparable()...) && slices.Equal(s.texts(), other.texts())
}

func (s *Set) comparable() []any {
	return []any{
		pointed(s.TTL), "|", pointed(s.Weight), "|", s.Region, "|", pointed(s.GeoLocation), "|", s.Failover, "|", pointed(s.MultiValueAnswer), "|",
		pointed(s.AliasTarget), "|", s.HealthCheckID, "|", pointed(s.CidrRoutingConfig), "|", s.GeoProximityLocation != nil,
	}
}

// texts are the values, sorted.
func (s *Set) texts() []string {
	texts := make([]string, len(s.Values))
	for i, value := range s.Values {
		texts[i] = value.Value
	}
	slices.Sort(texts)
	return texts
}

func pointed[T any](p *T) any {
	if p == nil {
		return "-"
	}
	return *p
}

// sameKey reports whether two sets have one name, type and identifier.
func (s *Set) sameKey(other *Set) bool {
	return s.Name == other.Name && s.Type == other.Type && s.SetIdentifier == other.SetIdentifier
}

// stored is a name as the API keeps it: in lower case, with a dot at its end, and with all but
// letters, digits, "-", "_" and "." in octal. Escapes stay.
func stored(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, ".")) + "."
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '\\' && i+3 < len(name):
			b.WriteString(name[i : i+4])
			i += 3
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\%03o", c)
		}
	}
	return b.String()
}
