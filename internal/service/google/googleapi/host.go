// Package googleapi edits zones at Google Cloud DNS by version 1 of its API
// (https://cloud.google.com/dns/docs/reference/rest/v1).
//
// The service keeps record sets, not records. A change names the sets to delete exactly as they are,
// and the sets to add in their place. The service carries out either all of a change or nothing, and
// nothing if a set is no longer as it was read: it compares and swaps.
package googleapi

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// DefaultBaseURL is the address of Cloud DNS.
const DefaultBaseURL = "https://dns.googleapis.com/dns/v1"

// Name is the host's name in IDs and attributes.
const Name = "google"

// NameServerSuffix is the domain of the name servers, such as ns-cloud-a1.googledomains.com.
const NameServerSuffix = "googledomains.com"

// service is the host's name in messages.
const service = "Google Cloud DNS"

const (
	// minTTL is 1 although the service takes 0 too, because a TTL of 0 means the default here.
	minTTL     = 1
	maxTTL     = 1<<31 - 1
	defaultTTL = 300
	// maxText is a length that always fits into a DNS message, which has at most 65,535 bytes: a
	// header, a question and the record's own fields precede the data, and one length byte precedes
	// each 255 bytes of text. The service documents no lower limit for one record.
	maxText = (65535 - 12 - 259 - 12) / 256 * 255
)

// pendingFor is how long [Host.ApplyAndRead] waits for a change to show in the zone.
const pendingFor = time.Minute

// writable are the types of records that can be written. ALIAS and SOA belong to the service.
var writable = []string{"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"}

// Config holds the settings of a [Host]. Credentials and BaseURL are required.
type Config struct {
	Credentials Credentials
	// Project is the ID of the project whose zones are listed. If it is empty, it is that of the
	// credentials.
	Project string
	// BaseURL is the parsed [DefaultBaseURL], or the URL of a simulation.
	BaseURL *url.URL
	// Transport is the transport of the calls, also of those for tokens; nil: the host makes its own.
	Transport http.RoundTripper
	UserAgent string

	// Zero values mean the defaults.
	Timeout       time.Duration // of a call
	Retries       int           // further attempts of a call after the first
	RetryWaitMin  time.Duration // the first pause before a call is repeated
	RetryAfterMax time.Duration // the longest pause that the service may ask for
	// PendingFor is how long a change may take to show in the zone; 0: a minute.
	PendingFor time.Duration
}

// Host gives access to the zones of a project. It implements [dns.ZoneLister], [dns.ZoneChooser] and
// [dns.ReadBacker].
type Host struct {
	client     *api.Client
	tokens     *tokens
	project    string // as configured
	pendingFor time.Duration
	waitMin    time.Duration
	retries    int

	listed api.Cache[[]managedZone]
	chosen api.Cache[dns.HostedZone] // by path
}

var (
	_ dns.ZoneLister    = (*Host)(nil)
	_ dns.ZoneChooser   = (*Host)(nil)
	_ dns.PartialLister = (*Host)(nil)
	_ dns.ReadBacker    = (*Host)(nil)
)

// The pauses of calls that the service has refused as too many. Its quotas count by the minute, so
// the pauses together are longer than that.
const (
	defaultRetries = 7
	defaultWaitMin = time.Second
	waitMax        = 32 * time.Second
)

// New makes a host. It makes no call and reads no file.
func New(cfg Config) *Host {
	if cfg.Retries == 0 {
		cfg.Retries = defaultRetries
	}
	if cfg.RetryWaitMin == 0 {
		cfg.RetryWaitMin = defaultWaitMin
	}
	if cfg.PendingFor == 0 {
		cfg.PendingFor = pendingFor
	}
	client := api.New(api.Config{
		Service: service, BaseURL: cfg.BaseURL, UserAgent: cfg.UserAgent, Transport: cfg.Transport,
		Timeout: cfg.Timeout, Retries: cfg.Retries, RetryWaitMin: cfg.RetryWaitMin, RetryWaitMax: waitMax, RetryAfterMax: cfg.RetryAfterMax,
		Explain: explain,
	})
	return &Host{
		client: client, tokens: newTokens(cfg, client), project: cfg.Project,
		pendingFor: cfg.PendingFor, waitMin: cfg.RetryWaitMin, retries: cfg.Retries,
	}
}

// Name implements [dns.Host].
func (h *Host) Name() string { return Name }

// Limits implements [dns.Host]. The number of record sets in a zone, of records in a set and of
// changes at once are quotas of the project. The service refuses a change beyond them as a whole.
func (h *Host) Limits() dns.Limits {
	return dns.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL, TXT: maxText,
		Types: writable, Objection: Objection, Atomic: true, CompareAndSwap: true,
	}
}

// Objection implements [dns.Limits.Objection].
func Objection(_ string, r dns.Record) string {
	if r.Type == "NS" && strings.HasPrefix(r.Name, "*.") {
		return "Google Cloud DNS takes no NS records at a wildcard"
	}
	return ""
}
