package azuresim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Limits of a record set.
const (
	maxRecords = 20
	maxText    = 4096 // of all TXT records of a set
	maxString  = 255
	maxTTL     = 1<<31 - 1
)

const (
	targetProperty  = "targetResource"
	profileProperty = "trafficManagementProfile"
)

// links are the properties by which other resources answer for a set.
var links = []string{targetProperty, profileProperty}

// entry is a record of a set with all fields that a type can have.
type entry struct {
	IPv4Address string   `json:"ipv4Address"`
	IPv6Address string   `json:"ipv6Address"`
	CNAME       string   `json:"cname"`
	Nsdname     string   `json:"nsdname"`
	Ptrdname    string   `json:"ptrdname"`
	Preference  *int     `json:"preference"`
	Exchange    string   `json:"exchange"`
	Priority    *int     `json:"priority"`
	Weight      *int     `json:"weight"`
	Port        *int     `json:"port"`
	Target      string   `json:"target"`
	Flags       any      `json:"flags"`
	Tag         string   `json:"tag"`
	Value       any      `json:"value"`
	Usage       int      `json:"usage"`
	Selector    int      `json:"selector"`
	Matching    int      `json:"matchingType"`
	Association string   `json:"certAssociationData"`
	KeyTag      int      `json:"keyTag"`
	Algorithm   int      `json:"algorithm"`
	Digest      digest   `json:"digest"`
	Order       int      `json:"order"`
	Services    string   `json:"services"`
	Regexp      string   `json:"regexp"`
	Replacement string   `json:"replacement"`
	Host        string   `json:"host"`
	strings     []string // of TXT
}

type digest struct {
	AlgorithmType int    `json:"algorithmType"`
	Value         string `json:"value"`
}

// form is how the API has records of a type.
type form struct {
	property string
	single   bool
	newer    bool // the older version does not know it
	// data returns a record in presentation format. Its error continues a sentence.
	data func(e *entry) (string, error)
}

var types = map[string]form{
	"A":     {property: "ARecords", data: func(e *entry) (string, error) { return address(e.IPv4Address, true) }},
	"AAAA":  {property: "AAAARecords", data: func(e *entry) (string, error) { return address(e.IPv6Address, false) }},
	"CNAME": {property: "CNAMERecord", single: true, data: func(e *entry) (string, error) { return host(e.CNAME) }},
	"NS":    {property: "NSRecords", data: func(e *entry) (string, error) { return host(e.Nsdname) }},
	"PTR":   {property: "PTRRecords", data: func(e *entry) (string, error) { return host(e.Ptrdname) }},
	"TXT":   {property: "TXTRecords", data: (*entry).text},
	"MX":    {property: "MXRecords", data: (*entry).mail},
	"SRV":   {property: "SRVRecords", data: (*entry).srv},
	"CAA":   {property: "caaRecords", data: (*entry).caa},
	"SOA":   {property: "SOARecord", single: true, data: func(*entry) (string, error) { return "", nil }},
	"TLSA": {property: "TLSARecords", newer: true, data: func(e *entry) (string, error) {
		return fmt.Sprintf("%d %d %d %s", e.Usage, e.Selector, e.Matching, e.Association), nil
	}},
	"DS": {property: "DSRecords", newer: true, data: func(e *entry) (string, error) {
		return fmt.Sprintf("%d %d %d %s", e.KeyTag, e.Algorithm, e.Digest.AlgorithmType, e.Digest.Value), nil
	}},
	"NAPTR": {property: "NAPTRRecords", newer: true, data: func(e *entry) (string, error) {
		quoted := func(text any) string { return `"` + strings.Trim(fmt.Sprint(text), `"`) + `"` }
		preference := 0
		if e.Preference != nil {
			preference = *e.Preference
		}
		return fmt.Sprintf("%d %d %s %s %s %s", e.Order, preference, quoted(e.Flags), quoted(e.Services), quoted(e.Regexp), miekg.Fqdn(e.Replacement)), nil
	}},
}

