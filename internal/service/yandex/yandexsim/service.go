// Package yandexsim simulates the API of Yandex.Mail for Domain ("PDD",
// https://yandex.com/dev/domain/doc/), so that clients can be tried and tested without an account:
// domains, mailboxes, DKIM and DNS records. It keeps to the habits of the service: status 200 also
// for refusals, the token in a header of its own, forms in requests and JSON in answers.
//
// A domain is verified only once its records are really in the DNS. What they point to, in the
// zones yandex.net and yandex.ru, is served too: see [Service.Zones].
package yandexsim

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
	// AdminPath is where the calls of a domain's administrator begin.
	AdminPath = "/api2/admin/"
	// RegistrarPath is where the same calls begin for registrars, who send an OAuth token too.
	RegistrarPath = "/api2/registrar/"
)

// bodyLimit limits how much of a request is read.
const bodyLimit = 1 << 20

// title is the name of the service in messages.
const title = "Yandex.Mail for Domain"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section], and the private keys.
	Store *store.Store
	// Now is the clock of checks and of the times in answers; time.Now if nil.
	Now func() time.Time
	// Conditions returns the current switches and settings. It is called once for each call. nil:
	// there are none.
	Conditions func() fault.Conditions
	// Lookup returns the data of the records of a name, which is absolute without trailing dot, and
	// a type: "CNAME", "MX", "NS", "TXT". Names in data are like that too; MX has its preference
	// before the host; TXT is joined and without quotes. What does not exist is no data and no
	// error.
	Lookup func(ctx context.Context, name, recordType string) ([]string, error)
}

// Service is the simulated API. All state is in the store: several services on one store, also in
// several processes, have the same domains.
type Service struct {
	config Config
	served simulation.Zones
}

// New returns the API whose domains live in the store of the configuration.
func New(config Config) *Service {
	config.Now, config.Conditions = simulation.Clock(config.Now), simulation.Conditions(config.Conditions)
	return &Service{config: config}
}

// Name returns "yandex", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	user      string // whose call it is
	domain    string // that it is about, canonical; empty for the list of domains
	behaviour behaviour
}

// handler answers a call. A refusal is the API's answer; any other error means that the sandbox has
// failed.
type handler func(s *Service, c *call) (object, error)

// route is one kind of call.
type route struct {
	method string
	handle handler
	about  subject
}

// subject is what a kind of call is about.
type subject int

const (
	ownDomain subject = iota // one that the user has already
	anyDomain
	noDomain
)

var routes = map[string]route{
	"domain/domains":              {method: http.MethodGet, handle: (*Service).listDomains, about: noDomain},
	"domain/register":             {method: http.MethodPost, handle: (*Service).register, about: anyDomain},
	"domain/registration_status":  {method: http.MethodGet, handle: (*Service).registrationStatus},
	"domain/details":              {method: http.MethodGet, handle: (*Service).details, about: anyDomain},
	"domain/delete":               {method: http.MethodPost, handle: (*Service).deleteDomain},
	"domain/settings/set_country": {method: http.MethodPost, handle: (*Service).setCountry},

	"email/add":      {method: http.MethodPost, handle: (*Service).addAccount},
	"email/list":     {method: http.MethodGet, handle: (*Service).listAccounts},
	"email/edit":     {method: http.MethodPost, handle: (*Service).editAccount},
	"email/del":      {method: http.MethodPost, handle: (*Service).deleteAccount},
	"email/counters": {method: http.MethodGet, handle: (*Service).countMessages},

	"dkim/enable":  {method: http.MethodPost, handle: (*Service).enableDKIM},
	"dkim/disable": {method: http.MethodPost, handle: (*Service).disableDKIM},
	"dkim/status":  {method: http.MethodGet, handle: (*Service).dkimStatus},

	"dns/list": {method: http.MethodGet, handle: (*Service).listRecords},
	"dns/add":  {method: http.MethodPost, handle: (*Service).addRecord},
	"dns/edit": {method: http.MethodPost, handle: (*Service).editRecord},
	"dns/del":  {method: http.MethodPost, handle: (*Service).deleteRecord},
}

// ServeHTTP answers a call of the API.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.config.Conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	path, registrar := strings.CutPrefix(r.URL.Path, RegistrarPath)
	if !registrar {
		path = strings.TrimPrefix(r.URL.Path, AdminPath)
	}
	found, known := routes[path]
	switch {
	case !known || path == r.URL.Path:
		http.NotFound(w, r)
		return
	case r.Method != found.method:
		w.Header().Set("Allow", found.method)
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	c := &call{Request: r, behaviour: b}
	c.readForm()
	got, err := s.answer(c, found, registrar)
	var no refusal
	switch {
	case errors.As(err, &no):
		writeJSON(w, no.object(b))
	case err != nil:
		simulation.Broken(w, title, err)
	default:
		if !b.withoutSuccess {
			got["success"] = "ok"
		}
		writeJSON(w, got)
	}
}

func (s *Service) answer(c *call, found route, registrar bool) (object, error) {
	if err := c.authenticate(registrar); err != nil {
		return nil, err
	}
	if err := s.recheck(c); err != nil {
		return nil, err
	}
	if found.about == noDomain {
		return found.handle(s, c)
	}
	if err := c.readDomain(); err != nil {
		return nil, err
	}
	if found.about == ownDomain {
		if _, err := s.snapshot(c); err != nil {
			return nil, err
		}
	}
	got, err := found.handle(s, c)
	if err == nil {
		got["domain"] = c.domain
	}
	return got, err
}
