// Package namecheapapi is the DNS host Namecheap: a dns.Host on the API of
// https://www.namecheap.com/support/api/methods/domains-dns/, called by the vendor's SDK.
//
// The API has two calls for a zone. getHosts reads it, and setHosts replaces it: it deletes what it
// does not get, and has no conditions. See [Host] for the consequences.
package namecheapapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	sdk "github.com/namecheap/go-namecheap-sdk/v2/namecheap"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Addresses of the API. The second one is Namecheap's own sandbox, with its own accounts, keys and
// domains.
const (
	ProductionURL = "https://api.namecheap.com/xml.response"
	SandboxURL    = "https://api.sandbox.namecheap.com/xml.response"
)

// Name is the host's name in IDs and attributes.
const Name = "namecheap"

// service is the host's name in messages.
const service = "Namecheap"

// Config is an account at Namecheap. The credentials and BaseURL are required; everything else has
// a default.
type Config struct {
	// APIUser and APIKey are the credentials. UserName is the account, if it is not the API user's
	// own.
	APIUser, APIKey, UserName string
	// ClientIP is the IPv4 address of the calls. It is on the account's allow-list.
	ClientIP string
	BaseURL  *url.URL

	Transport http.RoundTripper // nil: one of its own
	UserAgent string

	// CallsPerMinute is the rate limit of calls; 0: 20, which is Namecheap's; negative: none.
	CallsPerMinute int
	// Handover is how long the next Read may use a zone that FindZone has read; 0: 10 s; negative:
	// not at all.
	Handover time.Duration
	// Timeout is the time limit of one call; 0: 60 s.
	Timeout time.Duration
	// RetryWait is the shortest pause before a read is repeated; 0: 500 ms.
	RetryWait time.Duration

	// Pause waits where Namecheap requires it, Now is the clock. nil: the real ones.
	Pause func(ctx context.Context, d time.Duration) error
	Now   func() time.Time
}

// Host is one account at Namecheap. It implements dns.ZoneLister.
//
// # What a write can do to others
//
// Apply reads the zone, compares it with the snapshot of the plan, writes the whole zone, and reads
// it again. What others write between the first read and the write is overwritten:
//
//	A reads · B reads · A writes · B writes
//
// What B writes never contained A's change, and is what B reads afterwards. Only A can notice, by a
// read after B's write. So Apply keeps the time between read and write short, never repeats a write
// without a read, and reads the zone again after about twice the time that all of it took. If two
// processes collide, the one whose change is lost notices and publishes it again, unless a call of
// the other took several times as long as its own.
//
// Other programs, and people in the web interface, do not check: what they write in just that
// moment is overwritten, and the API shows no sign of it. If they write a moment later and undo our
// change, reading the zone back shows that: the error is an [*InterferenceError] that lists the
// records.
//
// # What a reading costs
//
// Namecheap allows 20 calls a minute, so a refresh reads each zone once. FindZone has to read the
// zone to know whether it exists, and hands the result to the first Read within moments
// (Config.Handover), unless something was written since. No result is handed over twice. The read
// by which ApplyAndRead checks the written zone also serves the editor. Apply does not read the
// zone before the write if the snapshot is fresh (see freshFor) and newer than the request for the
// change, because then no edit can exist that the change has to respect.
//
// Resources that run one after another (depends_on) therefore take two readings for each write. The
// reading after the write of one cannot be the reading before the write of the next, however soon
// that comes: a third resource, which the next one depends on too, may have changed the zone in
// between. setHosts would delete that change, and nothing would show it. Four such resources take
// ten readings and four writes from nothing: one reading to plan, one to find the zone again at
// apply, and two for each write. With six, no write would follow a reading that is newer than its
// request. Side by side, the four take four readings and one write.
type Host struct {
	config    Config
	transport *api.Transport
	client    *sdk.Client
	limiter   *rate.Limiter
	zones     api.Cache[dns.HostedZone]   // by apex
	list      api.Cache[[]dns.HostedZone] // see Zones

	mu       sync.Mutex
	handover map[string]reading // by apex
	written  map[string]uint64  // by apex: how many writes have begun or ended
}

// reading is a zone as FindZone read it.
type reading struct {
	at       time.Time
	snapshot *dns.Snapshot
}

