// Package godaddy is GoDaddy as a DNS host: [dns.Host] on the two APIs that it has
// for DNS records, v3 with a personal access token and v1 with an API key and its
// secret (https://developer.godaddy.com).
//
// Neither changes a zone as a whole, and neither takes a condition. Both have a PUT
// that replaces a whole zone, one of them by surprise; this package calls neither.
// See [Host] for how a change is made.
package godaddy

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
)

// Addresses of the API. The second one is GoDaddy's test environment, OTE, which
// has accounts and credentials of its own.
const (
	ProductionURL = "https://api.godaddy.com"
	OTEURL        = "https://api.ote-godaddy.com"
)

// Name is what IDs and attributes call this host.
const Name = "godaddy"

// service is what messages call it.
const service = "GoDaddy"

// Bounds of a record's TTL, in seconds, and what it has unless told otherwise.
const (
	minTTL     = 600
	maxTTL     = 86400
	defaultTTL = 3600
)

// freshFor is how old a snapshot may be for the zone to be changed without another look
// at it.
const freshFor = time.Second

// Config is an account at GoDaddy. BaseURL and either Token or Key with Secret are
// required, all else has a default.
type Config struct {
	// Token is a personal access token, for v3. It is used where there is a key
	// too.
	Token string
	// Key and Secret are an API key with its secret, for v1.
	Key, Secret string
	// ShopperID is the account of a customer for whom a reseller acts; empty: the
	// credentials' own.
	ShopperID string
	BaseURL   *url.URL

	Transport http.RoundTripper // nil: one of its own
	UserAgent string

	// CallsPerMinute is how many calls are made to each endpoint; 0: 60, as many
	// as GoDaddy allows; negative: any number.
	CallsPerMinute int
	// Timeout is that of one call; 0: 60 s.
	Timeout time.Duration
	// RetryWait is the shortest wait before a call is repeated; 0: 2 s.
	RetryWait time.Duration

	// Now is the clock of CallsPerMinute, and Pause waits for it. nil: the real
	// ones.
	Now   func() time.Time
	Pause func(ctx context.Context, d time.Duration) error
}

// Host is one account at GoDaddy. It implements [dns.Host].
//
// # How a change is made
//
// Apply reads the zone again, unless the snapshot is fresh and newer than the wish for
// the change, and compares the record sets concerned with the snapshot: that is as near
// to a condition as these APIs come. Then it makes one call after another, in an order
// in which a program that is killed between two of them leaves more records than were
// wanted rather than fewer: records are created before others are deleted, wherever the two can be
// there together. Where they cannot (a CNAME in the place of other data, a change of
// nothing but the TTL) what was deleted is put back if GoDaddy refuses what is to
// come in its place. An error half-way is a [*PartialError]: it says what was done
// and what was not.
//
// With v3 each record is created and deleted by a call of its own: the API has no
// other. With v1 all new records come in one call; a record set that loses or
// changes a value is put anew as it was read in the moment before, less that value.
type Host struct {
	version version
	zones   api.Cache[found] // by apex
}

// version is one of the two APIs, in what they differ in.
type version interface {
	limits() dns.Limits
	// access is what credentials of this kind that may read may do.
	access() dns.WriteAccess
	// nameServers returns the name servers of a zone, canonical. The error matches
	// api.ErrNotFound where the account has no such zone.
	nameServers(ctx context.Context, apex string) ([]string, error)
	// list returns all records of a zone as it is now.
	list(ctx context.Context, apex string) ([]wire, error)
	// plan returns the calls that make a change, in their order.
	plan(apex string, fresh []entry, c change) []step
}

// found is what is known of a name: whether it is a zone of the account.
type found struct {
	zone dns.HostedZone
	is   bool
}

// New makes a host. It calls nobody.
func New(config Config) *Host {
	caller := newCaller(config)
	if config.Token != "" {
		return &Host{version: &tokenAPI{caller}}
	}
	return &Host{version: &keyAPI{caller}}
}

var _ dns.Host = (*Host)(nil)

// Name implements [dns.Host].
func (h *Host) Name() string { return Name }

// Limits implements [dns.Host].
func (h *Host) Limits() dns.Limits { return h.version.limits() }

// FindZone implements [dns.Host]. It asks for the NS records at each name that may
// be the zone's apex, instead of listing the account's domains: zones of domains that
// are registered elsewhere are in no list, and small accounts may not list any.
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

// isDenial is whether GoDaddy refuses to speak of a name. That may be due to the
// credentials, but also to the name, which is somebody else's or cannot be a zone's,
// while the zone is further up.
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

// known says whether there is a zone of that apex, asking if it never did.
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

// candidates are the names at which a zone may begin that holds name, the deepest
// first. They end below the suffix of a registry; there are no zones at names with
// underscores, or at a wildcard.
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

// CheckAccess implements [dns.Host]. An API key that can read a zone can write it, as
// there are no others. A token may have the scope for the one and not for the other,
// and the API does not say.
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

// read reads a zone and decodes it, leaving out what is no record of it: the SOA,
// and the leftovers without data that some zones have.
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
	return run(ctx, apex, h.version.plan(apex, fresh, c))
}
