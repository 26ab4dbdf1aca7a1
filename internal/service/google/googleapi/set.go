package googleapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// recordSet is a record set of a zone, with all of its properties.
type recordSet struct {
	key dns.SetKey
	ttl uint32
	// values are the data as the service writes them, in its order.
	values []string
	// fields is the set as it was read, including properties that this package does not know. It is
	// nil for a new set.
	fields map[string]json.RawMessage
	// special says what the set is if it is not a plain one, after "is": "an ALIAS". It is empty for a
	// plain one.
	special string
}

// wireSet has the properties of a record set that this package knows. A set has either data or a
// routing policy.
type wireSet struct {
	Name          string          `json:"name"`
	Type          string          `json:"type"`
	TTL           uint32          `json:"ttl"`
	Rrdatas       []string        `json:"rrdatas"`
	RoutingPolicy json.RawMessage `json:"routingPolicy"`
}

// alias is the type of a set that the service answers with the addresses of another name.
const alias = "ALIAS"

// policies are the kinds of routing policies, by their property, and how messages call them.
var policies = []struct{ property, title string }{
	{"wrr", "weighted round robin"}, {"geo", "geolocation"}, {"primaryBackup", "failover"},
}

// newSet reads a record set.
func newSet(raw json.RawMessage) (*recordSet, error) {
	var w wireSet
	s := &recordSet{}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &s.fields); err != nil {
		return nil, err
	}
	s.key = dns.SetKey{Name: dns.FoldName(w.Name), Type: strings.ToUpper(w.Type)}
	s.ttl, s.values = w.TTL, w.Rrdatas
	if s.key.Name == "" || s.key.Type == "" {
		return nil, errors.New("a record set has no name or no type")
	}
	switch {
	case len(w.RoutingPolicy) > 0 && string(w.RoutingPolicy) != "null":
		s.special = "one with a routing policy"
		for _, p := range policies {
			var policy map[string]json.RawMessage
			if json.Unmarshal(w.RoutingPolicy, &policy) == nil && policy[p.property] != nil {
				s.special = "one with a routing policy (" + p.title + ")"
			}
		}
		s.values = routedValues(w.RoutingPolicy)
	case s.key.Type == alias:
		s.special = "an ALIAS, which Google Cloud DNS answers with the addresses of its target"
	case len(w.Rrdatas) == 0:
		s.special = "one without data of its own"
	}
	return s, nil
}

// routedValues returns the data that the items of a routing policy hold, each once, at whatever
// depth. Addresses of load balancers with health checks are not among them.
func routedValues(policy json.RawMessage) []string {
	var values []string
	var look func(node any)
	look = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(node)) {
				list, isList := node[key].([]any)
				if key != "rrdatas" || !isList {
					look(node[key])
					continue
				}
				for _, value := range list {
					if text, ok := value.(string); ok && !slices.Contains(values, text) {
						values = append(values, text)
					}
				}
			}
		case []any:
			for _, inner := range node {
				look(inner)
			}
		}
	}
	var root any
	if json.Unmarshal(policy, &root) == nil {
		look(root)
	}
	return values
}

// hidden are the types of records that the service makes itself.
var hidden = []string{"SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"}

// native is what a record of a snapshot needs to be changed: its data as the service writes them.
type native struct{ value string }

// noData stands for the data of a set that has none, such as one that routes to load balancers only.
const noData = "(decided by the DNS host)"

// records decodes a set. A set without data is one record, so that what is at the name can be seen.
func (s *recordSet) records() []dns.Record {
	values := s.values
	if len(values) == 0 {
		values = []string{noData}
	}
	records := make([]dns.Record, len(values))
	for i, value := range values {
		records[i] = decode(s.key, value)
		records[i].TTL, records[i].Native = s.ttl, native{value}
	}
	return records
}

// decode reads the data of a record.
func decode(key dns.SetKey, value string) dns.Record {
	switch key.Type {
	case "TXT":
		if text, err := mailrecord.UnquoteTXT(value); err == nil {
			value = text
		}
	case "MX":
		fields := strings.Fields(value)
		if len(fields) != 2 {
			break
		}
		if preference, err := strconv.ParseUint(fields[0], 10, 16); err == nil {
			r := dns.ShownRecord(key.Name, key.Type, fields[1])
			r.Priority = uint16(preference)
			return r
		}
	}
	return dns.ShownRecord(key.Name, key.Type, value)
}

// encode writes the data of a record.
func encode(r dns.Record) string {
	switch r.Type {
	case "TXT":
		return mailrecord.QuoteTXT(r.Value)
	case "MX":
		return fmt.Sprintf("%d %s", r.Priority, miekg.Fqdn(r.Value))
	case "CNAME", "NS", "PTR":
		return miekg.Fqdn(r.Value)
	}
	return r.Value
}

// asRead returns the set in the form in which the service has to get it to delete it.
func (s *recordSet) asRead() map[string]json.RawMessage { return s.fields }

// with returns the set with other data. What the service or others keep with the set stays, except
// signatures of the data that it had.
func (s *recordSet) with(values []string, ttl uint32) map[string]json.RawMessage {
	fields := maps.Clone(s.fields)
	if fields == nil {
		fields = map[string]json.RawMessage{
			"name": text(miekg.Fqdn(s.key.Name)),
			"type": text(s.key.Type),
		}
	}
	if string(fields["signatureRrdatas"]) != "[]" {
		delete(fields, "signatureRrdatas")
	}
	fields["ttl"] = json.RawMessage(strconv.FormatUint(uint64(ttl), 10))
	fields["rrdatas"] = encoded(values)
	return fields
}

func text(value string) json.RawMessage { return encoded(value) }

// encoded writes a value as JSON.
func encoded(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic("google: a value that is no JSON: " + err.Error()) // texts can always be encoded
	}
	return raw
}
