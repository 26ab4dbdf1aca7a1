// Package azureapi edits public zones at Azure DNS by the API of Azure Resource Manager
// (https://learn.microsoft.com/rest/api/dns).
//
// Azure keeps record sets and not records. Each set has an etag, and this package writes a set only on
// the condition that its etag is the one that was read, or that there is no such set. It writes back
// all properties of a set that it read, including those that it does not know. See [Host.Apply].
package azureapi

import (
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Name is the host's name in IDs and attributes.
const Name = "azure"

// service is the host's name in messages.
const service = "Azure DNS"

// apiVersion is the version of the calls for zones and record sets. The last version that is not a
// preview, 2018-05-01, knows neither TLSA records nor sets that a Traffic Manager profile answers for:
// such a set could look like an empty one, and a write to it would cut the link to the profile. This
// version shows both. Azure's own command-line tools use it too.
const apiVersion = "2023-07-01-preview"

// The limits of a TTL in seconds, and the default that Azure's tools use.
const (
	minTTL     = 1
	maxTTL     = 1<<31 - 1
	defaultTTL = 3600
)

const (
	// maxText is how many bytes the texts of a TXT record set may have together.
	maxText = 4096
	// maxString is how many bytes one string of a TXT record may have.
	maxString = 255
	// maxRecords is how many records a set may have. Azure's support raises it on request.
	maxRecords = 20
)

// callRate, in calls a second, and callBurst are what Azure Resource Manager allows to one identity in
// a subscription. A zone has limits of its own, of 200 writes and 60 lists a minute. Azure tells when
// they are reached, and how long to wait.
const (
	callRate  rate.Limit = 10
	callBurst int        = 200
)

// Config holds the settings of a [Host].
type Config struct {
	// SubscriptionID is the subscription whose zones are listed.
	SubscriptionID string
	// Cloud is where the subscription is.
	Cloud Cloud
	// Credentials say who makes the calls.
	Credentials Credentials
	// BaseURL is the address of Azure Resource Manager; nil: that of the cloud.
	BaseURL *url.URL
	// Transport is the transport of all calls, including those for tokens; nil: the host makes its own.
	Transport http.RoundTripper
	UserAgent string
	// Unpaced sends calls without a rate limit of our own.
	Unpaced bool

	// Zero values mean the defaults of [api.Config].
	Timeout       time.Duration
	Retries       int
	RetryWaitMin  time.Duration
	RetryAfterMax time.Duration
}

// Host gives access to the zones that an identity may see. It implements [dns.ZoneChooser] and
// [dns.ZoneLister].
type Host struct {
	client       *api.Client
	tokens       *tokens
	subscription string

	known api.Cache[[]zone]   // the zones of the subscription
	byID  api.Cache[zone]     // by ID, those that a user named
	may   api.Cache[[]string] // by ID, the types that may be written; see CheckAccess
}

var (
	_ dns.ZoneChooser = (*Host)(nil)
	_ dns.ZoneLister  = (*Host)(nil)
)

// New makes a host. It makes no call, and reads no file.
func New(config Config) *Host {
	pace := callRate
	if config.Unpaced {
		pace = rate.Inf
	}
	base := config.BaseURL
	if base == nil {
		base = config.Cloud.resourceManager()
	}
	client := api.New(api.Config{
		Service: service, BaseURL: base, UserAgent: config.UserAgent, Transport: config.Transport,
		Timeout: config.Timeout, Retries: config.Retries, RetryWaitMin: config.RetryWaitMin, RetryAfterMax: config.RetryAfterMax,
		Rate: pace, Burst: callBurst,
		Explain: api.ExplainJSON(explain), Secrets: config.Credentials.secrets(),
	})
	return &Host{client: client, tokens: newTokens(config, client), subscription: config.SubscriptionID}
}

// Name implements [dns.Host].
func (h *Host) Name() string { return Name }

// Limits implements [dns.Host]. Azure limits record sets and not records: a zone has 10,000 of them.
func (h *Host) Limits() dns.Limits {
	return dns.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: defaultTTL,
		TXT: maxText, Types: writable(), Objection: Objection, CompareAndSwap: true,
	}
}
