// Package godaddyapi is the DNS host GoDaddy: a [dns.Host] on its two APIs for DNS records, v3 with
// a personal access token and v1 with an API key and its secret (https://developer.godaddy.com).
//
// Neither API changes a zone as a whole, and neither has conditions. Both have a PUT that replaces
// a whole zone, one of them unexpectedly; this package calls neither. See [Host] for how a change
// is made.
package godaddyapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// Addresses of the API. The second one is GoDaddy's test environment, OTE, with its own accounts
// and credentials.
const (
	ProductionURL = "https://api.godaddy.com"
	OTEURL        = "https://api.ote-godaddy.com"
)

// Name is the host's name in IDs and attributes.
const Name = "godaddy"

// NameServerSuffix is the domain of GoDaddy's name servers.
const NameServerSuffix = "domaincontrol.com"

// service is the host's name in messages.
const service = "GoDaddy"

// The limits of a record's TTL in seconds, and its default.
const (
	minTTL     = 600
	maxTTL     = 86400
	defaultTTL = 3600
)

// freshFor is how old a snapshot may be to change the zone without reading it again.
const freshFor = time.Second

// Config is an account at GoDaddy. BaseURL and either Token or Key with Secret are required;
// everything else has a default.
type Config struct {
	// Token is a personal access token, for v3. It takes precedence over a key.
	Token string
	// Key and Secret are an API key with its secret, for v1.
	Key, Secret string
	// ShopperID is the account of a reseller's customer; empty: the credentials' own account.
	ShopperID string
	BaseURL   *url.URL

	Transport http.RoundTripper // nil: one of its own
	UserAgent string

	// CallsPerMinute is the rate limit of calls to each endpoint; 0: 60, which is GoDaddy's;
	// negative: none.
	CallsPerMinute int
	// Timeout is the time limit of one call; 0: 60 s.
	Timeout time.Duration
	// RetryWait is the shortest pause before a call is repeated; 0: 2 s.
	RetryWait time.Duration

	// Now is the clock of CallsPerMinute, and Pause its pause. nil: the real ones.
	Now   func() time.Time
	Pause func(ctx context.Context, d time.Duration) error
}

// Host is one account at GoDaddy. It implements [dns.ZoneLister].
//
// # How a change is made
//
// Apply reads the zone again, unless the snapshot is fresh and newer than the request for the
// change, and compares the record sets concerned with the snapshot. That is the closest to a
// condition that these APIs allow. Then it makes one call after another. If the program is killed
// between two of them, the zone has too many records and not too few: records are created before
// others are deleted, wherever both can exist together. Where they cannot (a CNAME in the place of
// other data, or a change of nothing but the TTL), deleted records are restored if GoDaddy refuses
// those that replace them. An error in the middle is a [*PartialError], which says what was done
// and what was not.
//
// With v3, each record takes a call to create and a call to delete it, because the API has no
// others. With v1, all new records take one call; a record set that loses or changes a value is
// read and immediately written again without that value.
type Host struct {
	version version
	zones   api.Cache[found]            // by apex
	list    api.Cache[[]dns.HostedZone] // see Zones
}

// version is one of the two APIs: what differs between them.
type version interface {
	limits() dns.Limits
	// access is the write access that credentials of this kind have if they can read.
	access() dns.WriteAccess
	// nameServers returns the canonical name servers of a zone. The error matches api.ErrNotFound
	// if the account has no such zone.
	nameServers(ctx context.Context, apex string) ([]string, error)
	// list returns all records of a zone at this moment.
	list(ctx context.Context, apex string) ([]wire, error)
	// domains returns the list of the account's domains, in which one may be more than once.
	domains(ctx context.Context) ([]domain, error)
	// plan returns the calls that make a change, in order.
	plan(apex string, fresh []entry, c change) []stepwise.Step
}

// found is whether a name is a zone of the account.
type found struct {
	zone dns.HostedZone
	is   bool
}

// New makes a host. It makes no call.
func New(config Config) *Host {
	caller := newCaller(config)
	if config.Token != "" {
		return &Host{version: &tokenAPI{caller}}
	}
	return &Host{version: &keyAPI{caller}}
}

var _ dns.ZoneLister = (*Host)(nil)

// Name implements [dns.Host].
func (h *Host) Name() string { return Name }

// Limits implements [dns.Host].
func (h *Host) Limits() dns.Limits { return h.version.limits() }

