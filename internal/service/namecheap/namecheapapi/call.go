package namecheapapi

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	sdk "github.com/namecheap/go-namecheap-sdk/v2/namecheap"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// All commands are called by the SDK's general method. Its special methods for zones would change
// records of others. They cut MX preferences to 255. They refuse zones with hosted mail, zones that
// had MX records and have none now, and domains below a top-level domain in punycode. And they
// overlook <Host> elements, as the documentation spells them. Its method for the list of domains
// takes an answer without a list for an empty list, and one date in an unexpected form for a
// failure.
const (
	getHostsCommand = "namecheap.domains.dns.getHosts"
	setHostsCommand = "namecheap.domains.dns.setHosts"
	getListCommand  = "namecheap.domains.getList"
)

// readCommands are the commands that change nothing.
var readCommands = []string{getHostsCommand, getListCommand}

// The names of the operations in messages.
const (
	readOp  = "read zone"
	writeOp = "write zone"
	listOp  = "list the domains of account"
)

// How often a call is made, and the pause between attempts: after too many calls in the last
// minute, and after a failure behind the API. Only reads are repeated after the latter.
const (
	rateLimitAttempts = 4
	rateLimitPause    = 20 * time.Second
	upstreamAttempts  = 3
	upstreamPause     = time.Second
)

// response is an answer to any of the commands.
type response struct {
	Status string     `xml:"Status,attr"`
	Errors []apiError `xml:"Errors>Error"`
	Zone   *struct {
		EmailType     string `xml:"EmailType,attr"`
		IsUsingOurDNS bool   `xml:"IsUsingOurDNS,attr"`
		Hosts         []host `xml:"host"`
		Documented    []host `xml:"Host"`
	} `xml:"CommandResponse>DomainDNSGetHostsResult"`
	Written *struct {
		IsSuccess bool `xml:"IsSuccess,attr"`
	} `xml:"CommandResponse>DomainDNSSetHostsResult"`
	Listed *struct {
		Domains []listedDomain `xml:"Domain"`
	} `xml:"CommandResponse>DomainGetListResult"`
	Paging *struct {
		TotalItems  int `xml:"TotalItems"`
		CurrentPage int `xml:"CurrentPage"`
	} `xml:"CommandResponse>Paging"`
}

type apiError struct {
	Number  int    `xml:"Number,attr"`
	Message string `xml:",chardata"`
}

// client makes a client of the SDK whose calls use our transport. The SDK's own retries would
// repeat a write after a time-out, so they are off, and its rate limit too. The transport repeats
// failed reads, but not a call that was refused as one too many: before a write is repeated, the
// zone has to be read again.
func (c Config) client() (*api.Transport, *sdk.Client) {
	transport := api.NewTransport(api.Config{
		Service: service, BaseURL: c.BaseURL, UserAgent: c.UserAgent, Transport: c.Transport,
		Timeout: c.Timeout, RetryWaitMin: c.RetryWait, RetryAfterMax: rateLimitPause - 1,
		Explain: explainStatus, Secrets: []string{c.APIKey},
	}, api.TransportRules{
		RepeatOf: func(_ *http.Request, body []byte) api.Repeat {
			if form, err := url.ParseQuery(string(body)); err == nil && slices.Contains(readCommands, form.Get("Command")) {
				return api.Safely
			}
			return api.Never
		},
		RateLimited: func(resp *http.Response) (time.Duration, bool) {
			return rateLimitPause, resp.StatusCode == http.StatusMethodNotAllowed
		},
	})
	client := sdk.NewClient(&sdk.ClientOptions{
		ApiUser: c.APIUser, ApiKey: c.APIKey, UserName: c.UserName, ClientIp: c.ClientIP,
		HTTPClient: transport.HTTPClient(),
		RateLimit:  &sdk.RateLimitOptions{Disabled: true},
		Retry:      &sdk.RetryOptions{MaxAttempts: 1},
	})
	client.BaseURL = c.BaseURL.String()
	return transport, client
}

// getHosts reads a zone (https://www.namecheap.com/support/api/methods/domains-dns/get-hosts/).
func (h *Host) getHosts(ctx context.Context, apex string) (*zoneState, error) {
	answer, err := h.readCall(ctx, readOp, apex, parameters(getHostsCommand, apex))
	if err != nil {
		return nil, err
	}
	return answer.state(apex)
}

