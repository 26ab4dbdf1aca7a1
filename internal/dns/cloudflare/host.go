// Package cloudflare edits zones at Cloudflare by version 4 of its API
// (https://developers.cloudflare.com/api/), with an API token.
//
// All changes of a zone go out as one batch, which Cloudflare carries out in one
// transaction. What a record has beside its data (comment, tags, settings) is
// never mentioned in a change, and so stays as it is.
package cloudflare

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

// DefaultBaseURL is where Cloudflare's API is.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

const (
	// automaticTTL means "of your choice", which is five minutes.
	automaticTTL = 1
	minTTL       = 60
	maxTTL       = 86400
	// maxText is what surely fits into the 4096 bytes that a record may take in
	// the DNS's own format, whatever the length of its name: there are 10 bytes
	// more before the data, and a length before each 255 bytes of text.
	maxText = 4096 - 255 - 10 - 4096/256
)

const (
	// callRate, in calls a second, and callBurst keep one process to the 1200 calls
	// in five minutes (600 at once and 300 times 2) that a token may make: one more,
	// and everything is refused for five minutes.
	callRate  rate.Limit = 2
	callBurst int        = 600
)

// Config is what a [Host] is made of.
type Config struct {
	// APIToken is an API token, of a user or of an account. Global API keys are
	// something else.
	APIToken string
	// BaseURL is [DefaultBaseURL], parsed, or that of a simulation.
	BaseURL *url.URL
	// Transport is what calls go out by; nil: one of the host's own.
	Transport http.RoundTripper
	UserAgent string
	// Unpaced has calls go out as they come, without regard to how many the API
	// takes in five minutes.
	Unpaced bool

	// Zero values mean the defaults of [api.Config].
	Timeout       time.Duration
	Retries       int
	RetryWaitMin  time.Duration
	RetryAfterMax time.Duration
}

// Host is the zones that an API token gives access to. It implements
// [hosted.Host].
type Host struct {
	transport *api.Transport
	records   *dns.RecordService
	zones     *zones.ZoneService
	tokens    *user.TokenService

	known api.Cache[[]zone]
}

var _ hosted.Host = (*Host)(nil)

// New makes a host. It calls nothing yet.
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
		// The SDK resolves its paths against the URL, so that one without a slash
		// at its end would lose its last element.
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

// Limits implements [hosted.Host]. How many records a zone may have depends on
// its plan and its age, and no call tells it.
func (h *Host) Limits() hosted.Limits {
	return hosted.Limits{
		MinTTL: minTTL, MaxTTL: maxTTL, DefaultTTL: automaticTTL, AutomaticTTL: automaticTTL,
		TXT: maxText, Types: writable, Atomic: true, ApexCNAME: true,
	}
}
