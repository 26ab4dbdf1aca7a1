// Package googlesim simulates the calls for managed zones, record sets and changes in version 1 of the
// Cloud DNS API (https://cloud.google.com/dns/docs/reference/rest/v1), so that clients can be tried and
// tested without an account. It also has the calls by which access tokens are obtained: OAuth's token
// endpoint, the Security Token Service, the IAM Service Account Credentials API, and the metadata
// server.
//
// Errors have the reasons and texts of the real service where these are publicly known. Where they are
// not, only the status and the reason are reliable.
package googlesim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// BasePath is the path before that of every call about zones, as on the real host.
const BasePath = "/dns/v1"

// bodyLimit limits how much of a request is read, in bytes.
const bodyLimit = 8 << 20

// title is the name of the service in messages.
const title = "Google Cloud DNS"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of changes, tokens and quotas; time.Now if nil.
	Now func() time.Time
	// Conditions returns the current switches and settings. It is called once for each call. nil: there
	// are none.
	Conditions func() fault.Conditions
}

// Service is the simulated API. All state except the counted calls is in the store, so all services on
// one store, even in several processes, have the same zones.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	calls      simulation.Calls
	served     simulation.Zones
}

// New returns the API whose zones live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions)}
}

// Name returns "google", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	grant     grant
	behaviour behaviour
	now       time.Time
	project   string
	zone      string   // name or number
	rest      []string // the elements of the path after the zone
}

// handler answers a call with what is sent as JSON. A *refusal is the API's answer too; any other error
// means that the sandbox has failed.
type handler func(s *Service, c *call) (any, error)

// routes are the calls below a project. ZONE stands for a managed zone, * for any other element.
var routes = map[string]handler{
	"GET ":                             (*Service).getProject,
	"GET managedZones":                 (*Service).listZones,
	"POST managedZones":                (*Service).createZone,
	"GET managedZones/ZONE":            (*Service).getZone,
	"DELETE managedZones/ZONE":         (*Service).deleteZone,
	"GET managedZones/ZONE/rrsets":     (*Service).listSets,
	"GET managedZones/ZONE/rrsets/*/*": (*Service).getSet,
	"GET managedZones/ZONE/changes":    (*Service).listChanges,
	"POST managedZones/ZONE/changes":   (*Service).createChange,
	"GET managedZones/ZONE/changes/*":  (*Service).getChange,

	"POST managedZones/ZONE:testIamPermissions": (*Service).testPermissions,
}

// ServeHTTP answers a call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	if !strings.HasPrefix(r.URL.Path, BasePath+"/") {
		s.serveTokens(w, r)
		return
	}
	body, err := s.answer(&call{Request: r, behaviour: b, now: s.now()})
	respond(w, body, err)
}

// respond sends an answer or an error.
func respond(w http.ResponseWriter, body any, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w)
	case err != nil:
		simulation.Broken(w, title, err)
	case body == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		simulation.WriteJSON(w, title, http.StatusOK, body)
	}
}

func (s *Service) answer(c *call) (any, error) {
	handle, err := c.route()
	if err != nil {
		return nil, err
	}
	if err := s.authenticate(c); err != nil {
		return nil, err
	}
	if _, ok := s.calls.Allow(c.project, c.now, simulation.Window{Length: time.Minute, Most: c.behaviour.perMinute}); !ok {
		return nil, refuse(http.StatusTooManyRequests, "rateLimitExceeded", "Resource has been exhausted (e.g. check quota).")
	}
	return handle(s, c)
}

// route finds the handler of a path.
func (c *call) route() (handler, error) {
	unknown := refuse(http.StatusNotFound, "notFound", "Not Found")
	elements := strings.Split(strings.TrimPrefix(c.URL.EscapedPath(), BasePath+"/"), "/")
	for i, escaped := range elements {
		plain, err := url.PathUnescape(escaped)
		if err != nil || plain == "" {
			return nil, unknown
		}
		elements[i] = plain
	}
	if elements[0] != "projects" || len(elements) < 2 {
		return nil, unknown
	}
	c.project, elements = elements[1], elements[2:]
	pattern := strings.Join(elements, "/")
	if len(elements) > 1 {
		name, verb, custom := strings.Cut(elements[1], ":")
		c.zone, c.rest = name, elements[2:]
		pattern = "managedZones/ZONE"
		if custom {
			pattern += ":" + verb
		}
		for i, element := range c.rest {
			if i > 0 {
				element = "*"
			}
			pattern += "/" + element
		}
		if elements[0] != "managedZones" {
			return nil, unknown
		}
	}
	if handle := routes[c.Method+" "+pattern]; handle != nil {
		return handle, nil
	}
	return nil, unknown
}

// decode reads the JSON body of a call.
func (c *call) decode(into any) error {
	body, err := io.ReadAll(c.Body)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "parseError", "This API does not support parsing form-encoded input.")
	}
	return nil
}

// refusal is the API's answer to a call that it refuses.
type refusal struct {
	status          int
	reason, message string
	detail          string // the reason in the details; empty: there are none
	more            []string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("HTTP %d, %s: %s", r.status, r.reason, r.message)
}

func refuse(status int, reason, format string, args ...any) *refusal {
	return &refusal{status: status, reason: reason, message: fmt.Sprintf(format, args...)}
}

func (r *refusal) write(w http.ResponseWriter) {
	type item struct {
		Message string `json:"message"`
		Domain  string `json:"domain"`
		Reason  string `json:"reason"`
	}
	items := []item{{r.message, "global", r.reason}}
	for _, message := range r.more {
		items = append(items, item{message, "global", r.reason})
	}
	failed := map[string]any{"code": r.status, "message": r.message, "errors": items}
	if r.detail != "" {
		failed["status"] = "PERMISSION_DENIED"
		failed["details"] = []map[string]any{{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": r.detail, "domain": "googleapis.com"}}
	}
	simulation.WriteJSON(w, title, r.status, map[string]any{"error": failed})
}
