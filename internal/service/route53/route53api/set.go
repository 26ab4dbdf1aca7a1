package route53api

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	miekg "github.com/miekg/dns"

	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// set is a record set as it was read.
type set struct {
	// raw is what Route 53 answered, with all properties and with the values as they were typed.
	raw types.ResourceRecordSet
	key hosted.SetKey
	// special says what the set is if it is not a plain one, after "is": "an alias of …".
	special string
}

// member is a record's place in its set. It is the Native of each record.
type member struct {
	set   *set
	index int // of the value; -1 for an alias, which has none
}

// zoneSets are the sets of a zone, the Native of a snapshot. Several special sets can have one key.
type zoneSets map[hosted.SetKey][]*set

// newSet decodes a set.
func newSet(raw types.ResourceRecordSet) (*set, bool) {
	if aws.ToString(raw.Name) == "" || raw.Type == "" {
		return nil, false
	}
	return &set{
		raw:     raw,
		key:     hosted.SetKey{Name: hosted.FoldName(plainName(*raw.Name)), Type: strings.ToUpper(string(raw.Type))},
		special: special(&raw),
	}, true
}

// special says what a set is that is not a plain one. Such a set serves a purpose of its own: Route 53
// chooses its answer, or takes it from elsewhere.
func special(raw *types.ResourceRecordSet) string {
	if raw.AliasTarget != nil {
		return "an alias of " + strings.TrimSuffix(aws.ToString(raw.AliasTarget.DNSName), ".") + identified(raw)
	}
	kind := ""
	switch {
	case raw.TrafficPolicyInstanceId != nil:
		return "made by a traffic policy (instance " + *raw.TrafficPolicyInstanceId + ")"
	case raw.Weight != nil:
		kind = fmt.Sprintf("one of several sets by weight (%d)", *raw.Weight)
	case raw.Region != "":
		kind = fmt.Sprintf("one of several sets by latency (%s)", raw.Region)
	case raw.Failover != "":
		kind = fmt.Sprintf("one of two sets for failover (%s)", raw.Failover)
	case raw.GeoLocation != nil, raw.GeoProximityLocation != nil:
		kind = "one of several sets by place"
	case raw.CidrRoutingConfig != nil:
		kind = "one of several sets by address of the asker"
	case raw.MultiValueAnswer != nil:
		kind = "one of several sets with a multivalue answer"
	case raw.SetIdentifier != nil:
		kind = "one of several sets with a routing policy"
	case raw.HealthCheckId != nil:
		kind = "answered depending on the health check " + *raw.HealthCheckId
	case len(raw.ResourceRecords) == 0:
		kind = "of a kind that has no values"
	}
	if kind == "" {
		return ""
	}
	return kind + identified(raw)
}

func identified(raw *types.ResourceRecordSet) string {
	if raw.SetIdentifier == nil {
		return ""
	}
	return fmt.Sprintf(" with the identifier %q", *raw.SetIdentifier)
}

// records decodes the records of a set. An alias is one record without a TTL.
func (s *set) records() []hosted.Record {
	if s.raw.AliasTarget != nil {
		return []hosted.Record{s.alias()}
	}
	records := make([]hosted.Record, len(s.raw.ResourceRecords))
	for i, value := range s.raw.ResourceRecords {
		r := decoded(s.key, aws.ToString(value.Value))
		r.TTL, r.Native = uint32(aws.ToInt64(s.raw.TTL)), &member{s, i} //nolint:gosec // the API's maximum is 2^31-1
		records[i] = r
	}
	return records
}

// alias is the record that an alias is shown as. One for addresses is an ALIAS, so that it counts as
// having addresses. One of another type keeps the type.
func (s *set) alias() hosted.Record {
	recordType := s.key.Type
	if recordType == "A" || recordType == "AAAA" {
		recordType = "ALIAS"
	}
	r := hosted.ShownRecord(s.key.Name, recordType, plainName(strings.TrimSuffix(aws.ToString(s.raw.AliasTarget.DNSName), ".")))
	r.Native = &member{s, -1}
	return r
}

// decoded reads a value of a set.
func decoded(key hosted.SetKey, value string) hosted.Record {
	switch key.Type {
	case "TXT":
		if text, err := unquote(value); err == nil {
			value = text
		}
	case "MX":
		if rr, err := miekg.NewRR(". 0 IN MX " + value); err == nil && rr != nil {
			mx := rr.(*miekg.MX)
			r := hosted.ShownRecord(key.Name, key.Type, shownTarget(mx.Mx))
			r.Priority = mx.Preference
			return r
		}
	}
	return hosted.ShownRecord(key.Name, key.Type, value)
}

// shownTarget is a host without its final dot, except the single dot that means none.
func shownTarget(host string) string {
	if host == hosted.NullTarget {
		return host
	}
	return strings.TrimSuffix(host, ".")
}

// encoded writes the value of a record.
func encoded(r hosted.Record) string {
	switch r.Type {
	case "TXT":
		return quote(r.Value)
	case "MX":
		return fmt.Sprintf("%d %s", r.Priority, miekg.Fqdn(r.Value))
	case "CNAME", "NS", "PTR":
		return miekg.Fqdn(r.Value)
	}
	return r.Value
}
