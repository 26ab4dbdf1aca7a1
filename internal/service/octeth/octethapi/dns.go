package octethapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// The DNS hosts at which the platform can write records.
const (
	Cloudflare = "cloudflare"
	Namecheap  = "namecheap"
	GoDaddy    = "godaddy"
)

// DNSProvider finds out who hosts the DNS of a domain, by GET /api/v1/dns.provider: Cloudflare,
// Namecheap or GoDaddy. For any other host, and for none, the error matches api.ErrNotFound.
func (c *Client) DNSProvider(ctx context.Context, domain string) (string, error) {
	r := c.providerRequest(domain)
	r.Op, r.Object, r.Repeat = "find the DNS provider of", domain, api.Safely
	var answer struct{ Provider string }
	err := c.call(ctx, r, meanings{2: {api.ErrNotFound, "Octeth knows Cloudflare, Namecheap and GoDaddy by the domain's name servers, and no other host"}}, &answer)
	if err == nil && answer.Provider == "" {
		err = report.Unintelligible(r)
	}
	return answer.Provider, err
}

// providerRequest makes the request for the platform's version. The first generation wants a GET
// with a body. The second one takes a query, which must not hold credentials.
func (c *Client) providerRequest(domain string) api.Request {
	path := []string{"api", "v1", "dns.provider"}
	switch {
	case c.version.before(secondGeneration):
		params := map[string]any{"Domain": domain}
		c.addCredentials(params)
		return api.Request{Method: http.MethodGet, Path: path}.WithJSON(params)
	case c.cfg.APIKey == "":
		return c.command("dns.provider", map[string]any{"Domain": domain})
	}
	return api.Request{Method: http.MethodGet, Path: path, Query: url.Values{"Domain": {domain}}, Header: c.bearer()}
}

func (c *Client) bearer() http.Header {
	return http.Header{"Authorization": {"Bearer " + c.cfg.APIKey}}
}

// DNSAuthorize has the platform try credentials for the DNS of a domain, by POST
// /api/v1/dns.authorize. provider is Cloudflare, Namecheap or GoDaddy. If the credentials do not
// work, the error is api.ErrAuth.
func (c *Client) DNSAuthorize(ctx context.Context, provider, domain string, credentials Credentials) error {
	r := api.Request{Op: "authorize the DNS of", Object: domain, Repeat: api.Safely}
	refused := meaning{api.ErrAuth, "Check the credentials of " + provider + ", that they are for this domain's zone, and that " +
		provider + " lets the Octeth server's address in"}
	codes := c.dnsCodes()
	codes[4] = refused
	if c.version.before(secondGeneration) {
		codes[9] = c.newerThanConfigured()
	} else {
		codes[9], codes[10] = refused, failedWithin
	}
	return c.dnsCall(ctx, r, "dns.authorize", provider, credentials, nil, codes)
}

// DNSSet has the platform write the records of a sender domain at the domain's DNS host, by POST
// /api/v1/dns.set. Only a look at the zone can tell what it has written, and what it has left of
// the other records. There is no call that removes the records.
//
// If the error matches api.ErrOutcomeUnknown, the records may have been written.
func (c *Client) DNSSet(ctx context.Context, provider, domain string, credentials Credentials, recordType Kind) error {
	r := api.Request{Op: "set the DNS records of", Object: domain, Repeat: api.Never}
	codes := c.dnsCodes()
	codes[4] = missingParameter
	codes[9] = meaning{nil, "Check that the domain is a sender domain of this kind in Octeth, and that the credentials of " + provider +
		" may change the zone; look at the zone before the next attempt, as some records may have been written. " + c.versionAdvice()}
	codes[10] = failedWithin
	return c.dnsCall(ctx, r, "dns.set", provider, credentials, &recordType, codes)
}

var failedWithin = meaning{api.ErrUnavailable, "Octeth or the DNS provider failed; look at Octeth's error log, and run again"}

// missingParameter is the meaning of the codes for missing parameters.
var missingParameter = meaning{nil, "Check the credentials of the DNS provider, and that api_version of octeth is that of the installation: it decides what the parameters are called"}

// versionAdvice names the version that decided the names of the parameters.
func (c *Client) versionAdvice() string {
	return fmt.Sprintf("Check that api_version of octeth in the provider configuration, which is %s now, is the version of the installation", c.version)
}

// newerThanConfigured is the meaning of code 9 in answer to an authorization as before 5.7.2. From
// an older installation it means that the platform itself failed. From a newer one it means that
// the DNS host has refused a key: the platform's own key, because newer installations take that
// parameter for the DNS host's key.
func (c *Client) newerThanConfigured() meaning {
	return meaning{api.ErrUnavailable, fmt.Sprintf("%s. Octeth %s and later give this code where the DNS provider refuses a key; with api_version too low, that key is Octeth's own: "+
		"set api_version, and make a new API key in Octeth, as the DNS provider has seen the present one. If the version is right, Octeth or the DNS provider failed: look at Octeth's error log, and run again",
		c.versionAdvice(), secondGeneration)}
}

// dnsCodes are the codes that authorizing and setting share.
func (c *Client) dnsCodes() meanings {
	return meanings{
		2: missingParameter, 5: missingParameter, 6: missingParameter, 7: missingParameter,
		8: {nil, "Octeth writes records at Cloudflare, Namecheap and GoDaddy only"},
	}
}

// dnsCall makes a call with the credentials of a DNS host.
//
// The names of its parameters depend on the version. The platform ignores case, so the newer name
// of the DNS host's key is also that of the platform's own key. In newer versions the platform's
// key therefore goes into a header, which a session cannot.
func (c *Client) dnsCall(ctx context.Context, r api.Request, command, provider string, credentials Credentials, recordType *Kind, codes meanings) error {
	params := map[string]any{"Provider": provider, "Domain": r.Object}
	key, secret, user, kind := "Api_key", "Api_secret", "Api_user", "Record_type"
	if c.version.before(secondGeneration) {
		c.addCredentials(params)
	} else {
		if c.cfg.APIKey == "" {
			return report.Problem(r, api.ErrNotConfigured, fmt.Sprintf("Octeth %s takes this call with an API key only, not with a session", c.version),
				"Set api_key of octeth in the provider configuration, or OCTETH_API_KEY in the environment")
		}
		key, secret, user, kind = "ApiKey", "ApiSecret", "ApiUser", "RecordType"
		params["Command"] = command
		r.Header = c.bearer()
	}
	for name, value := range map[string]string{
		key: credentials.Key, secret: credentials.Secret, user: credentials.User, "Username": credentials.Username,
	} {
		if value != "" {
			params[name] = value
		}
	}
	if recordType != nil {
		params[kind] = string(*recordType)
	}
	r.Method, r.Path = http.MethodPost, []string{"api", "v1", command}
	r.Secrets = credentials.secrets()
	return c.call(ctx, r.WithJSON(params), codes, nil)
}
