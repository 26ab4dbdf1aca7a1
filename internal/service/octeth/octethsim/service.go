// Package octethsim simulates the calls for sender domains and their DNS of Octeth, an email
// marketing platform that its operators host themselves (https://dev.octeth.com/), so that clients
// can be tried and tested without an installation. It keeps the habits of the platform: parameter
// names in any case, numbers as strings, flags as 0 and 1, empty objects as lists, errors with
// status 200.
//
// Its verifications look records up, and to publish records it calls the APIs of the DNS hosts: a
// domain is verified only if the right records exist.
package octethsim

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

const (
	// CommandPath is the path of commands, whose name is in the parameter Command.
	CommandPath = "/api.php"
	// RESTPath is the path before the names of REST calls.
	RESTPath = "/api/v1/"
)

// bodyLimit limits how much of a request is read: the largest that is documented is well below it.
const bodyLimit = 1 << 20

// title is the name of the service in messages.
const title = "Octeth"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limit, of verifications and of the times in answers; time.Now if
	// nil.
	Now func() time.Time
	// Version is that of the platform, such as "5.9.4"; [DefaultVersion] if empty. Conditions may
	// set another one.
	Version string
	// Conditions returns the current switches and settings. It is called once for each call. nil:
	// there are none.
	Conditions func() fault.Conditions
	// Lookup resolves a name to the values of its records of a type (A, CNAME, MX, NS or TXT) as
	// presented in zone files, a TXT record unquoted. A name that does not exist has none.
	Lookup func(ctx context.Context, name, recordType string) ([]string, error)
	// Transport reaches the APIs of the DNS hosts, each below the URL that BaseURL returns for its
	// name.
	Transport http.RoundTripper
	BaseURL   func(host string) string
}

// Service is the simulated API. All state except the counted calls is in the store, so all services
// on one store, even in several processes, have the same domains.
type Service struct {
	config Config
	limits simulation.Calls // by credentials
}

// New returns the API whose sender domains live in the store of the configuration.
func New(config Config) *Service {
	config.Now, config.Conditions = simulation.Clock(config.Now), simulation.Conditions(config.Conditions)
	if config.Version == "" {
		config.Version = DefaultVersion
	}
	return &Service{config: config}
}

// Name returns "octeth", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a command.
type call struct {
	ctx       context.Context
	command   string // in lower case
	params    params
	bearer    string // of the Authorization header
	user      int64  // whose domains are meant
	behaviour behaviour
}

// command carries out a call. A *refusal is the API's answer; any other error means that the
// sandbox has failed.
type command struct {
	run func(s *Service, c *call) (any, error)
	// since is the first version that has the command.
	since version
	// gateway is set for commands with the older form of errors, and codeList for those of them
	// that wrap the code in a list.
	gateway, codeList bool
}

var commands = map[string]command{
	"dns.provider":  {run: (*Service).dnsProvider},
	"dns.authorize": {run: (*Service).dnsAuthorize},
	"dns.set":       {run: (*Service).dnsSet},

	"user.senderdomain.list":   {run: (*Service).listCampaign, since: campaignCalls},
	"user.senderdomain.get":    {run: (*Service).getCampaign, since: campaignCalls},
	"user.senderdomain.create": {run: (*Service).createCampaign, since: campaignCalls},
	"user.senderdomain.update": {run: (*Service).updateCampaign, since: campaignCalls},
	"user.senderdomain.delete": {run: (*Service).deleteCampaign, since: campaignCalls},
	"user.senderdomain.verify": {run: (*Service).verifyCampaign, since: campaignCalls},
	"user.senderdomain.dns":    {run: (*Service).campaignRecords, since: campaignCalls},

	"emailgateway.adddomain":    {run: (*Service).addGateway, gateway: true, codeList: true},
	"emailgateway.getdomain":    {run: (*Service).getGateway, gateway: true},
	"emailgateway.getdomains":   {run: (*Service).listGateway, gateway: true},
	"emailgateway.updatedomain": {run: (*Service).updateGateway, gateway: true},
	"emailgateway.verifydomain": {run: (*Service).verifyGateway, gateway: true},
	"emailgateway.deletedomain": {run: (*Service).deleteGateway, gateway: true},
}

// routes are the commands with a REST call. All commands can be called by CommandPath. In the
// examples of the first documentation, GET works for each DNS call, whatever the heading says.
var routes = map[string]string{
	"GET dns.provider":              "dns.provider",
	"POST dns.authorize":            "dns.authorize",
	"POST dns.set":                  "dns.set",
	"GET user.senderdomains":        "user.senderdomain.list",
	"GET user.senderdomain":         "user.senderdomain.get",
	"POST user.senderdomain":        "user.senderdomain.create",
	"PATCH user.senderdomain":       "user.senderdomain.update",
	"DELETE user.senderdomain":      "user.senderdomain.delete",
	"POST user.senderdomain.verify": "user.senderdomain.verify",
	"GET user.senderdomain.dns":     "user.senderdomain.dns",
}

// ServeHTTP answers a call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.config.Conditions(), s.config.Version)
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	c := &call{ctx: r.Context(), behaviour: b}
	got, known, err := s.answer(r, c)
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w, b, known)
	case err != nil:
		simulation.Broken(w, title, err)
	default:
		simulation.WriteJSON(w, title, http.StatusOK, got)
	}
}

func (s *Service) answer(r *http.Request, c *call) (got any, known command, err error) {
	if c.params, err = readParams(r); err != nil {
		return nil, known, hard(http.StatusBadRequest, 100002, "The request body cannot be parsed")
	}
	switch rest, found := strings.CutPrefix(r.URL.Path, RESTPath); {
	case found:
		c.command = routes[r.Method+" "+rest]
		if c.command == "" && r.Method == http.MethodGet && c.behaviour.below(secondGeneration) {
			c.command = routes[http.MethodPost+" "+rest]
		}
	case r.URL.Path == CommandPath && r.Method == http.MethodPost:
		c.command = strings.ToLower(c.params.text("Command"))
		simulation.LabelCall(c.ctx, c.params.text("Command"))
	}
	known, found := commands[c.command]
	if !found || c.behaviour.below(known.since) {
		return nil, command{}, hard(http.StatusNotFound, 100001, "API command not found")
	}
	if c.behaviour.outOfOrder {
		return nil, known, hard(http.StatusInternalServerError, 100000, "An unexpected error occurred")
	}
	c.bearer, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	credentials, err := c.authenticate()
	if err != nil {
		return nil, known, err
	}
	if wait, ok := s.limits.Allow(credentials, s.config.Now(), simulation.Window{Length: time.Minute, Most: c.behaviour.perMinute}); !ok {
		return nil, known, tooMany(wait)
	}
	if err := s.recheck(c); err != nil {
		return nil, known, err
	}
	got, err = known.run(s, c)
	return got, known, err
}
