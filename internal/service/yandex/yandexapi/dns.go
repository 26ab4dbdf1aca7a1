package yandexapi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// atApex is the service's name for the apex of a zone.
const atApex = "@"

// wireRecord is a DNS record in an answer.
type wireRecord struct {
	RecordID  api.Number `json:"record_id"`
	Type      api.Text
	FQDN      api.Text
	Subdomain api.Text
	Content   api.Text
	Target    api.Text // of SRV, besides Content or instead of it
	TTL       api.Number
	Priority  api.Number
	Weight    api.Number
	Port      api.Number
}

func (w *wireRecord) complete() bool {
	return w.RecordID.Known && w.Type != "" && (w.FQDN != "" || w.Subdomain != "")
}

// record decodes the record.
func (w *wireRecord) record(apex string) dns.Record {
	name := string(w.FQDN)
	switch {
	case name != "":
	case w.Subdomain == atApex:
		name = apex
	default:
		name = string(w.Subdomain) + "." + apex
	}
	kind, value := strings.ToUpper(string(w.Type)), string(w.Content)
	if kind == "SRV" {
		if value == "" {
			value = string(w.Target)
		}
		value = fmt.Sprintf("%d %d %d %s", w.Priority.Value, w.Weight.Value, w.Port.Value, miekg.Fqdn(value))
	}
	r := dns.ShownRecord(name, kind, value)
	r.ID = strconv.FormatInt(w.RecordID.Value, 10)
	if kind == "MX" && w.Priority.Value >= 0 && w.Priority.Value <= math.MaxUint16 {
		r.Priority = uint16(w.Priority.Value)
	}
	if w.TTL.Value > 0 && w.TTL.Value <= math.MaxUint32 {
		r.TTL = uint32(w.TTL.Value)
	}
	return r
}

type recordList struct{ Records api.List[wireRecord] }

func (l *recordList) complete() bool {
	return l.Records.Known && !slices.ContainsFunc(l.Records.Rows, func(w wireRecord) bool { return !w.complete() })
}

// records returns the zone of a domain that is delegated to the service, without the SOA (GET
// dns/list).
func (c *Client) records(ctx context.Context, apex string) ([]dns.Record, error) {
	r := get("list the DNS records of", apex, areaDNS, "list", url.Values{"domain": {apex}})
	var got recordList
	if err := c.call(ctx, r, &got); err != nil {
		return nil, err
	}
	var records []dns.Record
	for i := range got.Records.Rows {
		if record := got.Records.Rows[i].record(apex); record.Type != "SOA" {
			records = append(records, record)
		}
	}
	return records, nil
}

// addRecord adds a record to a zone (POST dns/add). The call is made once.
func (c *Client) addRecord(ctx context.Context, apex string, record dns.Record) error {
	form, err := recordForm(apex, record)
	if err != nil {
		return &dns.RefusedError{Record: record, Reason: err.Error()}
	}
	form.Set("type", record.Type)
	return c.change(ctx, "add a record to the zone", apex, "add", form)
}

// editRecord makes the record with an ID another one of the same type (POST dns/edit). The call is
// made once.
func (c *Client) editRecord(ctx context.Context, apex, id string, record dns.Record) error {
	form, err := recordForm(apex, record)
	if err != nil {
		return &dns.RefusedError{Record: record, Reason: err.Error()}
	}
	form.Set("record_id", id)
	return c.change(ctx, "edit a record of the zone", apex, "edit", form)
}

// deleteRecord deletes the record with an ID (POST dns/del). The call is made once.
func (c *Client) deleteRecord(ctx context.Context, apex, id string) error {
	return c.change(ctx, "delete a record of the zone", apex, "del", url.Values{"domain": {apex}, "record_id": {id}})
}

// change makes a call that changes a zone.
func (c *Client) change(ctx context.Context, op, apex, method string, form url.Values) error {
	r := post(op, apex, areaDNS, method, form)
	r.Repeat = api.Never
	return c.once(ctx, r, &acknowledgement{})
}

// hasRecord reports whether a zone has a record with an ID.
func (c *Client) hasRecord(ctx context.Context, apex, id string) (bool, error) {
	records, err := c.records(ctx, apex)
	return slices.ContainsFunc(records, func(r dns.Record) bool { return r.ID == id }), err
}

// recordForm returns the form fields of a record. Its error continues a sentence about the record.
func recordForm(apex string, r dns.Record) (url.Values, error) {
	subdomain := strings.TrimSuffix(r.Name, "."+apex)
	if r.Name == apex {
		subdomain = atApex
	}
	ttl := r.TTL
	if ttl == 0 {
		ttl = defaultTTL
	}
	form := url.Values{"domain": {apex}, "subdomain": {subdomain}, "content": {r.Value}, "ttl": {strconv.FormatUint(uint64(ttl), 10)}}
	switch r.Type {
	case "CNAME", "NS":
		form.Set("content", miekg.Fqdn(r.Value))
	case "MX":
		form.Set("content", miekg.Fqdn(r.Value))
		form.Set("priority", strconv.FormatUint(uint64(r.Priority), 10))
	case "SRV":
		fields := strings.Fields(r.Value)
		if len(fields) != 4 {
			return nil, errors.New("the value of an SRV record is a priority, a weight, a port and a host")
		}
		for i, name := range []string{"priority", "weight", "port"} {
			form.Set(name, fields[i])
		}
		form.Set("target", miekg.Fqdn(fields[3]))
		form.Set("content", miekg.Fqdn(fields[3]))
	}
	return form, nil
}
