// Package domainconnect reads Domain Connect templates, in which services describe the DNS records
// that they need, and turns them into records of a domain. It follows the Domain Connect
// specification, version 2.3. It makes no calls.
//
// It covers what the records of a domain are. What happens to records that are in the zone already
// is left to whoever publishes them, and so the template's rules of conflicts have no effect
// (txtConflictMatchingMode, essential, multiInstance), nor have TTLs and signatures.
package domainconnect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// maxRecords limits the work for templates of strangers. Those of services have some dozens.
const maxRecords = 1000

// Template is a Domain Connect template.
type Template struct {
	// HostRequired says that the template is for a name below a domain, and not for a domain.
	HostRequired bool
	// Records are the records in their order.
	Records []TemplateRecord
}

// TemplateRecord is a record of a template. Its texts may have variables in them. Fields that its
// type does not have are ignored.
type TemplateRecord struct {
	Type     string `json:"type"`
	Group    string `json:"groupId"`
	Host     Text   `json:"host"`
	PointsTo Text   `json:"pointsTo"`
	Data     Text   `json:"data"`
	TTL      Text   `json:"ttl"`
	Priority Text   `json:"priority"` // of MX and SRV
	SPFRules Text   `json:"spfRules"` // of SPFM

	// The fields of SRV, which has Name instead of Host.
	Name     Text `json:"name"`
	Service  Text `json:"service"`
	Protocol Text `json:"protocol"`
	Weight   Text `json:"weight"`
	Port     Text `json:"port"`
	Target   Text `json:"target"`
}

// Text is a string of a template, or a number as it is written.
type Text struct {
	value string
	given bool // whether the template has it
}

// String returns the text, with its variables; "" if the template does not have it.
func (t Text) String() string { return t.value }

// UnmarshalJSON reads a string or a number.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var value string
	var number json.Number
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil
	case json.Unmarshal(raw, &value) == nil:
	case json.Unmarshal(raw, &number) == nil:
		value = number.String()
	default:
		return fmt.Errorf("a string or a number is needed, and not %.20s", raw)
	}
	*t = Text{value: value, given: true}
	return nil
}

// Parse reads a template from JSON.
func Parse(source string) (Template, error) {
	source = strings.TrimPrefix(source, "\ufeff") // a byte order mark
	trimmed := strings.TrimSpace(source)
	switch {
	case trimmed == "":
		return Template{}, errors.New("it is empty")
	case strings.HasPrefix(trimmed, "<"):
		return Template{}, errors.New("it is HTML and not JSON; take the file itself, and not the page that shows it")
	}
	var parsed struct {
		HostRequired bool              `json:"hostRequired"`
		Records      []json.RawMessage `json:"records"`
	}
	if err := json.Unmarshal([]byte(trimmed), &parsed); err != nil {
		return Template{}, fmt.Errorf("it is not the JSON of a Domain Connect template: %w", plainJSON(err))
	}
	if len(parsed.Records) == 0 {
		return Template{}, errors.New("it is not a Domain Connect template: it has no records")
	}
	if len(parsed.Records) > maxRecords {
		return Template{}, fmt.Errorf("it has %d records, and at most %d are read", len(parsed.Records), maxRecords)
	}
	template := Template{HostRequired: parsed.HostRequired}
	for i, raw := range parsed.Records {
		var r TemplateRecord
		if err := json.Unmarshal(raw, &r); err != nil {
			return Template{}, fmt.Errorf("record %d: %w", i+1, plainJSON(err))
		}
		r.Type = strings.ToUpper(r.Type)
		if r.Type == "" {
			return Template{}, fmt.Errorf("record %d has no type", i+1)
		}
		template.Records = append(template.Records, r)
	}
	return template, nil
}

// plainJSON says what has the wrong type, without the words of Go.
func plainJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	needed := map[reflect.Kind]string{reflect.Struct: "an object", reflect.Slice: "a list", reflect.Bool: "true or false", reflect.String: "a string"}[wrong.Type.Kind()]
	found := cmp.Or(map[string]string{"array": "a list", "object": "an object", "number": "a number", "string": "a string", "bool": "true or false"}[wrong.Value], wrong.Value)
	if wrong.Field == "" {
		return fmt.Errorf("%s is needed, and this is %s", needed, found)
	}
	return fmt.Errorf("%s: %s is needed, and this is %s", wrong.Field, needed, found)
}

// Groups returns the groups of the template, sorted.
func (t Template) Groups() []string {
	var groups []string
	for _, r := range t.Records {
		if r.Group != "" {
			groups = append(groups, r.Group)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// host returns the name of the record as the template has it.
func (r TemplateRecord) host() string {
	if r.Type == "SRV" {
		return r.Name.value
	}
	return r.Host.value
}

// place is the name of the record in one spelling, in which "@" is what the template is applied to.
func (r TemplateRecord) place() string {
	switch host := r.host(); host {
	case "", "@", "%fqdn%.":
		return "@"
	default:
		return host
	}
}

// label names the record in messages. index counts from 0.
func (r TemplateRecord) label(index int) string {
	label := fmt.Sprintf("record %d (%s at %s", index+1, r.Type, r.place())
	if r.Group != "" {
		label += fmt.Sprintf(", group %q", r.Group)
	}
	return label + ")"
}