// New makes a host. It calls nobody.
func New(config Config) *Host {
	if config.UserName == "" {
		config.UserName = config.APIUser
	}
	if config.Handover == 0 {
		config.Handover = 10 * time.Second
	}
	if config.Pause == nil {
		config.Pause = api.Pause
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	h := &Host{config: config, limiter: newLimiter(config.CallsPerMinute), handover: map[string]reading{}, written: map[string]uint64{}}
	h.transport, h.client = config.client()
	return h
}

func newLimiter(perMinute int) *rate.Limiter {
	switch {
	case perMinute < 0:
		return rate.NewLimiter(rate.Inf, 0)
	case perMinute == 0:
		perMinute = 20
	}
	// A reading and a write that belong together take two at once.
	return rate.NewLimiter(rate.Limit(perMinute)/60, max(perMinute, 2))
}

// Name implements dns.Host.
func (h *Host) Name() string { return Name }

// Limits implements dns.Host. They are those of setHosts.
func (h *Host) Limits() dns.Limits {
	return dns.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL,
		Records: maxRecords, TXT: maxTXT, Types: writableTypes, Objection: Objection,
		Atomic: true, RewritesZone: true,
	}
}

// FindZone implements dns.Host. Namecheap has only zones of registered domains, so the public
// suffix list tells which one it can be.
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	canonical, err := dns.Canonical(name)
	if err != nil {
		return dns.HostedZone{}, err
	}
	err = &api.Error{
		Service: service, Op: "find the zone of", Object: canonical, Kind: api.ErrNotFound,
		Cause: errors.New("no domain that can be registered is at this name or above it"),
	}
	for _, apex := range registrable(canonical) {
		var zone dns.HostedZone
		if zone, err = h.known(ctx, apex); err == nil || !errors.Is(err, api.ErrNotFound) {
			return zone, err
		}
	}
	return dns.HostedZone{}, err
}

// known returns the zone of that apex, reading it if it never was.
func (h *Host) known(ctx context.Context, apex string) (dns.HostedZone, error) {
	return h.zones.Get(ctx, apex, func(ctx context.Context) (dns.HostedZone, error) {
		generation := h.generation(apex)
		snapshot, err := h.read(ctx, apex)
		if err != nil {
			return dns.HostedZone{}, err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.written[apex] == generation {
			h.handover[apex] = reading{at: h.config.Now(), snapshot: snapshot}
		}
		return snapshot.Zone, nil
	})
}

// registrable returns the domains at a name or above it that can be registered, the deepest first.
// They are two where a company, as opposed to a registry, takes registrations below a domain of its
// own.
func registrable(name string) []string {
	var domains []string
	for suffix := name; ; {
		next, icann := publicsuffix.PublicSuffix(suffix)
		if below, found := strings.CutSuffix(name, "."+next); found {
			domains = append(domains, below[strings.LastIndexByte(below, '.')+1:]+"."+next)
		}
		_, above, found := strings.Cut(next, ".")
		if icann || !found {
			return domains
		}
		suffix = above
	}
}

// CheckAccess implements dns.Host. An API key that can read can write, because there is no other
// kind.
func (h *Host) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	if _, err := h.known(ctx, zone.Apex); err != nil {
		return dns.WriteUnknown, err
	}
	return dns.WriteProven, nil
}

// Read implements dns.Host.
func (h *Host) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	h.mu.Lock()
	found, handed := h.handover[zone.Apex]
	delete(h.handover, zone.Apex)
	h.mu.Unlock()
	if handed && h.config.Now().Sub(found.at) <= h.config.Handover {
		return found.snapshot, nil
	}
	return h.read(ctx, zone.Apex)
}

// read reads a zone, and refuses one that Namecheap does not serve.
func (h *Host) read(ctx context.Context, apex string) (*dns.Snapshot, error) {
	if err := h.turn(ctx, readOp, apex, 1); err != nil {
		return nil, err
	}
	began := time.Now()
	state, err := h.getHosts(ctx, apex)
	if err != nil {
		return nil, err
	}
	return state.snapshot(began), nil
}

// turn waits until so many calls may be made.
func (h *Host) turn(ctx context.Context, op, object string, calls int) error {
	if err := h.limiter.WaitN(ctx, calls); err != nil {
		return fmt.Errorf("%s: %s %s: waiting for a turn among the calls that Namecheap allows: %w", service, op, object, err)
	}
	return nil
}

func (h *Host) generation(apex string) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.written[apex]
}

// wrote notes that a write begins or has ended: no reading from before counts.
func (h *Host) wrote(apex string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.written[apex]++
	delete(h.handover, apex)
}
