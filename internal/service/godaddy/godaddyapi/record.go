package godaddyapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// atApex is the API's name for the apex: as a record's name, and instead of a host.
const atApex = "@"

// wire is a record in both APIs; v1 has no IDs.
type wire struct {
	ID       string  `json:"recordId,omitempty"`
	Name     string  `json:"name,omitempty"` // relative to the zone
	Type     string  `json:"type,omitempty"`
	Data     string  `json:"data"` // of TXT the bare text, of MX, SRV and CNAME the host
	TTL      uint32  `json:"ttl"`
	Priority *uint16 `json:"priority,omitempty"`
	Weight   *uint16 `json:"weight,omitempty"`
	Port     *uint16 `json:"port,omitempty"`
	Service  string  `json:"service,omitempty"`
	Protocol string  `json:"protocol,omitempty"`
	Flag     *uint8  `json:"flag,omitempty"`
	Tag      string  `json:"tag,omitempty"`

	// fields is the record as it was read, including unknown fields; nil for a new one.
	fields map[string]json.RawMessage
}

// UnmarshalJSON implements [json.Unmarshaler].
func (w *wire) UnmarshalJSON(raw []byte) error {
	type plain wire
	if err := json.Unmarshal(raw, (*plain)(w)); err != nil {
		return err
	}
	return json.Unmarshal(raw, &w.fields)
}

// leftover is whether the record has no data. Zones keep such remains of records that were deleted
// elsewhere. The DNS never shows them.
func (w wire) leftover() bool { return w.Data == "" }

// setKey identifies a record set of v1: the SRV records of all services at a name are one.
type setKey struct{ recordType, name string }

func (w wire) setKey() setKey {
	return setKey{strings.ToUpper(w.Type), strings.ToLower(w.Name)}
}

func (k setKey) compare(other setKey) int {
	return cmp.Or(strings.Compare(k.name, other.name), strings.Compare(k.recordType, other.recordType))
}

// sameAs is whether two records were read with the same content.
func (w wire) sameAs(other wire) bool {
	return maps.EqualFunc(w.fields, other.fields, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// excludes is whether a new record cannot be created while another one exists: a CNAME stands alone
// at its name, and nothing exists twice. The documentation does not say whether MX and SRV records
// that differ only in numbers are two records, so they count as the same.
func (w wire) excludes(other wire) bool {
	if !strings.EqualFold(w.Name, other.Name) {
		return false
	}
	if w.Type == "CNAME" || other.Type == "CNAME" {
		return true
	}
	if w.Type != other.Type || w.Service != other.Service || w.Protocol != other.Protocol || w.Tag != other.Tag {
		return false
	}
	if w.Type == "TXT" || w.Type == "CAA" {
		return w.Data == other.Data
	}
	return strings.EqualFold(strings.TrimSuffix(w.Data, "."), strings.TrimSuffix(other.Data, "."))
}

// entry is a record of a zone, in the API's form and decoded.
type entry struct {
	wire   wire
	record dns.Record
}

func decode(list []wire, apex string) []entry {
	var entries []entry
	for _, w := range list {
		if w.Type != "SOA" && !w.leftover() {
			entries = append(entries, entry{w, w.record(apex)})
		}
	}
	return entries
}

// record decodes the record.
func (w wire) record(apex string) dns.Record {
	name := w.Name + "." + apex
	if w.Name == atApex {
		name = apex
	}
	host := w.Data
	if host == atApex {
		host = apex
	}
	value := w.Data
	var preference uint16
	switch strings.ToUpper(w.Type) {
	case "CNAME", "NS", "PTR", "ALIAS":
		value = host
	case "MX":
		value, preference = host, valueOf(w.Priority)
	case "SRV":
		if w.Service != "" && w.Protocol != "" {
			name = w.Service + "." + w.Protocol + "." + name
		}
		value = fmt.Sprintf("%d %d %d %s", valueOf(w.Priority), valueOf(w.Weight), valueOf(w.Port), miekg.Fqdn(host))
	case "CAA":
		if w.Tag != "" {
			value = fmt.Sprintf("%d %s %s", valueOf(w.Flag), w.Tag, mailrecord.QuoteTXT(w.Data))
		}
	}
	r := dns.ShownRecord(name, w.Type, value)
	r.Priority, r.TTL, r.ID = preference, w.TTL, w.ID
	return r
}

func valueOf[N uint8 | uint16](n *N) N {
	if n == nil {
		return 0
	}
	return *n
}

// newWire encodes a new record. Its error continues a sentence about the record.
func newWire(r dns.Record, apex string) (wire, error) {
	w := wire{Name: strings.TrimSuffix(r.Name, "."+apex), Type: r.Type, Data: r.Value, TTL: r.TTL}
	if r.Name == apex {
		w.Name = atApex
	}
	if w.TTL == 0 {
		w.TTL = defaultTTL
	}
	switch r.Type {
	case "CNAME":
		w.Data = miekg.Fqdn(r.Value)
	case "MX":
		w.Data, w.Priority = miekg.Fqdn(r.Value), &r.Priority
	case "SRV":
		return w.withSRV(r.Value)
	case "CAA":
		return w.withCAA(r.Value)
	}
	return w, nil
}

// srvNameRule is GoDaddy's rule for the name of an SRV record, whose first two labels are fields of
// their own.
const srvNameRule = "at GoDaddy the name of an SRV record begins with a service and a protocol, such as _imaps._tcp"

// withSRV sets the fields of SRV records: the first two labels of the name, and three numbers.
func (w wire) withSRV(value string) (wire, error) {
	labels := strings.SplitN(w.Name, ".", 3)
	if len(labels) < 2 || !strings.HasPrefix(labels[0], "_") || !strings.HasPrefix(labels[1], "_") {
		return wire{}, errors.New(srvNameRule)
	}
	w.Service, w.Protocol, w.Name = labels[0], labels[1], atApex
	if len(labels) == 3 {
		w.Name = labels[2]
	}
	fields := strings.Fields(value)
	if len(fields) != 4 {
		return wire{}, errors.New("the value of an SRV record is a priority, a weight, a port and a host")
	}
	for i, field := range []**uint16{&w.Priority, &w.Weight, &w.Port} {
		number, err := strconv.ParseUint(fields[i], 10, 16)
		if err != nil {
			return wire{}, fmt.Errorf("%q is not a number from 0 to 65535", fields[i])
		}
		short := uint16(number)
		*field = &short
	}
	w.Data = miekg.Fqdn(fields[3])
	return w, nil
}

// withCAA sets the fields of CAA records.
func (w wire) withCAA(value string) (wire, error) {
	rr, err := miekg.NewRR(". 0 IN CAA " + value)
	caa, ok := rr.(*miekg.CAA)
	if err != nil || !ok {
		return wire{}, fmt.Errorf("%q is not a flag, a tag and a value", value)
	}
	// The library leaves the escapes of the presentation format in the text.
	text, err := mailrecord.UnquoteTXT(`"` + caa.Value + `"`)
	if err != nil {
		return wire{}, fmt.Errorf("%q is not a flag, a tag and a value", value)
	}
	w.Flag, w.Tag, w.Data = &caa.Flag, caa.Tag, text
	return w, nil
}