// FindZone implements [dns.Host]. It asks for the NS records at each name that can be the zone's
// apex, instead of listing the account's domains: v3 lists no domains that are registered elsewhere,
// and small accounts may not list any.
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	canonical, err := dns.Canonical(name)
	if err != nil {
		return dns.HostedZone{}, err
	}
	var denied error
	for _, apex := range candidates(canonical) {
		at, err := h.known(ctx, apex)
		switch {
		case isDenial(err):
			denied = cmp.Or(denied, err)
		case err != nil || at.is:
			return at.zone, err
		}
	}
	if denied != nil {
		return dns.HostedZone{}, denied
	}
	return dns.HostedZone{}, errNoZone(canonical)
}

// isDenial is whether GoDaddy refuses to answer about a name. The reason may be the credentials, or
// the name: it belongs to somebody else or cannot be a zone, while the zone is at a name above it.
func isDenial(err error) bool {
	var answer *api.Error
	return errors.As(err, &answer) &&
		slices.Contains([]int{http.StatusForbidden, http.StatusBadRequest, http.StatusUnprocessableEntity}, answer.Status)
}

func errNoZone(name string) error {
	return &api.Error{
		Service: service, Op: "find the zone of", Object: name, Kind: api.ErrNotFound,
		Cause:  errors.New("the account has no zone at this name or above it"),
		Advice: noZoneAdvice,
	}
}

// known is whether there is a zone with that apex. It asks once.
func (h *Host) known(ctx context.Context, apex string) (found, error) {
	return h.zones.Get(ctx, apex, func(ctx context.Context) (found, error) {
		servers, err := h.version.nameServers(ctx, apex)
		if errors.Is(err, api.ErrNotFound) {
			return found{}, nil
		}
		if err != nil {
			return found{}, err
		}
		return found{zone: dns.HostedZone{Apex: apex, ID: apex, NameServers: servers}, is: true}, nil
	})
}

// candidates are the names that can be the apex of the zone of name, the deepest first. They end
// below the suffix of a registry. Names with underscores and wildcards cannot be an apex.
func candidates(name string) []string {
	var apexes []string
	for at := name; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") {
		if suffix, registry := publicsuffix.PublicSuffix(at); registry && suffix == at {
			break
		}
		if !strings.HasPrefix(at, "*") && !strings.Contains(at, "_") {
			apexes = append(apexes, at)
		}
	}
	return apexes
}

// CheckAccess implements [dns.Host]. An API key that can read a zone can write it, because there is
// no other kind. A token may have only the scope to read, and the API does not tell.
func (h *Host) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	at, err := h.known(ctx, zone.Apex)
	if err != nil {
		return dns.WriteUnknown, err
	}
	if !at.is {
		return dns.WriteUnknown, errNoZone(zone.Apex)
	}
	return h.version.access(), nil
}

// Read implements [dns.Host].
func (h *Host) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	began := time.Now()
	fresh, err := h.read(ctx, zone.Apex)
	if err != nil {
		return nil, err
	}
	snapshot := &dns.Snapshot{Zone: zone, Began: began, Native: fresh}
	for _, e := range fresh {
		snapshot.Records = append(snapshot.Records, e.record)
	}
	return snapshot, nil
}

// read reads and decodes a zone. It leaves out the SOA, and the leftovers without data that some
// zones have.
func (h *Host) read(ctx context.Context, apex string) ([]entry, error) {
	list, err := h.version.list(ctx, apex)
	if err != nil {
		return nil, err
	}
	return decode(list, apex), nil
}

// Apply implements [dns.Host].
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	apex := base.Zone.Apex
	c, err := h.encode(apex, changes)
	if err != nil {
		return err
	}
	fresh, known := base.Native.([]entry)
	if !known || !changes.Current || time.Since(base.Began) > freshFor {
		if fresh, err = h.read(ctx, apex); err != nil {
			return err
		}
	}
	if key, same := sameSets(base.Records, fresh, c); !same {
		return fmt.Errorf("%s at %s: %w", key.Type, key.Name, dns.ErrZoneChanged)
	}
	if !c.locate(fresh) {
		return fmt.Errorf("a record that was to be changed in zone %s is not there: %w", apex, dns.ErrZoneChanged)
	}
	return stepwise.Change{Service: service, Zone: apex, Steps: h.version.plan(apex, fresh, c)}.Run(ctx)
}
