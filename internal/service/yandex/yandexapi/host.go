package yandexapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// HostName is the name of the DNS host in IDs and attributes.
const HostName = "yandex"

// NameServers are those to which a domain is delegated whose zone is at the service.
var NameServers = []string{"dns1.yandex.net", "dns2.yandex.net"}

// The limits of a record's TTL in seconds, and its default.
const (
	minTTL     = 900
	maxTTL     = 1209600
	defaultTTL = 21600
)

// writable are the types of records that can be added.
var writable = []string{"A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT"}

// freshFor is how old a snapshot may be to change the zone without reading it again.
const freshFor = time.Second

// Host is the zones of the domains of one user. It implements [dns.ZoneLister].
//
// The service has no conditions, and changes one record with each call. Apply reads the zone again,
// unless the snapshot is fresh and newer than the request for the change, and compares the record
// sets concerned with the snapshot. Then it makes one call after another, each about the record with
// one ID. A record whose name and type stay is changed in place, so that it is never missing. Other
// new records are added before old ones are deleted, wherever both can exist together.
type Host struct{ client *Client }

var _ dns.ZoneLister = (*Host)(nil)

// NewHost makes a host. It makes no call.
func NewHost(client *Client) *Host { return &Host{client} }

// Name implements [dns.Host].
func (h *Host) Name() string { return HostName }

// Limits implements [dns.Host].
func (h *Host) Limits() dns.Limits {
	return dns.Limits{MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL, Types: writable, Objection: Objection}
}

// Objection returns why no zone at the service can hold a record of a type that it has, in a sentence
// without its full stop; "" if nothing is known against the record. See [dns.Limits].
func Objection(apex string, r dns.Record) string {
	switch {
	case r.Type == "TXT" && r.Value == "":
		return "Yandex keeps no TXT record without a text. Leave the record out, or write a text"
	case r.Type == "TXT" && !utf8.ValidString(r.Value):
		return "Yandex's API has texts in UTF-8 only, and this one is not"
	case slices.Contains([]string{"CNAME", "MX", "NS"}, r.Type) && r.Value == dns.NullTarget, r.Type == "SRV" && strings.HasSuffix(r.Value, " ."):
		return "Yandex takes no record whose target is the root of the DNS"
	case r.Type == "NS" && r.Name == apex:
		return "the NS records of the zone itself belong to Yandex"
	}
	return ""
}

// refuses returns why the host does not take a record; "" if it does. If that is not known, the
// service decides.
func refuses(apex string, r dns.Record) string {
	switch {
	case !slices.Contains(writable, r.Type):
		return "Yandex's API cannot write records of this type; it writes " + strings.Join(writable, ", ")
	case r.TTL != 0 && (r.TTL < minTTL || r.TTL > maxTTL):
		return fmt.Sprintf("a TTL at Yandex is %d to %d seconds, and %d is not", minTTL, maxTTL, r.TTL)
	}
	return Objection(apex, r)
}

// hosted returns the zone of a domain.
func hosted(d Domain) dns.HostedZone {
	zone := dns.HostedZone{Apex: d.Name, ID: d.Name, NameServers: slices.Clone(NameServers)}
	if !d.Delegated {
		zone.ReadOnly = fmt.Sprintf("%s is connected to Yandex, which has not seen at its last check that the domain is delegated to its name servers (%s). Without that, its records are elsewhere and have to be edited there",
			d.Name, strings.Join(NameServers, " and "))
	}
	return zone
}

// FindZone implements [dns.Host]. A domain that is connected to the service for its mail need not
// have its zone there. The zone of such a name may be that of a domain above it.
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	domains, err := h.client.Domains(ctx)
	if err != nil {
		return dns.HostedZone{}, err
	}
	var found Domain
	for _, d := range domains {
		deeper := d.Delegated && !found.Delegated || d.Delegated == found.Delegated && len(d.Name) > len(found.Name)
		if hosted(d).Holds(name) && (found.Name == "" || deeper) {
			found = d
		}
	}
	if found.Name == "" {
		return dns.HostedZone{}, &api.Error{
			Service: service, Op: "find the zone of", Object: name, Kind: api.ErrNotFound,
			Answer: fmt.Sprintf("none of the %d domains of the token's user is that name or above it", len(domains)),
			Advice: "Connect the domain to Yandex, for example with a postmaster_mail_domain, and delegate it to " + strings.Join(NameServers, " and "),
		}
	}
	return hosted(found), nil
}

// Zones implements [dns.ZoneLister] by the list of domains. Those with their zone elsewhere are left
// out.
func (h *Host) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	domains, err := h.client.Domains(ctx)
	if err != nil {
		return nil, err
	}
	var zones []dns.HostedZone
	for _, d := range domains {
		if d.Delegated {
			zones = append(zones, hosted(d))
		}
	}
	dns.SortZones(zones)
	return zones, nil
}

// CheckAccess implements [dns.Host]. The token is that of the domains' administrator, who may do
// everything with the domains that the service lists; there is no weaker token.
func (h *Host) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	found, err := h.FindZone(ctx, zone.Apex)
	switch {
	case err != nil:
		return "", err
	case found.Apex != zone.Apex || found.ReadOnly != "":
		return "", &dns.RefusedError{Reason: hosted(Domain{Name: zone.Apex}).ReadOnly}
	}
	return dns.WriteProven, nil
}

// Read implements [dns.Host].
func (h *Host) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	began := time.Now()
	records, err := h.client.records(ctx, zone.Apex)
	if err != nil {
		return nil, err
	}
	return &dns.Snapshot{Zone: zone, Began: began, Records: records}, nil
}

// Apply implements [dns.Host].
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	zone := base.Zone
	if zone.ReadOnly != "" {
		return &dns.RefusedError{Reason: zone.ReadOnly}
	}
	c, err := newChange(zone.Apex, changes)
	if err != nil {
		return err
	}
	fresh := base.Records
	if !changes.Current || time.Since(base.Began) > freshFor {
		if fresh, err = h.client.records(ctx, zone.Apex); err != nil {
			return err
		}
	}
	if key, same := c.sameSets(base.Records, fresh); !same {
		return fmt.Errorf("%s at %s: %w", key.Type, key.Name, dns.ErrZoneChanged)
	}
	if !c.allThere(fresh) {
		return fmt.Errorf("a record that was to be changed in the zone %s is not there: %w", zone.Apex, dns.ErrZoneChanged)
	}
	return stepwise.Change{Service: service, Zone: zone.Apex, Steps: h.steps(zone.Apex, c)}.Run(ctx)
}
