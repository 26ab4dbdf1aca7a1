// Package sendgridsim simulates the calls for the authentication of domains in version 3 of Twilio
// SendGrid's API (https://www.twilio.com/docs/sendgrid/api-reference), so that clients can be tried
// and tested without an account. Where the API is known to differ from its description, it does
// what the API does; the switch [SwitchAsDescribed] makes it follow the description.
//
// A domain becomes valid only if the records that it needs are found in the DNS. The zone
// sendgrid.net, to which they point, is served too: see [Service.Zones].
package sendgridsim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// BasePath is where the API begins, on the real host too.
const BasePath = "/v3"

// EUPath is put before [BasePath] to reach the API of the European Union, which in reality has a
// host of its own: [EUHost].
const EUPath = "/eu"

// EUHost is the name of that host. Calls to it reach the same API as those below [EUPath].
const EUHost = "api.eu.sendgrid.com"

// bodyLimit limits how much of a request is read.
const bodyLimit = 1 << 20

// title is the name of the service in messages.
const title = "SendGrid"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limit, of the header Date and of the delays; time.Now if nil.
	Now func() time.Time
	// Conditions returns the current switches and settings. It is called once for each call. nil:
	// there are none.
	Conditions func() fault.Conditions
	// Lookup returns the data of the records of a name, which is absolute without trailing dot, and
	// a type: "CNAME", "MX", "TXT". Data are as in a zone file with absolute names, the strings of
	// TXT joined and without quotes. What does not exist is no data and no error.
	Lookup func(ctx context.Context, name, recordType string) ([]string, error)
}

// Service is the simulated API. All state except the counted calls is in the store, so all services
// on one store, even in several processes, have the same domains.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	lookup     func(ctx context.Context, name, recordType string) ([]string, error)
	limits     limits
	served     servedZone
}

// New returns the API whose domains live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions), lookup: config.Lookup}
}

// Name returns "sendgrid", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	region    string // of the host that was called
	key       key    // whose call it is
	user      user   // on whose behalf
	id        string // of the domain in the path
	ip        string // in the path
	behaviour behaviour
}

// answer is a success. A nil content is an empty body.
type answer struct {
	status  int
	content any
}

// handler answers a call. A *refusal is the API's answer; any other error means that the sandbox
// has failed.
type handler func(s *Service, c *call) (answer, error)

// ServeHTTP answers a call of the API.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	now := s.now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	c := &call{Request: r, behaviour: b}
	got, err := s.answer(w, c, now)
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w, c.behaviour)
	case err != nil:
		simulation.Broken(w, title, err)
	case got.content == nil:
		w.WriteHeader(got.status)
	default:
		simulation.WriteJSON(w, title, got.status, got.content)
	}
}

func (s *Service) answer(w http.ResponseWriter, c *call, now time.Time) (answer, error) {
	found, ok := c.route()
	if !ok {
		return answer{}, refuse(http.StatusNotFound, "", "not found")
	}
	if err := c.authenticate(); err != nil {
		return answer{}, err
	}
	if err := s.limits.count(w.Header(), c.key.owner+" "+found.name, now, c.behaviour); err != nil {
		return answer{}, err
	}
	if err := c.authorize(found.scope); err != nil {
		return answer{}, err
	}
	if err := s.recheck(c); err != nil {
		return answer{}, err
	}
	return found.handle(s, c)
}

// route is one kind of call: its method and path, what the key needs for it, and who answers.
type route struct {
	name   string
	scope  string
	handle handler
}

var routes = []route{
	{"GET scopes", "", (*Service).listScopes},
	{"GET user/username", scopeUsername, (*Service).username},
	{"POST whitelabel/dns/email", scopeRead, (*Service).emailRecords},
	{"GET whitelabel/domains", scopeRead, (*Service).list},
	{"POST whitelabel/domains", scopeCreate, (*Service).create},
	{"GET whitelabel/domains/default", scopeRead, (*Service).defaultDomain},
	{"GET whitelabel/domains/subuser", scopeRead, (*Service).domainOfSubuser},
	{"DELETE whitelabel/domains/subuser", scopeUpdate, (*Service).dissociateAll},
	{"GET whitelabel/domains/subuser/all", scopeRead, (*Service).domainsOfSubuser},
	{"GET whitelabel/domains/ID", scopeRead, (*Service).get},
	{"PATCH whitelabel/domains/ID", scopeUpdate, (*Service).update},
	{"DELETE whitelabel/domains/ID", scopeDelete, (*Service).delete},
	{"POST whitelabel/domains/ID/validate", scopeUpdate, (*Service).validate},
	{"POST whitelabel/domains/ID/ips", scopeUpdate, (*Service).addIP},
	{"DELETE whitelabel/domains/ID/ips/IP", scopeUpdate, (*Service).removeIP},
	{"POST whitelabel/domains/ID/subuser", scopeUpdate, (*Service).associate},
	{"DELETE whitelabel/domains/ID/subuser", scopeUpdate, (*Service).dissociate},
	{"POST whitelabel/domains/ID/subuser:add", scopeUpdate, (*Service).associateMore},
}

// route finds the route of a call, and takes the region, the id and the address out of its path.
func (c *call) route() (route, bool) {
	path, eu := strings.CutPrefix(c.URL.Path, EUPath+"/")
	c.region = regionGlobal
	if host, _, _ := strings.Cut(c.Host, ":"); eu || strings.EqualFold(host, EUHost) {
		c.region = regionEU
	}
	path, found := strings.CutPrefix(strings.TrimPrefix(path, "/"), strings.TrimPrefix(BasePath, "/")+"/")
	if !found {
		return route{}, false
	}
	elements := strings.Split(path, "/")
	if len(elements) >= 3 && elements[1] == "domains" && elements[2] != "default" && elements[2] != "subuser" {
		c.id, elements[2] = elements[2], "ID"
	}
	if len(elements) == 5 && elements[3] == "ips" {
		c.ip, elements[4] = elements[4], "IP"
	}
	name := c.Method + " " + strings.Join(elements, "/")
	for _, r := range routes {
		if r.name == name {
			return r, true
		}
	}
	return route{}, false
}

// decode reads the JSON body of a call. Fields that the API does not know are ignored, as it does.
func (c *call) decode(into any) error {
	body, err := io.ReadAll(c.Body)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return refuse(http.StatusBadRequest, wrong.Field, fmt.Sprintf("invalid type: %s", wrong.Value))
	case err != nil:
		return refuse(http.StatusBadRequest, "", "Invalid JSON")
	}
	return nil
}
