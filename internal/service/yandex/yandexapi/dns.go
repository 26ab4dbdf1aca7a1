package yandexapi

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

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

func (w wireRecord) complete() bool { return w.RecordID.Known && w.Type != "" }

func (w wireRecord) model() DNSRecord {
	r := DNSRecord{
		ID: w.RecordID.Value, Type: strings.ToUpper(string(w.Type)), Subdomain: string(w.Subdomain), Name: dns.FoldName(string(w.FQDN)),
		Content: string(w.Content), Priority: toUint16(w.Priority), Weight: toUint16(w.Weight), Port: toUint16(w.Port),
	}
	if r.Content == "" {
		r.Content = string(w.Target)
	}
	if w.TTL.Value > 0 && w.TTL.Value <= math.MaxUint32 {
		r.TTL = uint32(w.TTL.Value)
	}
	return r
}

// toUint16 converts a number; nil if it is missing or out of range.
func toUint16(n api.Number) *uint16 {
	if !n.Known || n.Value < 0 || n.Value > math.MaxUint16 {
		return nil
	}
	small := uint16(n.Value)
	return &small
}

type recordList struct{ Records api.List[wireRecord] }

func (l *recordList) complete() bool {
	return l.Records.Known && !slices.ContainsFunc(l.Records.Rows, func(w wireRecord) bool { return !w.complete() })
}

// DNSRecords returns the zone of a domain that is delegated to the service (GET dns/list).
func (c *Client) DNSRecords(ctx context.Context, domain string) ([]DNSRecord, error) {
	name, err := dns.Canonical(domain)
	r := get("list the DNS records of", domain, areaDNS, "list", url.Values{"domain": {name}})
	if err != nil {
		return nil, report.Unsendable(r, err)
	}
	var got recordList
	if err := c.call(ctx, r, &got); err != nil {
		return nil, err
	}
	records := make([]DNSRecord, len(got.Records.Rows))
	for i, w := range got.Records.Rows {
		records[i] = w.model()
	}
	return records, nil
}

// AddDNSRecord adds a record to the zone of a domain that is delegated to the service, and returns
// it with its ID (POST dns/add). If the record exists already, the error is api.ErrConflict.
func (c *Client) AddDNSRecord(ctx context.Context, domain string, record DNSRecord) (DNSRecord, error) {
	name, err := dns.Canonical(domain)
	form := record.form(name)
	form.Set("type", record.Type)
	r := post("add the "+record.Type+" record "+record.label()+" to the zone of", domain, areaDNS, "add", form)
	r.Repeat = api.Never
	if err == nil {
		err = record.checkTTL()
	}
	if err != nil {
		return DNSRecord{}, report.Unsendable(r, err)
	}
	if there, err := c.findRecord(ctx, name, record.same); err != nil || there != nil {
		if err == nil {
			err = report.Problem(r, api.ErrConflict, "the record is there already, with the id "+strconv.FormatInt(there.ID, 10), "")
		}
		return DNSRecord{}, err
	}
	ctx, done := c.finishing(ctx)
	defer done()
	var added *DNSRecord
	look := func(ctx context.Context) (bool, error) {
		var err error
		added, err = c.findRecord(ctx, name, record.same)
		return added != nil, err
	}
	err = c.create(ctx, r, func(ctx context.Context) error { return c.once(ctx, r, &acknowledgement{}) }, look)
	if err != nil {
		return DNSRecord{}, err
	}
	if added == nil {
		if err := c.proveRecord(ctx, r, look); err != nil {
			return DNSRecord{}, err
		}
	}
	return *added, nil
}

