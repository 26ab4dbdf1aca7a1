// Package namecheapsim simulates the calls for DNS of Namecheap's API
// (https://www.namecheap.com/support/api/methods/), so that clients can be tried and tested without
// an account. Where the API is known to differ from its documentation, it does what the API does:
// element names as on the wire, status 405 for one call too many, a write that replaces the whole
// zone and loses what was left out, records that are silently dropped.
package namecheapsim

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Path is the only path of the API: the call is in its parameters.
const Path = "/xml.response"

// Credentials that the service knows. ClientIP is the only address on the allow-lists of all
// accounts.
const (
	APIUser  = "sandbox"
	APIKey   = "0000sandbox0key0of0nobody0000000"
	ClientIP = "192.0.2.10"

	// OtherAPIUser is a second account, without domains.
	OtherAPIUser = "someone-else"
	OtherAPIKey  = "0000sandbox0key0of0someone0else0"
	// LockedAPIUser is an account that has been locked.
	LockedAPIUser = "locked"
	LockedAPIKey  = "0000sandbox0key0of0a0locked0user"
)

// accounts are the keys of all accounts by user name.
var accounts = map[string]string{APIUser: APIKey, OtherAPIUser: OtherAPIKey, LockedAPIUser: LockedAPIKey}

// title is the name of the service in messages.
const title = "Namecheap"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limits; time.Now if nil.
	Now func() time.Time
	// Conditions returns the current switches and settings. It is called once for each call. nil:
	// there are none.
	Conditions func() fault.Conditions
}

// Service is the simulated API. All state except the counted calls is in the store, so all services
// on one store, even in several processes, have the same zones.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	limits     simulation.Calls // by API user
	served     simulation.Zones
}

// New returns the API whose zones live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions)}
}

// Name returns "namecheap", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a command.
type call struct {
	command   string // in lower case
	user      string // whose domains are meant
	params    params
	behaviour behaviour
}

// params are the parameters of a call. As in the API, their names are compared without regard to
// case: existing clients send both UserName and Username.
type params map[string]string

func (p params) get(name string) string { return p[strings.ToLower(name)] }

// command carries out a call. An *apiError is the API's answer; any other error means that the
// sandbox has failed.
type command func(s *Service, c *call) (result string, err error)

// commands are the commands that the service knows, by their names in lower case, with their names
// in answers.
var commands = map[string]struct {
	name string
	run  command
}{
	"namecheap.domains.getlist":        {"namecheap.domains.getList", (*Service).listDomains},
	"namecheap.domains.getinfo":        {"namecheap.domains.getInfo", (*Service).domainInfo},
	"namecheap.domains.gettldlist":     {"namecheap.domains.getTldList", (*Service).topLevelList},
	"namecheap.domains.dns.getlist":    {"namecheap.domains.dns.getList", (*Service).nameServers},
	"namecheap.domains.dns.setcustom":  {"namecheap.domains.dns.setCustom", (*Service).setCustom},
	"namecheap.domains.dns.setdefault": {"namecheap.domains.dns.setDefault", (*Service).setDefault},
	"namecheap.domains.dns.gethosts":   {"namecheap.domains.dns.getHosts", (*Service).getHosts},
	"namecheap.domains.dns.sethosts":   {"namecheap.domains.dns.setHosts", (*Service).setHosts},
}

// ServeHTTP answers a call: GET or POST, with the parameters in the query or in a form.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != Path {
		http.NotFound(w, r)
		return
	}
	behaviour, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	c := &call{params: params{}, behaviour: behaviour}
	for name, values := range r.Form {
		c.params[strings.ToLower(name)] = values[0]
	}
	simulation.LabelCall(r.Context(), c.params.get("Command"))
	if _, ok := s.limits.Allow(c.params.get("ApiUser"), s.now(), behaviour.windows()...); !ok {
		tooMany(w)
		return
	}
	if err := c.authenticate(); err != nil {
		refuse(w, "", "", err)
		return
	}
	c.command = strings.ToLower(c.params.get("Command"))
	known, ok := commands[c.command]
	if !ok {
		refuse(w, "", "", &apiError{number: 1010104, message: "Parameter Command is invalid"})
		return
	}
	result, err := known.run(s, c)
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		refuse(w, c.command, known.name, refused)
	case err != nil:
		simulation.Broken(w, title, err)
	default:
		succeed(w, c.command, known.name, result)
	}
}

// authenticate checks the parameters that every call needs. It sets the user whose domains the call
// is about.
func (c *call) authenticate() *apiError {
	for _, required := range []struct {
		name   string
		number int
	}{{"ApiUser", 1010101}, {"ApiKey", 1010102}, {"UserName", 1010103}, {"Command", 1010104}, {"ClientIp", 1010105}} {
		if c.params.get(required.name) == "" {
			return &apiError{number: required.number, message: "Parameter " + required.name + " is missing"}
		}
	}
	user := c.params.get("ApiUser")
	if key, known := accounts[user]; !known || c.params.get("ApiKey") != key {
		return &apiError{number: 1011102, message: "API Key is invalid or API access has not been enabled"}
	}
	if ip := c.params.get("ClientIp"); ip != ClientIP {
		return &apiError{number: 1011150, message: "Invalid request IP: " + ip}
	}
	if user == LockedAPIUser {
		return &apiError{number: 1017101, message: "ApiUser is disabled or locked"}
	}
	c.user = c.params.get("UserName")
	if _, known := accounts[c.user]; !known {
		return &apiError{number: 1019103, message: "UserName is not available"}
	}
	if c.user != user {
		return &apiError{number: 1016103, message: "UserName is unauthorized"}
	}
	return nil
}
