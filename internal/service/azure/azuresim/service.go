// Package azuresim simulates the calls for DNS zones, record sets and permissions of Azure Resource
// Manager (https://learn.microsoft.com/rest/api/dns), so that clients can be tried and tested without a
// subscription.
package azuresim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// bodyLimit limits how much of a request is read.
const bodyLimit = 1 << 20

// title is the name of the service in messages.
const title = "Azure DNS"

// The versions of the API for zones and record sets that the service has. The older one does not know
// TLSA, DS and NAPTR records, nor links to Traffic Manager profiles.
const (
	olderVersion = "2018-05-01"
	newerVersion = "2023-07-01-preview"
)

// permissionsVersions are those of the call for permissions.
var permissionsVersions = []string{"2015-07-01", "2018-07-01", "2022-04-01"}

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limits; time.Now if nil.
	Now func() time.Time
	// Conditions returns the settings in force, see [SettingWrites] and its neighbours. If nil,
	// everything is as usual.
	Conditions func() fault.Conditions
}

// Service is the simulated API. All state except the counted calls is in the store, so all services
// on one store, even in several processes, have the same zones.
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

// Name returns "azure", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	identity  identity
	behaviour behaviour
	version   string
	// The parts of the path. Their case is as in the request.
	subscription, group, zone, recordType, record string
}

// handler answers a call with a status and a value. A *refusal is the API's answer; any other error
// means that the sandbox has failed.
type handler func(s *Service, c *call) (int, any, error)

// ServeHTTP answers a call of the API.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	status, value, err := s.answer(&call{Request: r, behaviour: b})
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w)
	case err != nil:
		simulation.Broken(w, title, err)
	case value == nil:
		w.WriteHeader(status)
	default:
		if set, is := value.(wireSet); is {
			w.Header().Set("ETag", set.Etag)
		}
		simulation.WriteJSON(w, title, status, value)
	}
}

func (s *Service) answer(c *call) (int, any, error) {
	handle, versions := c.route()
	if handle == nil {
		return 0, nil, resourceError(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found in the namespace 'Microsoft.Network'.")
	}
	if err := c.authenticate(); err != nil {
		return 0, nil, err
	}
	c.version = c.URL.Query().Get("api-version")
	switch {
	case c.version == "":
		return 0, nil, resourceError(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
	case !slices.Contains(versions, c.version):
		return 0, nil, resourceError(http.StatusBadRequest, "NoRegisteredProviderFound", fmt.Sprintf(
			"No registered resource provider found for location 'global' and API version '%s' for type 'dnszones'. The supported api-versions are '%s'.", c.version, strings.Join(versions, ", ")))
	}
	return handle(s, c)
}

// route finds the handler of a path, nil if there is none, with the versions that it has. Azure ignores
// the case of paths.
func (c *call) route() (handler, []string) {
	elements := strings.Split(strings.Trim(c.URL.Path, "/"), "/")
	shape := make([]string, len(elements))
	for i, element := range elements {
		if element == "" {
			return nil, nil
		}
		shape[i] = strings.ToLower(element)
	}
	part := func(i int, into *string, name string) {
		if len(elements) > i {
			*into, shape[i] = elements[i], name
		}
	}
	part(1, &c.subscription, "SUBSCRIPTION")
	if len(shape) > 2 && shape[2] == "resourcegroups" {
		part(3, &c.group, "GROUP")
		part(7, &c.zone, "ZONE")
		if len(shape) > 8 && !slices.Contains([]string{"providers", "recordsets", "all"}, shape[8]) {
			part(8, &c.recordType, "TYPE")
			part(9, &c.record, "NAME")
		}
	}
	found := routes[c.Method+" "+strings.Join(shape, "/")]
	if c.recordType = strings.ToUpper(c.recordType); c.recordType != "" && !c.knowsType() {
		return nil, nil
	}
	if strings.HasSuffix(strings.Join(shape, "/"), "/permissions") {
		return found, permissionsVersions
	}
	return found, []string{olderVersion, newerVersion}
}

// knowsType is whether the version of the call has the record type of its path.
func (c *call) knowsType() bool {
	form, known := types[c.recordType]
	return known && (!form.newer || c.URL.Query().Get("api-version") != olderVersion)
}

const (
	subscriptionPath = "subscriptions/SUBSCRIPTION/"
	zonesOfGroup     = subscriptionPath + "resourcegroups/GROUP/providers/microsoft.network/dnszones"
)

var routes = map[string]handler{
	"GET " + subscriptionPath + "providers/microsoft.network/dnszones": (*Service).listZones,
	"GET " + zonesOfGroup:                                                         (*Service).listZones,
	"GET " + zonesOfGroup + "/ZONE":                                               (*Service).getZone,
	"PUT " + zonesOfGroup + "/ZONE":                                               (*Service).putZone,
	"DELETE " + zonesOfGroup + "/ZONE":                                            (*Service).deleteZone,
	"GET " + zonesOfGroup + "/ZONE/recordsets":                                    (*Service).listSets,
	"GET " + zonesOfGroup + "/ZONE/all":                                           (*Service).listSets,
	"GET " + zonesOfGroup + "/ZONE/TYPE":                                          (*Service).listSets,
	"GET " + zonesOfGroup + "/ZONE/TYPE/NAME":                                     (*Service).getSet,
	"PUT " + zonesOfGroup + "/ZONE/TYPE/NAME":                                     (*Service).putSet,
	"PATCH " + zonesOfGroup + "/ZONE/TYPE/NAME":                                   (*Service).patchSet,
	"DELETE " + zonesOfGroup + "/ZONE/TYPE/NAME":                                  (*Service).deleteSet,
	"GET " + zonesOfGroup + "/ZONE/providers/microsoft.authorization/permissions": (*Service).permissions,
}

// decode reads the JSON body of a call.
func (c *call) decode(into any) error {
	body, err := io.ReadAll(c.Body)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return resourceError(http.StatusBadRequest, "InvalidRequestContent", "The request content was invalid and could not be deserialized.")
	}
	return nil
}

// refusal is the API's answer to a call that it refuses.
type refusal struct {
	status        int
	code, message string
	// nested says that the answer is one of Azure Resource Manager, which puts it into an envelope.
	// Azure DNS itself does not.
	nested     bool
	retryAfter int // in seconds; 0: not said
}

func (r *refusal) Error() string {
	return fmt.Sprintf("HTTP %d, code %s: %s", r.status, r.code, r.message)
}

func dnsError(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *refusal {
	return dnsError(http.StatusBadRequest, "BadRequest", format, args...)
}

func resourceError(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, message: message, nested: true}
}

func (r *refusal) write(w http.ResponseWriter) {
	problem := map[string]any{"code": r.code, "message": r.message}
	if r.nested {
		problem = map[string]any{"error": problem}
	}
	if r.retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(r.retryAfter))
	}
	simulation.WriteJSON(w, title, r.status, problem)
}
