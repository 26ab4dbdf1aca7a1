// Package godaddysim simulates the DNS part of GoDaddy's APIs, so that clients can be tried and
// tested without an account: v1 (https://developer.godaddy.com/doc/endpoint/domains), which takes
// an API key with its secret, and v3, which takes a personal access token. Both work on the same
// zones.
//
// It has the traps of the real ones: two PUTs that replace a whole zone (that of v3 looks as if it
// replaced one record, https://github.com/godaddy/cli/issues/136), record sets that lose what a PUT
// leaves out, leftover records without data, totals that are missing if there is nothing to count,
// and credentials that are refused because the account is too small. If an error code of the real
// service is not publicly known, only the status is reliable.
package godaddysim

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// title is the name of the service in messages.
const title = "GoDaddy"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limit; time.Now if nil.
	Now func() time.Time
	// Conditions returns the current switches and settings. It is called once for each call. nil:
	// there are none.
	Conditions func() fault.Conditions
}

// Service is the simulated API, both versions of it. All state except the counted calls is in the
// store, so all services on one store, even in several processes, have the same zones.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	limits     simulation.Calls // by endpoint and credentials
	served     simulation.Zones
}

// New returns the API whose zones live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions)}
}

// Name returns "godaddy", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// version is one of the two APIs: they differ in credentials and in the shape of errors.
type version int

const (
	v1 version = 1
	v3 version = 3
)

// call is one request on its way through a handler.
type call struct {
	*http.Request
	version version
	account account
	shopper string // whose zones are meant
	domain  string // of the path, if the route has one
	rest    []string
}

// handler answers a call: with a status and what is sent as JSON, nil for an empty body. A *refusal
// is the API's answer too; any other error means that the sandbox has failed.
type handler func(s *Service, c *call) (status int, body any, err error)

// route is one endpoint. The path has "*" for each element that varies; the first of them is the
// domain.
type route struct {
	method, path string
	writes       bool
	handle       handler
}

var routes = []route{
	{"GET", "v1/domains", false, (*Service).listDomainsV1},
	{"GET", "v1/domains/*", false, (*Service).domainV1},
	{"GET", "v1/domains/*/records", false, (*Service).recordsV1},
	{"GET", "v1/domains/*/records/*", false, (*Service).recordsV1},
	{"GET", "v1/domains/*/records/*/*", false, (*Service).recordsV1},
	{"PATCH", "v1/domains/*/records", true, (*Service).addV1},
	{"PUT", "v1/domains/*/records", true, (*Service).replaceV1},
	{"PUT", "v1/domains/*/records/*", true, (*Service).replaceV1},
	{"PUT", "v1/domains/*/records/*/*", true, (*Service).replaceV1},
	{"DELETE", "v1/domains/*/records/*/*", true, (*Service).deleteV1},

	{"GET", "v3/domains/domain-names", false, (*Service).listDomainsV3},
	{"GET", "v3/domains/domain-names/*", false, (*Service).domainV3},
	{"GET", "v3/domains/zones/*/dns-records", false, (*Service).recordsV3},
	{"POST", "v3/domains/zones/*/dns-records", true, (*Service).createV3},
	{"PUT", "v3/domains/zones/*/dns-records/*", true, (*Service).replaceZoneV3},
	{"DELETE", "v3/domains/zones/*/dns-records/*", true, (*Service).deleteV3},
}

// match returns the elements of the path that vary, if it is one of this route.
func (r route) match(elements []string) (varying []string, ok bool) {
	pattern := strings.Split(r.path, "/")
	if len(pattern) != len(elements) {
		return nil, false
	}
	for i, fixed := range pattern {
		if fixed == "*" && elements[i] != "" {
			varying = append(varying, elements[i])
		} else if fixed != elements[i] {
			return nil, false
		}
	}
	return varying, true
}

// ServeHTTP answers a call of either version.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := requestID(r)
	w.Header().Set("X-Request-Id", id)
	c := &call{Request: r, version: v1}
	if strings.HasPrefix(r.URL.Path, "/v3/") {
		c.version = v3
	}
	b, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	status, body, err := s.serve(c, b)
	if err != nil {
		refuse(w, c.version, id, err)
		return
	}
	send(w, status, body)
}

// serve finds the endpoint, checks the credentials and carries out the call.
func (s *Service) serve(c *call, b behaviour) (status int, body any, err error) {
	elements, err := pathElements(c.URL)
	if err != nil {
		return 0, nil, &refusal{status: http.StatusBadRequest, code: "BAD_REQUEST", message: "The path is not well-formed"}
	}
	known := false
	for _, r := range routes {
		varying, ok := r.match(elements)
		known = known || ok
		if !ok || r.method != c.Method {
			continue
		}
		caller := r.method + " " + r.path + " " + c.Header.Get("Authorization")
		if _, ok := s.limits.Allow(caller, s.now(), simulation.Window{Length: time.Minute, Most: b.perMinute}); !ok {
			return 0, nil, tooMany()
		}
		if err := c.authenticate(b); err != nil {
			return 0, nil, err
		}
		if r.writes && c.account.readOnly {
			return 0, nil, &refusal{status: http.StatusForbidden, code: "FORBIDDEN", message: "The token does not have the scope domains.dns:update"}
		}
		if len(varying) > 0 {
			if c.domain, c.rest = strings.ToLower(varying[0]), varying[1:]; !isDomain(c.domain) {
				return 0, nil, c.misformed("domain", `does not conform to the 'domain' format`)
			}
		}
		return r.handle(s, c)
	}
	if known {
		return 0, nil, &refusal{status: http.StatusMethodNotAllowed, code: "METHOD_NOT_ALLOWED", message: "The method is not allowed here"}
	}
	return 0, nil, &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: "There is nothing at this path"}
}

// pathElements splits a path at its slashes, but not at escaped slashes within an element.
func pathElements(u *url.URL) ([]string, error) {
	elements := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, escaped := range elements {
		var err error
		if elements[i], err = url.PathUnescape(escaped); err != nil {
			return nil, err
		}
	}
	return elements, nil
}

// isDomain is whether a path names a domain in the API's form: in ASCII, with at least two labels
// and without a dot at the end.
func isDomain(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(labels) > 1
}
