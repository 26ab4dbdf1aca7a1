package dns

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Record is one resource record of a hosted zone, decoded: equal records are
// equal however their host writes them.
type Record struct {
	// Name is the owner, canonical: absolute, lower case, punycode, without
	// trailing dot. The apex is the zone's name.
	Name string `json:"name"`
	// Type is the record type in upper case, such as "TXT"; hosts' own
	// types (ALIAS, URL301) are kept as they are.
	Type string `json:"type"`
	// Value is the data: of TXT the joined, unquoted text; of CNAME, MX, NS
	// and PTR the target, canonical, or NullTarget; of other types the
	// presentation format.
	Value string `json:"value"`
	// Priority is the preference of an MX record, and 0 otherwise.
	Priority uint16 `json:"priority,omitempty"`
	// TTL is in seconds; 0 means the host's default.
	TTL uint32 `json:"ttl,omitempty"`
	// Comment is a person's note, where the host keeps one.
	Comment string `json:"-"`
	// Proxied is whether the host answers with addresses of its own instead of
	// the record's data, as Cloudflare's proxy does. Nobody finds a CNAME that
	// is proxied. A record is written unproxied.
	Proxied bool `json:"-"`
	// Flattened is whether the host answers with the addresses that a CNAME leads to
	// instead of the CNAME. Nobody finds a CNAME that is flattened. A record is
	// written so that it is not.
	Flattened bool `json:"-"`
	// Off is whether the host keeps the record without answering with it, because
	// somebody has switched it off.
	Off bool `json:"-"`
	// ID is the host's own name for the record, where it has one. It tells
	// twins apart.
	ID string `json:"id,omitempty"`
	// Native is what the host's package needs to write the record back
	// unchanged. Nobody else looks at it.
	Native any `json:"-"`
}

// UnmarshalJSON reads a record that was kept as JSON. An earlier version may have
// kept data in another form than this one compares, such as hexadecimal digits in
// upper case: the record gets today's form.
func (r *Record) UnmarshalJSON(text []byte) error {
	type stored Record
	if err := json.Unmarshal(text, (*stored)(r)); err != nil {
		return err
	}
	if value, err := canonicalValue(r.Type, r.Value); err == nil {
		r.Value = value
	}
	return nil
}

// Identity is what makes two records the same record for the DNS: everything
// but the TTL, which belongs to the record set (RFC 2181 section 5.2), and what
// the host keeps beside it.
type Identity struct {
	Name, Type, Value string
	Priority          uint16
}

// Identity returns the record's identity.
func (r Record) Identity() Identity {
	return Identity{Name: r.Name, Type: r.Type, Value: r.Value, Priority: r.Priority}
}

// String shows the record on one line, as a zone file would: for messages.
func (r Record) String() string {
	value := r.Value
	switch r.Type {
	case "TXT", "SPF":
		value = fmt.Sprintf("%q", r.Value)
	case "MX":
		value = fmt.Sprintf("%d %s", r.Priority, r.Value)
	}
	return strings.Join([]string{r.Name, r.Type, value}, " ")
}

// SetKey names a record set: all records of one name and type.
type SetKey struct{ Name, Type string }

// SetKey returns the record set that the record belongs to.
func (r Record) SetKey() SetKey { return SetKey{Name: r.Name, Type: r.Type} }
