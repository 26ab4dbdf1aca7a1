// Package route53sim simulates the calls for hosted zones and record sets of Amazon Route 53
// (https://docs.aws.amazon.com/Route53/latest/APIReference/), so that clients can be tried and tested
// without an account. It checks signatures and permissions, and a batch of changes against the record
// sets as they are.
package route53sim

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

const (
	// version begins the path of every call.
	version = "2013-04-01"
	// namespace is that of every document.
	namespace = "https://route53.amazonaws.com/doc/" + version + "/"
	// bodyLimit limits how much of a request is read. The largest batch is well below it.
	bodyLimit = 4 << 20
	// title is the name of the service in messages.
	title = "Route 53"
)

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limit and of the times in answers; time.Now if nil.
	Now func() time.Time
	// Conditions returns the settings in force, see [SettingRequests] and its neighbours. It is asked
	// once a call. If nil, everything is as usual.
	Conditions func() fault.Conditions
}

// Service is the simulated API. All state except the counted calls is in the store, so all services on
// one store, even in several processes, have the same zones.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	buckets    buckets
	served     simulation.Zones
}

// New returns the API whose zones live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions)}
}

// Name returns the name of the service.
func (s *Service) Name() string { return Section }

// call is one call under way.
type call struct {
	*http.Request
	behaviour behaviour
	body      []byte
	key       *key
	id        string // in the path: of the zone, or of the change
}

// answer is the answer to a call.
type answer struct {
	status   int // 0: 200
	location string
	document any
}

type handler func(s *Service, c *call) (answer, error)

// action is a call of the API, as permissions name it.
type action struct {
	name   string
	handle handler
}

var routes = map[string]action{
	"GET hostedzone":           {"ListHostedZones", (*Service).listZones},
	"POST hostedzone":          {"CreateHostedZone", (*Service).createZone},
	"GET hostedzonesbyname":    {"ListHostedZonesByName", (*Service).listZonesByName},
	"GET hostedzone/ID":        {"GetHostedZone", (*Service).getZone},
	"DELETE hostedzone/ID":     {"DeleteHostedZone", (*Service).deleteZone},
	"GET hostedzone/ID/rrset":  {"ListResourceRecordSets", (*Service).listSets},
	"POST hostedzone/ID/rrset": {"ChangeResourceRecordSets", (*Service).changeSets},
	"GET change/ID":            {"GetChange", (*Service).getChange},
}

// ServeHTTP implements [http.Handler].
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.conditions())
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		return // the client has not sent its request, or far too much
	}
	got, err := s.answer(&call{Request: r, behaviour: b, body: body})
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w, b.listedErrors)
	case err != nil:
		simulation.Broken(w, title, err)
	default:
		if got.location != "" {
			w.Header().Set("Location", got.location)
		}
		writeXML(w, max(got.status, http.StatusOK), got.document)
	}
}

func (s *Service) answer(c *call) (answer, error) {
	found, known := c.route()
	if !known {
		return answer{}, refuse(http.StatusNotFound, "UnknownOperationException", "The requested operation is not recognized by the service.")
	}
	simulation.LabelCall(c.Context(), found.name)
	if err := c.authenticate(); err != nil {
		return answer{}, err
	}
	if !c.behaviour.unlimited() && !s.buckets.take(c.key.account+" "+found.name, s.now(), c.behaviour.requests) {
		return answer{}, refuse(http.StatusBadRequest, "Throttling", "Rate exceeded")
	}
	if err := c.authorize(found.name); err != nil {
		return answer{}, err
	}
	return found.handle(s, c)
}

// route finds the action of a path, and the ID in it. A slash at the end of the path is ignored.
func (c *call) route() (action, bool) {
	path, found := strings.CutPrefix(strings.TrimSuffix(c.URL.Path, "/"), "/"+version+"/")
	if !found {
		return action{}, false
	}
	elements := strings.Split(path, "/")
	if len(elements) > 1 {
		c.id, elements[1] = elements[1], "ID"
	}
	at, known := routes[c.Method+" "+strings.Join(elements, "/")]
	return at, known
}

// decode reads the body of a call.
func (c *call) decode(into any) error {
	if err := xml.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "MalformedInput", "Could not parse XML")
	}
	return nil
}

// writeXML answers with a document.
func writeXML(w http.ResponseWriter, status int, document any) {
	text, err := xml.Marshal(document)
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0"?>`+"\n"+string(text))
}
