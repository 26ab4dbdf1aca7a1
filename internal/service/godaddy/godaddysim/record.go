package godaddysim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"
)

// Limits of the API.
const (
	minTTL, maxTTL, defaultTTL = 600, 86400, 3600
	// maxDataV3 is the most characters in the data of a record that v3 creates. For v1 no limit is
	// documented.
	maxDataV3 = 512
)

// codeDuplicate is the API's code for a record that exists already, and for one that conflicts with
// others of its name.
const codeDuplicate = "DUPLICATE_RECORD"

// systemTypes are the types whose records at the apex are GoDaddy's own.
var systemTypes = []string{"SOA", "NS"}

// types are those that each version accepts. Each version shows the records of all types.
var types = map[version][]string{
	v1: {"A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"},
	v3: {"A", "AAAA", "ALIAS", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"},
}

// Record is one record, as both versions write it; v1 leaves the ID out. A leftover has no Data.
type Record struct {
	ID       string `json:"recordId,omitempty"`
	Name     string `json:"name"` // relative, "@" at the apex
	Type     string `json:"type"`
	Data     string `json:"data"` // of TXT records the bare text, of MX, CNAME and SRV the host
	TTL      int    `json:"ttl"`
	Priority *int   `json:"priority,omitempty"` // of MX and SRV
	Weight   *int   `json:"weight,omitempty"`   // this and the following: of SRV
	Port     *int   `json:"port,omitempty"`
	Service  string `json:"service,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	Flag     *int   `json:"flag,omitempty"` // this and the following: of CAA
	Tag      string `json:"tag,omitempty"`
}

// draft is a record in a request.
type draft struct {
	Record
	TTL *int `json:"ttl"`
}

// decode reads a request's body; path is the API's name for all of it in errors.
func (c *call) decode(path string, into any) error {
	err := json.NewDecoder(http.MaxBytesReader(nil, c.Body, 1<<20)).Decode(into)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		expected := wrongType.Type.Kind().String()
		switch wrongType.Type.Kind() {
		case reflect.Slice:
			expected = "array"
		case reflect.Struct:
			expected = "object"
		}
		if wrongType.Field != "" {
			path += "." + wrongType.Field
		}
		return c.invalid(issue{code: "UNEXPECTED_TYPE", path: path, message: "is not a " + expected})
	}
	if err != nil {
		return &refusal{status: http.StatusBadRequest, code: "BAD_REQUEST", message: "The body is not JSON"}
	}
	return nil
}

// complete converts a draft to a record, or returns what is wrong with it.
func (d draft) complete(c *call, path string) (Record, []issue) {
	r := d.Record
	r.ID, r.TTL, r.Type = "", defaultTTL, strings.ToUpper(r.Type)
	var issues []issue
	complain := func(field, code, message string) {
		issues = append(issues, issue{code: code, path: path + field, message: message})
	}
	switch {
	case d.TTL != nil:
		r.TTL = *d.TTL
	case c.version == v3:
		complain("ttl", "MISSING_VALUE", "is required")
	}
	if r.TTL < minTTL || r.TTL > maxTTL {
		complain("ttl", "VALUE_OUT_OF_RANGE", fmt.Sprintf("is not between %d and %d", minTTL, maxTTL))
	}
	if !slices.Contains(types[c.version], r.Type) {
		complain("type", "INVALID_VALUE_ENUM", fmt.Sprintf("is not any of: %s", strings.Join(types[c.version], ", ")))
	}
	if !isRecordName(r.Name) {
		complain("name", "MISMATCH_FORMAT", "does not conform to the 'domain' format")
	}
	if code, message := r.checkData(c.version); code != "" {
		complain("data", code, message)
	}
	numbers := map[string]*int{}
	switch r.Type {
	case "MX":
		numbers["priority"] = r.Priority
	case "SRV":
		numbers["priority"], numbers["weight"], numbers["port"] = r.Priority, r.Weight, r.Port
		if !strings.HasPrefix(r.Service, "_") {
			complain("service", "MISMATCH_FORMAT", "does not begin with an underscore")
		}
		if !strings.HasPrefix(r.Protocol, "_") {
			complain("protocol", "MISMATCH_FORMAT", "does not begin with an underscore")
		}
	case "CAA":
		if r.Tag == "" {
			complain("tag", "MISSING_VALUE", "is required")
		}
	}
	for _, field := range []string{"priority", "weight", "port"} {
		number, wanted := numbers[field]
		if wanted && number == nil {
			complain(field, "MISSING_VALUE", "is required")
		} else if wanted && (*number < 0 || *number > 65535) {
			complain(field, "VALUE_OUT_OF_RANGE", "is not between 0 and 65535")
		}
	}
	return r, issues
}

// checkData says what is wrong with the data of a record; code is empty if it is right.
func (r Record) checkData(version version) (code, message string) {
	switch {
	case r.Data == "":
		return "MISSING_VALUE", "is required"
	case version == v3 && len([]rune(r.Data)) > maxDataV3:
		return "VALUE_TOO_LONG", fmt.Sprintf("has more than %d characters", maxDataV3)
	}
	switch r.Type {
	case "A", "AAAA":
		address, err := netip.ParseAddr(r.Data)
		if err != nil || address.Is4() != (r.Type == "A") {
			return "MISMATCH_FORMAT", "is not an address of this type"
		}
	case "CNAME", "MX", "NS", "SRV", "ALIAS":
		if target := strings.TrimSuffix(r.Data, "."); r.Data != "@" && target != "" && !isRecordName(target) {
			return "MISMATCH_FORMAT", "is not a host name"
		}
	}
	return "", ""
}

// isRecordName is whether a record can have this name: "@", or labels below the apex, the first of
// which may be a wildcard.
func isRecordName(name string) bool {
	if name == "@" {
		return true
	}
	for i, label := range strings.Split(strings.ToLower(name), ".") {
		if i == 0 && label == "*" {
			continue
		}
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(name) <= 253
}

// is is whether the record belongs to a record set. An empty name stands for all names, an empty
// type for all types.
func (r Record) is(recordType, name string) bool {
	return (recordType == "" || strings.EqualFold(r.Type, recordType)) && (name == "" || strings.EqualFold(r.Name, name))
}

// system is whether the record is GoDaddy's own, which nobody can change.
func (r Record) system() bool { return r.Name == "@" && slices.Contains(systemTypes, r.Type) }

// clashes is whether two records cannot both exist: a CNAME stands alone at its name, and nothing
// exists twice, whatever the TTL.
func (r Record) clashes(other Record) bool {
	switch {
	case !strings.EqualFold(r.Name, other.Name) || other.Data == "":
		return false
	case r.Type == "CNAME" || other.Type == "CNAME":
		return true
	}
	r.ID, r.Name, r.TTL = other.ID, other.Name, other.TTL
	return reflect.DeepEqual(r, other)
}

// clash refuses a record that conflicts with existing ones.
func (c *call) clash(r Record, beside []Record) error {
	for _, other := range beside {
		if r.clashes(other) {
			return c.invalid(issue{code: codeDuplicate, path: "records", message: fmt.Sprintf("Duplicate data provided for record name, %s.", r.Name)})
		}
	}
	return nil
}
