package cloudflareapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// writable are the record types that this package writes. It reads and keeps others, and deletes
// them on request.
var writable = []string{"A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TLSA", "TXT"}

// hidden are the types that Cloudflare generates. Snapshots leave them out.
var hidden = []string{"SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"}

// wire is a record in the API's form.
type wire struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Type     string         `json:"type"`
	Content  string         `json:"content"`
	Priority *uint16        `json:"priority"`
	Data     map[string]any `json:"data"`
	TTL      uint32         `json:"ttl"`
	Proxied  bool           `json:"proxied"`
	Comment  string         `json:"comment"`
	Tags     []string       `json:"tags"`
	Settings map[string]any `json:"settings"`
}

// native holds what only Cloudflare's records have and what a replacement inherits. It does not
// hold whether a record is proxied, because a change that does not mention that leaves it
// unchanged.
type native struct {
	tags     []string
	settings map[string]any
}

// flattenSetting is the setting of a CNAME that makes the server answer with the addresses of its
// target.
const flattenSetting = "flatten_cname"

// unflatten switches the flattening of a CNAME off in a change, if it is on. It keeps other
// settings. It does not mention settings for a record that is not flattened, because zones on a
// free plan cannot set any.
func unflatten(f fields, old, changed hosted.Record) {
	own, ok := old.Native.(*native)
	if !ok || !old.Flattened || changed.Flattened {
		return
	}
	settings := maps.Clone(own.settings)
	settings[flattenSetting] = false
	f["settings"] = settings
}

// fromWire decodes a record.
func fromWire(w *wire) (hosted.Record, error) {
	if w.ID == "" || w.Name == "" || w.Type == "" {
		return hosted.Record{}, errNoRecord
	}
	value := w.Content
	switch strings.ToUpper(w.Type) {
	case "TXT":
		// Texts that were written without quotes are returned without them.
		if text, err := mailrecord.UnquoteTXT(w.Content); err == nil {
			value = text
		}
	case "SRV":
		if text, ok := srvValue(w); ok {
			value = text
		}
	}
	r := hosted.ShownRecord(w.Name, w.Type, value)
	r.TTL, r.Proxied, r.Comment, r.ID, r.Native = w.TTL, w.Proxied, w.Comment, w.ID, &native{tags: w.Tags, settings: w.Settings}
	r.Flattened, _ = w.Settings[flattenSetting].(bool)
	if r.Type == "MX" && w.Priority != nil {
		r.Priority = *w.Priority
	}
	return r, nil
}

// fields are the parts of a record in a change, by the API's names.
type fields = map[string]any

// toFields encodes a new record, or the new content of a record.
func toFields(r hosted.Record) (fields, error) {
	refuse := func(format string, args ...any) error {
		return &hosted.RefusedError{Record: r, Reason: fmt.Sprintf(format, args...)}
	}
	if !slices.Contains(writable, r.Type) {
		return nil, refuse("records of this type cannot be written at Cloudflare here; possible are %s", strings.Join(writable, ", "))
	}
	ttl := r.TTL
	if ttl == 0 {
		ttl = automaticTTL
	}
	if ttl != automaticTTL && (ttl < minTTL || ttl > maxTTL) {
		return nil, refuse("Cloudflare takes a TTL of %d to %d seconds, or %d for an automatic one, and not %d", minTTL, maxTTL, automaticTTL, ttl)
	}
	f := fields{"name": r.Name, "type": r.Type, "ttl": ttl}
	switch r.Type {
	case "A", "AAAA", "NS", "PTR":
		f["content"] = r.Value
	case "CNAME":
		// For a CNAME behind the proxy, Cloudflare answers with its own addresses, so a
		// verification finds no CNAME.
		f["content"], f["proxied"] = r.Value, false
	case "MX":
		f["content"], f["priority"] = r.Value, r.Priority
	case "TXT":
		if len(r.Value) > maxText {
			return nil, refuse("the text has %d bytes, and Cloudflare takes at most %d", len(r.Value), maxText)
		}
		f["content"] = mailrecord.QuoteTXT(r.Value)
	default:
		data, err := toData(r)
		if err != nil {
			return nil, refuse("the value is not the data of such a record in presentation format: correct it")
		}
		f["data"] = data
	}
	return f, nil
}
