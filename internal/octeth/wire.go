package octeth

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// answer is what the calls for sender domains answer with; each has some of it.
type answer struct {
	DomainID               api.Number
	NewSenderDomainID      api.Number
	SenderDomain           api.Object[domain]
	SenderDomains          api.List[domain]
	Domain                 api.Object[domain]
	Domains                api.List[domain]
	DnsRegenerated         api.Flag
	SubdomainChanged       api.Flag
	IsVerified             api.Flag
	Status                 string
	DNSRecords             records
	DNSVerificationResults records
	Truncated              api.Flag
}

// one is the domain that an answer of either kind is about.
func (a answer) one() domain {
	if a.SenderDomain.Known {
		return a.SenderDomain.Value
	}
	return a.Domain.Value
}

// domain is a sender domain as any version shows it: the newer ones with a status, options and records, the older ones with
// flags.
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
	options            // beside the rest in the answer to an update of version 5.6
}

// options are those of a sender domain. TrackPrefixDisabled turns round what the parameter UseTrackingSubdomain says.
type options struct {
	LinkTracking        *api.Flag
	OpenTracking        *api.Flag
	UnsubscribeLink     *api.Flag
	CustomSubdomain     *string
	Subdomain           *string // as an update of version 5.6 has it
	CustomTrackPrefix   *string
	TrackPrefixDisabled *api.Flag
}

// model makes the exported type of what an answer shows.
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

// status is the domain's, or what the flags of older versions amount to.
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

// records are DNS records by host in any of the shapes that they come in: as lists of type, value and whether verified, as
// objects of these, as a list of objects that name the host; and as an empty list where there are none.
type records map[string]Record

// wireRecord is a record that is an object.
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

// add adds a record, which has to be complete, as an incomplete one would be published as something else, and the only one
// of its host: no version is known to ask for several, and of several all but one would go unpublished.
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

// decodeRecord reads a record that is a list or an object.
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
