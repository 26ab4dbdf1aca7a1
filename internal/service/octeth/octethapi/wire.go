package octethapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// answer is an answer of the calls for sender domains. Each has some of these members.
type answer struct {
	DomainID               api.Number
	NewSenderDomainID      api.Number
	SenderDomain           api.Object[domain]
	SenderDomains          api.List[domain]
	Domain                 api.Object[domain]
	Domains                api.List[domain]
	DNSRegenerated         api.Flag
	SubdomainChanged       api.Flag
	IsVerified             api.Flag
	Status                 string
	DNSRecords             records
	DNSVerificationResults records
	Truncated              api.Flag
}

// one returns the domain in an answer of either kind.
func (a answer) one() domain {
	if a.SenderDomain.Known {
		return a.SenderDomain.Value
	}
	return a.Domain.Value
}

// domain is a sender domain in any version: newer ones have a status, options and records, older
// ones have flags.
type domain struct {
	DomainID           api.Number
	SenderDomain       string
	DomainName         string
	Status             string
	VerificationStatus string
	Verified           *api.Flag
	Active             *api.Flag
	IsActive           *api.Flag
	IsVerified         *api.Flag // in the answer to verifyall
	Options            api.Object[options]
	VerificationMeta   api.Object[struct{ DNSRecords records }]
	options            // at the top level in version 5.6's answer to an update
}

// options are those of a sender domain. TrackPrefixDisabled is the opposite of the parameter
// UseTrackingSubdomain.
type options struct {
	LinkTracking        *api.Flag
	OpenTracking        *api.Flag
	UnsubscribeLink     *api.Flag
	CustomSubdomain     *string
	Subdomain           *string // its name in version 5.6's answer to an update
	CustomTrackPrefix   *string
	TrackPrefixDisabled *api.Flag
}

// model converts an answer to the exported type.
func (d domain) model(kind Kind) SenderDomain {
	shown := d.options
	if d.Options.Known {
		shown = d.Options.Value
	}
	name := d.SenderDomain
	if name == "" {
		name = d.DomainName
	}
	return SenderDomain{
		ID: d.DomainID.Value, Kind: kind, Domain: strings.ToLower(strings.TrimSuffix(name, ".")), Status: d.status(),
		Options: shown.model(), Records: d.VerificationMeta.Value.DNSRecords,
	}
}

// status returns the domain's status, or that which the flags of older versions stand for.
func (d domain) status() Status {
	on := func(f *api.Flag) bool { return f != nil && bool(*f) }
	switch {
	case d.Status != "":
		return Status(d.Status)
	case strings.EqualFold(d.VerificationStatus, "Verified"), strings.EqualFold(d.VerificationStatus, string(Enabled)):
		return Enabled
	case on(d.Verified) && d.Active != nil && !on(d.Active):
		return Disabled
	case on(d.Verified), on(d.IsActive):
		return Enabled
	}
	return ApprovalPending
}

func (o options) model() Options {
	m := Options{
		LinkTracking: (*bool)(o.LinkTracking), OpenTracking: (*bool)(o.OpenTracking), UnsubscribeLink: (*bool)(o.UnsubscribeLink),
	}
	if o.TrackPrefixDisabled != nil {
		uses := !bool(*o.TrackPrefixDisabled)
		m.UseTrackingSubdomain = &uses
	}
	if m.Subdomain = o.CustomSubdomain; m.Subdomain == nil {
		m.Subdomain = o.Subdomain
	}
	m.TrackPrefix = o.CustomTrackPrefix
	return m
}

// records are DNS records by host. They come in several shapes: lists of type, value and whether
// verified; objects with these; or a list of objects that name their host. If there are none, they
// come as an empty list.
type records map[string]Record

// wireRecord is a record in the form of an object.
type wireRecord struct {
	Host, Type, Value    string
	Verified, IsVerified *api.Flag
}

func (w wireRecord) model() Record {
	seen := w.Verified
	if seen == nil {
		seen = w.IsVerified
	}
	return Record{Type: w.Type, Value: w.Value, Verified: (*bool)(seen)}
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *records) UnmarshalJSON(raw []byte) error {
	*r = nil
	if string(raw) == "null" {
		return nil
	}
	found := records{}
	if raw[0] == '[' {
		var all []wireRecord
		if err := json.Unmarshal(raw, &all); err != nil {
			return err
		}
		for _, one := range all {
			if err := found.add(one.Host, one.model()); err != nil {
				return err
			}
		}
		*r = found
		return nil
	}
	var byHost map[string]json.RawMessage
	if err := json.Unmarshal(raw, &byHost); err != nil {
		return err
	}
	for host, raw := range byHost {
		record, err := decodeRecord(raw)
		if err != nil {
			return fmt.Errorf("the record of %s: %w", host, err)
		}
		if err := found.add(host, record); err != nil {
			return err
		}
	}
	*r = found
	return nil
}

// add adds a record. It refuses an incomplete record, which would be published as something else,
// and a second one for the same host: no version is known to ask for several, and only one of them
// would be published.
func (r records) add(host string, record Record) error {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	record.Type = strings.ToUpper(record.Type)
	if host == "" || record.Type == "" || record.Value == "" {
		return fmt.Errorf("a record without host, type or value: %q %q", host, record.Type)
	}
	if other, taken := r[host]; taken && (other.Type != record.Type || other.Value != record.Value) {
		return fmt.Errorf("two records of the host %s, %s and %s", host, other.Type, record.Type)
	}
	r[host] = record
	return nil
}

// decodeRecord reads a record in the form of a list or an object.
func decodeRecord(raw json.RawMessage) (Record, error) {
	if len(raw) > 0 && raw[0] == '{' {
		var record wireRecord
		err := json.Unmarshal(raw, &record)
		return record.model(), err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return Record{}, err
	}
	if len(parts) < 2 {
		return Record{}, fmt.Errorf("a list of %d elements, where type and value should be", len(parts))
	}
	var record wireRecord
	targets := []any{&record.Type, &record.Value, &record.Verified}
	for i, part := range parts[:min(len(parts), len(targets))] {
		if err := json.Unmarshal(part, targets[i]); err != nil {
			return Record{}, err
		}
	}
	return record.model(), nil
}
