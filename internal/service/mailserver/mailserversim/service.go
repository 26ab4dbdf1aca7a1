// Package mailserversim simulates the Management API of a mail server (RunEasyMail), so that
// clients can be tried and tested without one. It behaves like the released program, even where
// that differs from its documentation or is a fault: "success" that stored nothing, failures with
// status 200, tables that lose entries when calls run in parallel.
//
// A client that works here has to work with the real program. So the simulation does not check what
// the program does not check.
package mailserversim

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the state, in the section [Section], and the private keys.
	Store *store.Store
	// Now is the clock for tokens, background work and certificates; time.Now if nil.
	Now func() time.Time
	// Conditions returns the switches and settings in force, see [SwitchDatabaseDown] and its
	// neighbours. It is asked once a call. If nil, everything is as usual.
	Conditions func() fault.Conditions
	// Issue makes a certificate for the host names, signed by the authority in the role of Let's
	// Encrypt, and returns its chain, leaf first, and its private key. The service calls it when a
	// certificate is due, with that time as now.
	Issue func(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error)
}

// Service is the simulated mail server. It is an [http.Handler] for the calls of the API, with
// paths as on the server itself ("/domains"). All state is in the store: several services on one
// store, also in several processes, are one mail server.
type Service struct {
	store      *store.Store
	now        func() time.Time
	conditions func() fault.Conditions
	issue      func(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error)

	// The two slow steps between reading the state and writing it back.
	hashPassword func(password string) string
	makeKey      func(bits int) (*rsa.PrivateKey, error)
}

// New returns the mail server that lives in the store of the configuration.
func New(config Config) *Service {
	s := &Service{
		store:        config.Store,
		now:          config.Now,
		conditions:   config.Conditions,
		issue:        config.Issue,
		hashPassword: hashPassword,
		makeKey:      func(bits int) (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, bits) },
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.conditions == nil {
		s.conditions = func() fault.Conditions { return fault.Conditions{} }
	}
	return s
}

// Name returns "mailserver", the name of the service in URLs and conditions.
func (s *Service) Name() string { return Section }

// call is one request on its way through a handler.
type call struct {
	*http.Request
	pathID    string // the :domain_id of the path, if the route has one
	behaviour behaviour
	malformed bool // the handler could not read the form: the status will be 400
}

// handler answers a call. Its error means that the sandbox itself has failed, not the mail server.
type handler func(s *Service, c *call) (answer, error)

// ServeHTTP answers a call of the API.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := newBehaviour(s.conditions())
	if err != nil {
		broken(err).write(w)
		return
	}
	handle, pathID := route(r.Method, r.URL.Path, b)
	if handle == nil && s.redirected(w, r, b) {
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Headers", allowedHeaders)
	if handle == nil {
		unknownPath(r).write(w)
		return
	}
	if err := s.settlePasswords(b.databaseDown); err != nil {
		broken(err).write(w)
		return
	}
	c := &call{Request: r, pathID: pathID, behaviour: b}
	got, err := handle(s, c)
	switch {
	case err != nil:
		got = broken(err)
	case c.malformed:
		got.status, got.untyped = http.StatusBadRequest, true
	}
	got.write(w)
}

// allowedHeaders is what the program lets web pages of other origins send.
const allowedHeaders = "Auth-token, X-Requested-With, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization"

// route finds the handler of a path, nil if there is none, and the id that the path ends with.
func route(method, path string, b behaviour) (handle handler, pathID string) {
	switch method + " " + path {
	case "GET /ping":
		return (*Service).ping, ""
	case "POST /auth":
		return (*Service).authenticate, ""
	case "GET /domains":
		return authorized((*Service).listDomains), ""
	case "POST /domains":
		return authorized((*Service).createDomain), ""
	case "DELETE /domain":
		return authorized((*Service).deleteDomain), ""
	case "GET /export/domain":
		return authorized((*Service).exportDomain), ""
	case "POST /user-change-password":
		return authorized((*Service).changePassword), ""
	case "DELETE /users":
		return authorized((*Service).deleteAccount), ""
	case "POST /dkim/add-new-domain":
		return authorized((*Service).addDKIM), ""
	case "POST /ssl/letsencrypt/install":
		return authorized((*Service).installCertificate), ""
	case "POST /ssl/get-left-days":
		return authorized((*Service).daysLeft), ""
	case "POST /ssl/upload":
		return authorized((*Service).uploadCertificate), ""
	}

	folder, id := path[:strings.LastIndexByte(path, '/')+1], path[strings.LastIndexByte(path, '/')+1:]
	if id == "" {
		return nil, ""
	}
	createFolder := "/users/"
	if b.documentedUserPath {
		createFolder = "/user/"
	}
	switch {
	case method == http.MethodGet && folder == "/users/":
		return authorized((*Service).listAccounts), id
	case method == http.MethodPost && folder == createFolder:
		return authorized((*Service).createAccount), id
	}
	return nil, ""
}

// redirected redirects a path that is known without its trailing slash, token or not.
func (s *Service) redirected(w http.ResponseWriter, r *http.Request, b behaviour) bool {
	if trimmed, found := strings.CutSuffix(r.URL.Path, "/"); found {
		if handle, _ := route(r.Method, trimmed, b); handle != nil {
			status := http.StatusTemporaryRedirect
			if r.Method == http.MethodGet {
				status = http.StatusMovedPermanently
			}
			target := url.URL{Path: trimmed, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, target.String(), status)
			return true
		}
	}
	return false
}

// unknownPath is the answer for every path without a handler. OPTIONS has no handler either; to it,
// the program first answers that all is well, and then adds this.
func unknownPath(r *http.Request) answer {
	a := answer{status: http.StatusNotFound, body: object{
		"code": http.StatusNotFound, "host": r.Host, "method": r.Method, "url": r.URL.RequestURI(), "message": "API method is not exist",
	}}
	if r.Method == http.MethodOptions {
		a.status, a.before = http.StatusOK, "\"{}\"\n"
	}
	return a
}

func (s *Service) ping(*call) (answer, error) {
	return answer{status: http.StatusOK, body: "pong"}, nil
}

// object is a JSON object of an answer.
type object = map[string]any

// answer is what the server sends back.
type answer struct {
	status  int
	before  string // what is sent in front of the body
	body    any    // a string is sent as text, nil as nothing, all else as JSON
	untyped bool   // the JSON is sent as text: its status went out before its type was known
}

var (
	success = answer{status: http.StatusOK, body: object{"result": true}}
	// panicked is the answer when a handler of the program panics.
	panicked = answer{status: http.StatusInternalServerError}
)

// failure is a refusal, with status 200 like all of them. The key of its reason depends on the
// call.
func failure(key string, reason any) answer {
	return answer{status: http.StatusOK, body: object{"result": false, key: reason}}
}

// broken is the answer when the sandbox, and not the simulated server, is in trouble. No answer of
// the program looks like it.
func broken(err error) answer {
	return answer{
		status: http.StatusInternalServerError, body: "The sandbox can't simulate the mail server: " + err.Error(),
	}
}

func (a answer) write(w http.ResponseWriter) {
	var content []byte
	switch body := a.body.(type) {
	case nil:
	case string:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		content = []byte(body)
	default:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		var err error
		if content, err = json.Marshal(body); err != nil {
			panic(fmt.Sprintf("an answer of the simulated mail server is not JSON: %v", err))
		}
		content = append([]byte(a.before), content...)
		if a.untyped {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		}
	}
	w.WriteHeader(a.status)
	w.Write(content) //nolint:errcheck // the client is gone: there is nobody left to tell
}