// readCall makes a call that changes nothing, and repeats it where that can help. An error that the
// API reports is an error here.
func (h *Host) readCall(ctx context.Context, op, object string, params map[string]string) (response, error) {
	for attempt := 1; ; attempt++ {
		answer, err := h.call(ctx, op, object, params)
		if err == nil {
			err = h.refusal(op, object, answer)
		}
		if err == nil {
			return answer, nil
		}
		wait := upstreamPause << (attempt - 1)
		switch {
		case errors.Is(err, api.ErrRateLimited) && attempt < rateLimitAttempts:
			wait = rateLimitPause
		case !answer.failedUpstream() || attempt >= upstreamAttempts:
			return response{}, err
		}
		if h.config.Pause(ctx, wait) != nil {
			return response{}, err
		}
	}
}

// state returns the zone in an answer.
func (r response) state(apex string) (*zoneState, error) {
	switch {
	case r.Zone == nil:
		return nil, &api.Error{
			Service: service, Op: readOp, Object: apex, Kind: api.ErrUnavailable,
			Cause: errors.New("the answer says neither what is in the zone nor what is wrong"),
		}
	case !r.Zone.IsUsingOurDNS:
		return nil, servedElsewhere(readOp, apex)
	}
	return &zoneState{apex: apex, emailType: r.Zone.EmailType, hosts: append(r.Zone.Hosts, r.Zone.Documented...)}, nil
}

// setHosts replaces a zone (https://www.namecheap.com/support/api/methods/domains-dns/set-hosts/).
func (h *Host) setHosts(ctx context.Context, state *zoneState) error {
	params := parameters(setHostsCommand, state.apex)
	params["EmailType"] = state.emailType
	if state.emailType == "" {
		params["EmailType"] = emailNone
	}
	for i, record := range state.hosts {
		number := strconv.Itoa(i + 1)
		params["HostName"+number] = record.Name
		params["RecordType"+number] = record.Type
		params["Address"+number] = record.Address
		for name, value := range map[string]string{"MXPref": record.MXPref, "TTL": record.TTL} {
			if value != "" { // the record was read without one
				params[name+number] = value
			}
		}
	}
	answer, err := h.call(ctx, writeOp, state.apex, params)
	if err != nil {
		return err
	}
	if err := h.refusal(writeOp, state.apex, answer); err != nil {
		return err
	}
	if answer.Written == nil || !answer.Written.IsSuccess {
		return &api.Error{
			Service: service, Op: writeOp, Object: state.apex, Kind: api.ErrUnavailable, Unsure: true,
			Cause:  errors.New("the answer is neither an error nor a success"),
			Advice: "See in the web interface whether the zone can be edited there",
		}
	}
	return nil
}

// parameters returns those that each call about a domain has.
func parameters(command, apex string) map[string]string {
	label, suffix := splitDomain(apex)
	return map[string]string{"Command": command, "SLD": label, "TLD": suffix}
}

// call makes a call. An error that the API reports is part of the answer.
func (h *Host) call(ctx context.Context, op, object string, params map[string]string) (response, error) {
	var answer response
	err := h.transport.Call(ctx, op, object, func(ctx context.Context) error {
		_, err := h.client.DoXMLWithContext(ctx, params, &answer) //nolint:bodyclose // the SDK has read and closed it
		if answer.failed() {
			return nil
		}
		return err
	})
	return answer, err
}

func (r response) failed() bool { return r.Status == "ERROR" || len(r.Errors) > 0 }

// failedUpstream is whether an error comes from a system behind Namecheap, or is unexplained. The
// first digit of the number says where it arose: 3 and 4 at the registries, 5 inside Namecheap.
func (r response) failedUpstream() bool { return len(r.Errors) > 0 && r.Errors[0].Number >= 3000000 }

// UnmarshalXML reads an answer, and refuses other XML. Without a check of the root element, any
// document would pass for an empty answer.
func (r *response) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	if start.Name.Local != "ApiResponse" {
		return errors.New("not an answer of the API, but <" + start.Name.Local + ">")
	}
	type plain response
	return d.DecodeElement((*plain)(r), &start)
}
