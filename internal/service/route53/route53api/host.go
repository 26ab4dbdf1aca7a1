// Package route53api edits zones at Amazon Route 53 by its API of 2013-04-01
// (https://docs.aws.amazon.com/Route53/latest/APIReference/), with the SDK of the vendor.
//
// All changes of a zone are one batch, which Route 53 makes as a whole or not at all. A record set
// is changed by deleting it exactly as it was read and creating it anew in the same batch. Route 53
// refuses the batch if the set is no longer like that, so no change of somebody else is lost.
package route53api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	defaultTTL = 300
	// maxTTL is the largest that the DNS has (RFC 2181 section 8).
	maxTTL = 1<<31 - 1
)

const (
	// callRate, in calls a second, and callBurst are what an account may make of each kind of call
	// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html). Other programs
	// of the account use the same allowance, so calls are refused all the same.
	callRate  rate.Limit = 10
	callBurst int        = 50
	// longestPause is the longest wait before a call is repeated. A signature is valid for five
	// minutes.
	longestPause = 3 * time.Minute
)

// Config holds the settings of a [Host].
type Config struct {
	// Login says where the credentials come from. Its Region also tells the partition of AWS.
	Login awsauth.Settings
	// BaseURL is the address of the API: what [BaseURL] returns, or that of a proxy or a simulation.
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

// Host gives access to the hosted zones of an AWS account. It implements [hosted.ZoneLister] and
// [hosted.ZoneChooser].
type Host struct {
	transport   *api.Transport
	client      *route53.Client
	credentials *awsauth.Credentials

	listing api.Cache[[]zone]
	details api.Cache[zone]
}

var (
	_ hosted.ZoneLister  = (*Host)(nil)
	_ hosted.ZoneChooser = (*Host)(nil)
)

// serviceName is the name of the service in messages.
const serviceName = "Route 53"

// New makes a host. It makes no call and reads no file.
func New(cfg Config) *Host {
	pace := callRate
	if cfg.Unpaced {
		pace = rate.Inf
	}
	pause := cfg.RetryAfterMax
	if pause == 0 {
		pause = longestPause
	}
	transport := api.NewTransport(api.Config{
		Service: serviceName, BaseURL: cfg.BaseURL, UserAgent: cfg.UserAgent, Transport: cfg.Transport,
		Timeout: cfg.Timeout, Retries: cfg.Retries, RetryWaitMin: cfg.RetryWaitMin, RetryAfterMax: pause,
		Rate: pace, Burst: callBurst,
		Explain: explain, Secrets: []string{cfg.Login.SecretKey, cfg.Login.SessionToken},
	}, api.TransportRules{RateLimited: throttled})
	credentials := awsauth.New(cfg.Login, transport.AddSecret)
	_, region := endpoint(cfg.Login.Region)
	return &Host{
		transport:   transport,
		credentials: credentials,
		client: route53.New(route53.Options{
			Region: region, BaseEndpoint: aws.String(cfg.BaseURL.String()),
			Credentials: credentials, HTTPClient: transport.HTTPClient(),
			// The SDK would repeat a change that was made, and then take it for somebody else's.
			Retryer: aws.NopRetryer{},
		}),
	}
}

// Name implements [hosted.Host].
func (h *Host) Name() string { return "route53" }

// Limits implements [hosted.Host]. How many records a zone may have is a quota of the account, which
// a call of its own would tell.
func (h *Host) Limits() hosted.Limits {
	return hosted.Limits{
		MaxTTL: maxTTL, DefaultTTL: defaultTTL, TXT: maxText, Types: writable, Objection: Objection,
		Atomic: true, CompareAndSwap: true,
	}
}

// CheckAccess implements [hosted.Host]. No call tells what the credentials may do. Policies can also
// depend on the names, types and actions of a change.
func (h *Host) CheckAccess(context.Context, hosted.HostedZone) (hosted.WriteAccess, error) {
	return hosted.WriteUnknown, nil
}

// deed is what a call does, for messages.
type deed struct {
	op, object string // as in [api.Request]
	action     string // the action that policies name
	zone       string // the ID of the zone that is concerned; empty: no zone in particular
}

// call makes one call of the SDK. Credentials are fetched before it, so that an error about them says
// so.
func (h *Host) call(ctx context.Context, does deed, fn func(ctx context.Context) error) error {
	if _, err := h.credentials.Retrieve(ctx); err != nil {
		return fmt.Errorf("%s: %s: %w", serviceName, strings.TrimSpace(does.op+" "+does.object), err)
	}
	return h.refused(does, h.transport.Call(ctx, does.op, does.object, fn))
}

// BaseURL returns the address of the API for accounts that work in a region. The API has one address
// for each partition of AWS: the usual one, China, the government's. An empty region is in the usual
// one.
func BaseURL(region string) string {
	address, _ := endpoint(region)
	return address
}

// endpoint returns the address of the API for a region, and the region that calls are signed for. The
// two belong together: a call to another address, such as a proxy's, is signed as for this one.
func endpoint(region string) (address, signing string) {
	const usual = "us-east-1"
	for _, at := range []string{region, usual} {
		if at == "" {
			continue
		}
		found, err := route53.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), route53.EndpointParameters{Region: aws.String(at)})
		if err == nil {
			return strings.TrimSuffix(found.URI.String(), "/"), signingRegion(found, at)
		}
	}
	return "https://route53.amazonaws.com", usual
}