// canonicalProperty is a property in the case that Azure answers with.
func canonicalProperty(name string) string {
	for _, known := range []string{"TTL", "metadata", targetProperty, profileProperty} {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	for _, form := range types {
		if strings.EqualFold(form.property, name) {
			return form.property
		}
	}
	return name
}

// validate checks a set that is to be stored, and drops what cannot be written.
func (z *Zone) validate(s *Set) error {
	form := types[s.Type]
	delete(s.Properties, "fqdn")
	delete(s.Properties, "provisioningState")
	for _, link := range links {
		if linked(s.Properties[link]) == "" {
			delete(s.Properties, link)
		}
	}
	if err := z.validateName(s); err != nil {
		return err
	}
	var ttl int64
	if json.Unmarshal(s.Properties["TTL"], &ttl) != nil || ttl < 1 || ttl > maxTTL {
		return badRequest("The value '%s' for the 'TTL' property is not valid. It has to be a number from 1 to %d.", s.Properties["TTL"], maxTTL)
	}
	entries, err := s.entries()
	if err != nil {
		return badRequest("The property '%s' is invalid.", form.property)
	}
	for name := range s.Properties {
		for other, of := range types {
			if of.property == name && other != s.Type {
				return badRequest("The property '%s' is not allowed in a record set of type '%s'.", name, s.Type)
			}
		}
	}
	if alias := linked(s.Properties[targetProperty]) + linked(s.Properties[profileProperty]); alias != "" {
		if len(entries) > 0 || s.Type != "A" && s.Type != "AAAA" && s.Type != "CNAME" {
			return badRequest("A record set of type '%s' cannot have both records and a reference to another resource.", s.Type)
		}
	}
	if s.Properties[form.property] == nil && !form.single {
		s.Properties[form.property] = json.RawMessage("[]")
	}
	return s.validateEntries(form, entries, cmp.Or(z.MaxRecords, maxRecords))
}

func (z *Zone) validateName(s *Set) error {
	name := s.Name + "." + z.Name
	if s.Name == "@" {
		name = z.Name
	}
	if _, err := dns.Canonical(name); err != nil {
		return badRequest("The record set name '%s' is invalid.", s.Name)
	}
	if s.Type == "CNAME" && s.Name == "@" {
		return badRequest("A record set of type 'CNAME' cannot be created at the zone apex.")
	}
	if s.Type == "SOA" && s.Name != "@" {
		return badRequest("Record sets of type 'SOA' can only exist with name '@'.")
	}
	for _, other := range z.Sets {
		switch {
		case other.Name != s.Name || other.Type == s.Type:
		case s.Type == "CNAME":
			return dnsError(http.StatusConflict, "Conflict", "The CNAME record could not be created because another record with the same name already exists in this zone.")
		case other.Type == "CNAME":
			return dnsError(http.StatusConflict, "Conflict", "The record could not be created because a CNAME record with the same name already exists in this zone.")
		}
	}
	return nil
}

func (s *Set) validateEntries(form form, entries []*entry, most int) error {
	if len(entries) > most {
		return badRequest("The record set has %d records, which exceeds the maximum of %d.", len(entries), most)
	}
	total := 0
	seen := map[string]bool{}
	for _, e := range entries {
		data, err := form.data(e)
		if err != nil {
			return badRequest("A record of type '%s' is invalid: %s.", s.Type, err)
		}
		if seen[data] {
			return badRequest("The list of record sets of type '%s' may not contain multiple entries with the same 'value'.", s.Type)
		}
		seen[data] = true
		for _, text := range e.strings {
			total += len(text)
		}
	}
	if total > maxText {
		return badRequest("The total length of the strings in the TXT record set is %d, which exceeds the maximum of %d.", total, maxText)
	}
	return nil
}

// entries decodes the records of a set.
func (s *Set) entries() ([]*entry, error) {
	form := types[s.Type]
	raw := s.Properties[form.property]
	if raw == nil || string(raw) == "null" {
		return nil, nil
	}
	if !form.single {
		var list []*entry
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	e := &entry{}
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, err
	}
	return []*entry{e}, nil
}

// linked is the ID of the resource that a property leads to; "" if there is none.
func linked(raw json.RawMessage) string {
	var to struct{ ID string }
	if raw == nil || json.Unmarshal(raw, &to) != nil {
		return ""
	}
	return to.ID
}

func address(text string, four bool) (string, error) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || addr.Is4() != four {
		return "", fmt.Errorf("the value '%s' is not an address of this type", text)
	}
	return addr.String(), nil
}

func host(name string) (string, error) {
	canonical, err := dns.Canonical(name)
	if err != nil {
		return "", fmt.Errorf("the domain name '%s' is invalid", name)
	}
	return miekg.Fqdn(canonical), nil
}

// text reads the strings of a TXT record.
func (e *entry) text() (string, error) {
	list, _ := e.Value.([]any)
	joined := ""
	e.strings = nil
	for _, part := range list {
		text, is := part.(string)
		if !is || len(text) > maxString {
			return "", fmt.Errorf("a string of a TXT record has at most %d characters", maxString)
		}
		e.strings = append(e.strings, text)
		joined += text
	}
	if joined == "" {
		return "", fmt.Errorf("a TXT record cannot be empty")
	}
	var quoted []string
	for _, text := range e.strings {
		quoted = append(quoted, mailrecord.QuoteTXT(text))
	}
	return strings.Join(quoted, " "), nil
}

func (e *entry) mail() (string, error) {
	if e.Preference == nil || *e.Preference < 0 || *e.Preference > 65535 {
		return "", fmt.Errorf("the preference is not a number from 0 to 65535")
	}
	exchange, err := host(e.Exchange)
	return fmt.Sprintf("%d %s", *e.Preference, exchange), err
}

func (e *entry) srv() (string, error) {
	data := ""
	for _, number := range []*int{e.Priority, e.Weight, e.Port} {
		if number == nil || *number < 0 || *number > 65535 {
			return "", fmt.Errorf("priority, weight and port are numbers from 0 to 65535")
		}
		data += fmt.Sprintf("%d ", *number)
	}
	if e.Target == "." {
		return data + ".", nil
	}
	target, err := host(e.Target)
	return data + target, err
}

func (e *entry) caa() (string, error) {
	value, isText := e.Value.(string)
	flags, isNumber := e.Flags.(float64)
	if !isText || !isNumber || e.Tag == "" || flags < 0 || flags > 255 {
		return "", fmt.Errorf("flags, tag and value are required")
	}
	return fmt.Sprintf("%d %s %s", int(flags), e.Tag, mailrecord.QuoteTXT(value)), nil
}
