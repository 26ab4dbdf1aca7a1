// Package cloudflaresim simulates the calls for zones, DNS records and API tokens in version 4 of
// Cloudflare's API (https://developers.cloudflare.com/api/), so that clients can be tried and
// tested without an account. Its name servers answer like Cloudflare's, including automatic TTLs,
// flattened CNAMEs and proxied records.
package cloudflaresim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// BasePath is the path before that of every call, as on the real host.
const BasePath = "/client/v4"

// bodyLimit limits how much of a request is read: the largest batch of a paid zone is well below
// it.
const bodyLimit = 32 << 20

// title is the name of the service in messages.
const title = "Cloudflare"

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section].
	Store *store.Store
	// Now is the clock of the rate limit and of the times in answers; time.Now if nil.
	Now func() time.Time
	// Conditions returns the settings in force, see [SettingRequests] and its neighbours. It is
	// asked once a call. If nil, everything is as usual.
	Conditions func() fault.Conditions
}

// Service is the simulated API. All state except the counted calls is in the store, so all services
// on one store, even in several processes, have the same zones.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	limits     limits
	served     simulation.Zones
}

// New returns the API whose zones live in the store of the configuration.
func New(config Config) *Service {
	return &Service{store: config.Store, now: simulation.Clock(config.Now), conditions: simulation.Conditions(config.Conditions)}
}

// Name returns "cloudflare", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	token     token
	zone      string // the ids in the path
	record    string
	behaviour behaviour
}

// answer is a success: the result, and for lists the page.
type answer struct {
	result   any
	info     *resultInfo
	messages []message
	text     *string // in place of the result, for what is not JSON
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
	c := &call{Request: r, behaviour: b}
	got, err := s.answer(w, c)
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.write(w)
	case err != nil:
		simulation.Broken(w, title, err)
	case got.text != nil:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, *got.text)
	default:
		writeJSON(w, http.StatusOK, envelope{
			Result: got.result, Success: true, Errors: []message{}, Messages: got.messages, ResultInfo: got.info,
		})
	}
}

func (s *Service) answer(w http.ResponseWriter, c *call) (answer, error) {
	handle := c.route()
	if handle == nil {
		return answer{}, refuse(http.StatusNotFound, 7000, "No route for that URI")
	}
	credentials, err := bearer(c.Header)
	if err != nil {
		return answer{}, err
	}
	if err := s.limits.count(w.Header(), credentials, s.now(), c.behaviour); err != nil {
		return answer{}, err
	}
	known, ok := tokens[credentials]
	if !ok || known.status != statusActive && !strings.HasSuffix(c.URL.Path, "/tokens/verify") {
		return answer{}, c.unknownToken()
	}
	c.token = known
	return handle(s, c)
}

// route finds the handler of a path, nil if there is none, and the ids in it.
func (c *call) route() handler {
	path, found := strings.CutPrefix(c.URL.Path, BasePath+"/")
	if !found {
		return nil
	}
	elements := strings.Split(path, "/")
	for _, element := range elements {
		if element == "" {
			return nil
		}
	}
	// The ids are replaced in the path, so that what remains names a route.
	switch {
	case len(elements) >= 2 && elements[0] == "zones":
		c.zone, elements[1] = elements[1], "ZONE"
	case len(elements) == 4 && elements[0] == "accounts":
		if elements[1] != Account {
			return nil
		}
		elements[1] = "ACCOUNT"
	}
	if len(elements) == 4 && elements[2] == "dns_records" &&
		(elements[3] != "batch" || c.Method != http.MethodPost) && (elements[3] != "export" || c.Method != http.MethodGet) {
		c.record, elements[3] = elements[3], "RECORD"
	}
	return routes[c.Method+" "+strings.Join(elements, "/")]
}

var routes = map[string]handler{
	"GET user/tokens/verify":               (*Service).verifyUserToken,
	"GET accounts/ACCOUNT/tokens/verify":   (*Service).verifyAccountToken,
	"GET zones":                            (*Service).listZones,
	"POST zones":                           (*Service).createZone,
	"GET zones/ZONE":                       (*Service).getZone,
	"DELETE zones/ZONE":                    (*Service).deleteZone,
	"GET zones/ZONE/dns_records":           (*Service).listRecords,
	"POST zones/ZONE/dns_records":          (*Service).createRecord,
	"POST zones/ZONE/dns_records/batch":    (*Service).batch,
	"GET zones/ZONE/dns_records/export":    (*Service).export,
	"GET zones/ZONE/dns_records/RECORD":    (*Service).getRecord,
	"PUT zones/ZONE/dns_records/RECORD":    (*Service).overwriteRecord,
	"PATCH zones/ZONE/dns_records/RECORD":  (*Service).editRecord,
	"DELETE zones/ZONE/dns_records/RECORD": (*Service).deleteRecord,
}

// decode reads the JSON body of a call.
func (c *call) decode(into any) error {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return refuse(http.StatusBadRequest, 9207, "Content-type must be application/json.")
	}
	body, err := io.ReadAll(c.Body)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, 9207, "Request body is invalid.")
	}
	return nil
}

// envelope is around every answer of the API.
type envelope struct {
	Result     any         `json:"result"`
	Success    bool        `json:"success"`
	Errors     []message   `json:"errors"`
	Messages   []message   `json:"messages"`
	ResultInfo *resultInfo `json:"result_info,omitempty"`
}

// message is an error or a remark.
type message struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Chain   []message `json:"error_chain,omitempty"`
}

// resultInfo says which page of a list an answer is.
type resultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

// refusal is the API's answer to a call that it refuses.
type refusal struct {
	status int
	errors []message
	header http.Header
}

func (r *refusal) Error() string {
	return fmt.Sprintf("HTTP %d, code %d: %s", r.status, r.errors[0].Code, r.errors[0].Message)
}

func refuse(status, code int, text string) *refusal {
	return &refusal{status: status, errors: []message{{Code: code, Message: text}}}
}

// invalid refuses the content of a record. The API gives the reason as the cause of a general
// error.
func invalid(code int, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, errors: []message{{
		Code: 1004, Message: "DNS Validation Error", Chain: []message{{Code: code, Message: fmt.Sprintf(format, args...)}},
	}}}
}

func (r *refusal) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	writeJSON(w, r.status, envelope{Errors: r.errors})
}

func writeJSON(w http.ResponseWriter, status int, e envelope) {
	if e.Messages == nil {
		e.Messages = []message{}
	}
	simulation.WriteJSON(w, title, status, e)
}
