// Package cloudflareapi edits zones at Cloudflare by version 4 of its API
// (https://developers.cloudflare.com/api/), with an API token.
//
// All changes of a zone are sent as one batch, which Cloudflare makes in one transaction. A change
// does not mention a record's comment, tags and settings, so they stay as they are.
package cloudflareapi

import (
	"net/http"
	"net/url"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/user"
	"github.com/cloudflare/cloudflare-go/v7/zones"
	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// DefaultBaseURL is the address of Cloudflare's API.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

const (
	// automaticTTL lets Cloudflare choose the TTL, which is then five minutes.
	automaticTTL = 1
	minTTL       = 60
	maxTTL       = 86400
	// maxText is a length that always fits into the 4096 bytes that a record may take in the DNS's
	// own format, whatever its name: 10 bytes precede the data, and one length byte precedes each
	// 255 bytes of text.
	maxText = 4096 - 255 - 10 - 4096/256
)

const (
	// callRate, in calls a second, and callBurst keep one process within the 1200 calls in five
	// minutes (600 at once and 300 times 2) that a token may make. After one more, Cloudflare
	// refuses everything for five minutes.
	callRate  rate.Limit = 2
	callBurst int        = 600
)

// Config holds the settings of a [Host].
type Config struct {
	// APIToken is the API token of a user or of an account. A Global API Key is not a token.
	APIToken string
	// BaseURL is the parsed [DefaultBaseURL], or the URL of a simulation.
	BaseURL *url.URL
	// Transport is the transport of the calls; nil: the host makes its own.
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

// Host gives access to the zones of an API token. It implements [hosted.ZoneLister] and
// [hosted.ZoneChooser].
type Host struct {
	transport *api.Transport
	records   *dns.RecordService
	zones     *zones.ZoneService
	tokens    *user.TokenService

	known  api.Cache[[]zone]
	single api.Cache[zone] // by ID
}

var (
	_ hosted.ZoneLister  = (*Host)(nil)
	_ hosted.ZoneChooser = (*Host)(nil)
)

// New makes a host. It makes no call.
func New(cfg Config) *Host {
	pace := callRate
	if cfg.Unpaced {
		pace = rate.Inf
	}
	transport := api.NewTransport(api.Config{
		Service: "Cloudflare", BaseURL: cfg.BaseURL, UserAgent: cfg.UserAgent, Transport: cfg.Transport,
		Timeout: cfg.Timeout, Retries: cfg.Retries, RetryWaitMin: cfg.RetryWaitMin, RetryAfterMax: cfg.RetryAfterMax,
		Rate: pace, Burst: callBurst,
		Explain: explain, Secrets: []string{cfg.APIToken},
	}, api.TransportRules{})
	options := []option.RequestOption{
		// The SDK resolves its paths relative to the URL. Without a slash at its end, the URL would
		// lose its last element.
		option.WithBaseURL(cfg.BaseURL.String() + "/"),
		option.WithAPIToken(cfg.APIToken),
		option.WithHTTPClient(transport.HTTPClient()),
		option.WithMaxRetries(0),
	}
	return &Host{
		transport: transport,
		records:   dns.NewRecordService(options...),
		zones:     zones.NewZoneService(options...),
		tokens:    user.NewTokenService(options...),
	}
}

// Name implements [hosted.Host].
func (h *Host) Name() string { return "cloudflare" }

// Limits implements [hosted.Host]. How many records a zone may have depends on its plan and its
// age, and no call returns it.
func (h *Host) Limits() hosted.Limits {
	return hosted.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: automaticTTL, AutomaticTTL: automaticTTL,
		TXT: maxText, Types: writable, Atomic: true, ApexCNAME: true, Comments: true,
	}
}
