package dns

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Record is one resource record of a hosted zone, decoded. Records that are equal are equal in all
// fields, however their host writes them.
type Record struct {
	// Name is the owner name, canonical: absolute, lower case, punycode, without trailing dot. At
	// the apex, it is the zone's name.
	Name string `json:"name"`
	// Type is the record type in upper case, such as "TXT". A host's own types (ALIAS, URL301) are
	// kept as they are.
	Type string `json:"type"`
	// Value is the data. For TXT, it is the joined, unquoted text. For CNAME, MX, NS and PTR, it is
	// the target, canonical, or NullTarget. For other types, it is the presentation format.
	Value string `json:"value"`
	// Priority is the preference of an MX record, and 0 otherwise.
	Priority uint16 `json:"priority,omitempty"`
	// TTL is in seconds; 0 means the host's default.
	TTL uint32 `json:"ttl,omitempty"`
	// Comment is the comment that the host stores with the record.
	Comment string `json:"-"`
	// Proxied says that the host answers with addresses of its own instead of the record's data, as
	// Cloudflare's proxy does. A proxied CNAME cannot be seen in the DNS. Records are written
	// without the proxy.
	Proxied bool `json:"-"`
	// Flattened says that the host answers with the addresses of a CNAME's target instead of the
	// CNAME. A flattened CNAME cannot be seen in the DNS. Records are written without flattening.
	Flattened bool `json:"-"`
	// Off says that somebody has switched the record off: the host stores it, but does not answer
	// with it.
	Off bool `json:"-"`
	// ID is the host's own name for the record, if it has one. It distinguishes twins.
	ID string `json:"id,omitempty"`
	// Native is what the host's package needs to write the record back unchanged. No other code
	// uses it.
	Native any `json:"-"`
}

// UnmarshalJSON reads a record that was stored as JSON. An earlier version may have stored data in
// another form, such as hexadecimal digits in upper case. The record gets today's form.
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

// Identity is what makes two records the same for the DNS. It does not include the TTL, which
// belongs to the record set (RFC 2181 section 5.2), and what the host stores with the record.
type Identity struct {
	Name, Type, Value string
	Priority          uint16
}

// Identity returns the record's identity.
func (r Record) Identity() Identity {
	return Identity{Name: r.Name, Type: r.Type, Value: r.Value, Priority: r.Priority}
}

// String shows the record on one line, as a zone file would, for messages.
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

// Excludes reports whether a name cannot have both record sets as they are, one of which is to be
// added: because they are one set, or because one of the two is a CNAME, which stands alone.
func (k SetKey) Excludes(other SetKey) bool {
	return k.Name == other.Name && (k.Type == other.Type || k.Type == "CNAME" || other.Type == "CNAME")
}
