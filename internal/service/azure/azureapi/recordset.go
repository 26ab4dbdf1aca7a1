package azureapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// object is a JSON object whose values stay as they were read.
type object map[string]json.RawMessage

// find returns the value of a property in any case, and the property's name as it is.
func (o object) find(property string) (name string, value json.RawMessage) {
	if value, there := o[property]; there {
		return property, value
	}
	for name, value := range o {
		if strings.EqualFold(name, property) {
			return name, value
		}
	}
	return property, nil
}

// text returns a property that is a text.
func (o object) text(property string) string {
	var text string
	_, value := o.find(property)
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}

// recordSet is a record set as it was read.
type recordSet struct {
	key  dns.SetKey
	etag string
	// name is the name relative to the zone, and "@" at the apex.
	name string
	// whole is the set, and properties what it has as its properties. Both lack what only Azure sets.
	whole, properties object
	ttl               uint32
	// values are the records as they were read, and records the same decoded. A set may be empty.
	values  []json.RawMessage
	records []dns.Record
	// special says what the set is if it must not be changed, after "is": "an alias of …". It is empty
	// for a set that can be changed.
	special string
}

// Properties of a set that lead elsewhere for its answers.
const (
	targetProperty  = "targetResource"
	profileProperty = "trafficManagementProfile"
)

// setByAzure are the properties that cannot be written.
var setByAzure = []string{"fqdn", "provisioningState"}

const typePrefix = "/dnszones/"

// newRecordSet decodes a record set. It returns nil for the SOA.
func newRecordSet(raw json.RawMessage, apex string) (*recordSet, error) {
	whole, properties := object{}, object{}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	of, inner := whole.find("properties")
	if err := json.Unmarshal(inner, &properties); err != nil {
		return nil, fmt.Errorf("a record set has no properties: %w", err)
	}
	s := &recordSet{name: whole.text("name"), etag: whole.text("etag"), whole: whole, properties: properties}
	longType := whole.text("type")
	at := strings.LastIndex(strings.ToLower(longType), typePrefix)
	if s.name == "" || s.etag == "" || at < 0 || len(longType) == at+len(typePrefix) {
		return nil, fmt.Errorf("a record set has no name, no type or no etag")
	}
	s.key = dns.SetKey{Name: absolute(s.name, apex), Type: strings.ToUpper(longType[at+len(typePrefix):])}
	if s.key.Type == "SOA" {
		return nil, nil
	}
	if _, ttl := properties.find("TTL"); ttl != nil {
		if err := json.Unmarshal(ttl, &s.ttl); err != nil {
			return nil, fmt.Errorf("%s %s: the TTL is no number: %w", s.key.Name, s.key.Type, err)
		}
	}
	delete(whole, of)
	for _, property := range []string{"id", "name", "type", "etag"} {
		name, _ := whole.find(property)
		delete(whole, name)
	}
	for _, property := range setByAzure {
		name, _ := properties.find(property)
		delete(properties, name)
	}
	if err := s.readValues(); err != nil {
		return nil, fmt.Errorf("%s %s: %w", s.key.Name, s.key.Type, err)
	}
	return s, nil
}

// absolute returns the full name of a set.
func absolute(name, apex string) string {
	if name == "@" {
		return apex
	}
	return dns.FoldName(name + "." + apex)
}

// relative returns the name of a set for the API.
func relative(name, apex string) string {
	if name == apex {
		return "@"
	}
	return strings.TrimSuffix(name, "."+apex)
}

// readValues decodes the records of a set.
func (s *recordSet) readValues() error {
	if s.readLinks() {
		return nil
	}
	form, known := wireTypes[s.key.Type]
	if !known {
		s.show(string(compact(s.properties)), "of a type that the provider does not know at Azure")
		return nil
	}
	_, raw := s.properties.find(form.property)
	switch {
	case isEmpty(raw):
		return nil
	case form.single:
		s.values = []json.RawMessage{raw}
	default:
		if err := json.Unmarshal(raw, &s.values); err != nil {
			return fmt.Errorf("%s is no list: %w", form.property, err)
		}
	}
	for _, value := range s.values {
		data, preference, err := form.decode(value)
		if err != nil {
			return fmt.Errorf("a record in %s cannot be read: %w", form.property, err)
		}
		r := dns.ShownRecord(s.key.Name, s.key.Type, data)
		r.Priority, r.TTL = preference, s.ttl
		s.records = append(s.records, r)
	}
	if form.readOnly {
		s.special = "of a type that the provider does not write at Azure"
	}
	return nil
}

// readLinks finds out whether Azure answers for the set with what another resource has. Such a set is
// shown as one record that says so. The links of an ordinary set are empty, and are dropped: a set
// that is written without them has none.
func (s *recordSet) readLinks() bool {
	for _, link := range []struct{ property, shown, reason string }{
		{targetProperty, "alias of", "an alias of the Azure resource %s"},
		{profileProperty, "answered by", "linked to the Traffic Manager profile %s"},
	} {
		name, raw := s.properties.find(link.property)
		if raw == nil {
			continue
		}
		if isEmpty(raw) {
			delete(s.properties, name)
			continue
		}
		to := object{}
		id := string(raw)
		if json.Unmarshal(raw, &to) == nil && to.text("id") != "" {
			id = to.text("id")
		}
		s.show(link.shown+" "+id, fmt.Sprintf(link.reason, id))
		return true
	}
	return false
}

// show makes the set one that is not changed, with one record that says what it is.
func (s *recordSet) show(value, reason string) {
	s.records = []dns.Record{{Name: s.key.Name, Type: s.key.Type, Value: value, TTL: s.ttl}}
	s.special = reason
}

// isEmpty is whether a property is missing, null, or an object or a list without anything in it.
func isEmpty(raw json.RawMessage) bool {
	text := string(bytes.TrimSpace(raw))
	if text == "" || text == "null" {
		return true
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return len(list) == 0
	}
	inner := object{}
	if json.Unmarshal(raw, &inner) != nil {
		return false
	}
	for _, value := range inner {
		if string(value) != "null" {
			return false
		}
	}
	return true
}

// written is the set with these records and this TTL, to be sent. Everything else in it stays as it
// was read.
func (s *recordSet) written(values []json.RawMessage, ttl uint32) json.RawMessage {
	whole, properties := object{}, object{}
	maps.Copy(whole, s.whole)
	maps.Copy(properties, s.properties)
	ttlName, _ := properties.find("TTL")
	properties[ttlName] = json.RawMessage(fmt.Sprint(ttl))
	form := wireTypes[s.key.Type]
	name, _ := properties.find(form.property)
	if form.single {
		properties[name] = values[0]
	} else {
		properties[name] = encode(values)
	}
	whole["properties"] = encode(properties)
	return encode(whole)
}

// encode writes JSON that is made of texts, numbers and JSON.
func encode(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic("azure: a record set that is no JSON: " + err.Error()) // it was read as JSON
	}
	return text
}

// compact writes an object on one line, for messages.
func compact(o object) json.RawMessage { return encode(o) }