// EditDNSRecord changes the record with the ID of record (POST dns/edit), and returns it as the
// zone shows it afterwards. The type cannot change. If the record does not exist, the error is
// api.ErrNotFound.
func (c *Client) EditDNSRecord(ctx context.Context, domain string, record DNSRecord) (DNSRecord, error) {
	name, err := dns.Canonical(domain)
	form := record.form(name)
	form.Set("record_id", strconv.FormatInt(record.ID, 10))
	r := post("edit the "+record.Type+" record "+record.label()+" in the zone of", domain, areaDNS, "edit", form)
	if err == nil {
		err = record.checkTTL()
	}
	if err != nil {
		return DNSRecord{}, report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	if err := c.call(ctx, r, &acknowledgement{}); err != nil {
		return DNSRecord{}, c.missingRecord(ctx, r, name, record.ID, err)
	}
	var edited *DNSRecord
	err = c.proveRecord(ctx, r, func(ctx context.Context) (bool, error) {
		var err error
		edited, err = c.findRecord(ctx, name, func(other DNSRecord) bool {
			return other.ID == record.ID && record.same(other) && (record.TTL == 0 || record.TTL == other.TTL)
		})
		return edited != nil, err
	})
	if err != nil {
		return DNSRecord{}, err
	}
	return *edited, nil
}

// DeleteDNSRecord deletes a record (POST dns/del), and checks that it is gone. If it is gone
// already, there is no error.
func (c *Client) DeleteDNSRecord(ctx context.Context, domain string, id int64) error {
	name, err := dns.Canonical(domain)
	number := strconv.FormatInt(id, 10)
	r := post("delete the DNS record "+number+" from the zone of", domain, areaDNS, "del", url.Values{"domain": {name}, "record_id": {number}})
	if err != nil {
		return report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	err = c.call(ctx, r, &acknowledgement{})
	if isRefusal(err) {
		if err = c.missingRecord(ctx, r, name, id, err); isNotFound(err) {
			return nil
		}
		return err
	}
	return c.proveGone(ctx, r, err, func(ctx context.Context) (bool, error) {
		there, err := c.findRecord(ctx, name, func(other DNSRecord) bool { return other.ID == id })
		return there != nil, err
	})
}

// missingRecord is the error of a refused call about a record. It is api.ErrNotFound if the zone
// does not have the record, because the service does not document the code for that.
func (c *Client) missingRecord(ctx context.Context, r api.Request, domain string, id int64, err error) error {
	if !isRefusal(err) {
		return err
	}
	there, lookErr := c.findRecord(ctx, domain, func(other DNSRecord) bool { return other.ID == id })
	if lookErr != nil || there != nil {
		return err
	}
	return report.Problem(r, api.ErrNotFound, "the zone has no record of the id "+strconv.FormatInt(id, 10), "")
}

// proveRecord waits until the zone shows a record as it was written, which may take the service a
// moment.
func (c *Client) proveRecord(ctx context.Context, r api.Request, look func(context.Context) (bool, error)) error {
	for attempt := 0; ; attempt++ {
		there, err := look(ctx)
		switch {
		case err != nil:
			return unproven(r, nil, err)
		case there:
			return nil
		case attempt == repeats || c.pause(ctx, attempt) != nil:
			return notStored(r, "the zone does not show it")
		}
	}
}

func (c *Client) findRecord(ctx context.Context, domain string, is func(DNSRecord) bool) (*DNSRecord, error) {
	records, err := c.DNSRecords(ctx, domain)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(records, is); i >= 0 {
		return &records[i], nil
	}
	return nil, nil
}

// The limits of a TTL in seconds, as dns/add and dns/edit document them.
const (
	shortestTTL = 900
	longestTTL  = 1209600
)

// checkTTL refuses a TTL that the service would change or ignore.
func (r DNSRecord) checkTTL() error {
	if r.TTL > 0 && (r.TTL < shortestTTL || r.TTL > longestTTL) {
		return fmt.Errorf("a TTL of %d seconds is not between %d and %d", r.TTL, shortestTTL, longestTTL)
	}
	return nil
}

// form returns the form fields of a record.
func (r DNSRecord) form(domain string) url.Values {
	form := url.Values{"domain": {domain}, "subdomain": {r.label()}, "content": {r.Content}}
	if r.Type == "SRV" {
		form.Set("target", r.Content)
	}
	if r.TTL > 0 {
		form.Set("ttl", strconv.FormatUint(uint64(r.TTL), 10))
	}
	for parameter, value := range map[string]*uint16{"priority": r.Priority, "weight": r.Weight, "port": r.Port} {
		if value != nil {
			form.Set(parameter, strconv.FormatUint(uint64(*value), 10))
		}
	}
	return form
}

// label is the record's name relative to the zone; "@" is the domain itself.
func (r DNSRecord) label() string {
	if r.Subdomain == "" {
		return "@"
	}
	return strings.ToLower(r.Subdomain)
}

// same is whether another record is r in all that r specifies, except the TTL.
func (r DNSRecord) same(other DNSRecord) bool {
	agrees := func(ours, theirs *uint16) bool { return ours == nil || theirs != nil && *ours == *theirs }
	return strings.EqualFold(r.Type, other.Type) && r.label() == other.label() && r.content() == other.content() &&
		agrees(r.Priority, other.Priority) && agrees(r.Weight, other.Weight) && agrees(r.Port, other.Port)
}

// content returns the record's data in one spelling.
func (r DNSRecord) content() string {
	if strings.EqualFold(r.Type, "TXT") {
		return r.Content
	}
	return dns.FoldName(r.Content)
}
