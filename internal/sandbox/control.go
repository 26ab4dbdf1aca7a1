package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// controlPrefix is the beginning of the paths of the calls that change the sandbox itself.
const controlPrefix = "/_sandbox/"

// controlLimit limits the bodies that these calls read.
const controlLimit = 8 << 20

// control is a call that looks at the sandbox itself or changes it.
type control struct {
	Method, Path string // the path below controlPrefix
	Description  string
	handle       func(*Sandbox, http.ResponseWriter, *http.Request)
}

// Call returns the method and the path as people write them: variable parts are in upper case.
func (c control) Call() string {
	parts := strings.Split(strings.TrimSuffix(c.Path, "{$}"), "/")
	for i, part := range parts {
		if name, variable := strings.CutPrefix(part, "{"); variable {
			parts[i] = strings.ToUpper(strings.TrimSuffix(name, "}"))
		}
	}
	return c.Method + " " + controlPrefix + strings.Join(parts, "/")
}

// controls returns all of these calls.
func controls() []control {
	return []control{
		{"GET", "{$}", "This text.", (*Sandbox).getHelp},
		{"PUT", "hosts/{host}/{apex}", "Adds an empty zone at a DNS host. At a host that is not simulated, such as ovh, the zone is in the DNS and no API edits it. " +
			"If another host has the zone, the answer is 409; with ?move=true, the domain is delegated to the new host.", (*Sandbox).putHostedZone},
		{"PUT", "zones/{apex}", "Publishes a zone that no API edits. The body has one line of a zone file for each record, and replaces the zone. " +
			"If a simulated host has the zone, the answer is 409; with ?move=true, the published zone is served instead.", (*Sandbox).putZone},
		{"DELETE", "zones/{apex}", "Removes a published zone. If a simulated host has a zone of that name, it is served again.", (*Sandbox).deleteZone},
		{"PUT", "policies/{domain}", "Has the host mta-sts of a domain serve the body as the domain's MTA-STS policy, with a valid certificate.", (*Sandbox).putPolicy},
		{"DELETE", "policies/{domain}", "Removes such a policy.", (*Sandbox).deletePolicy},
		{"GET", "conditions/{service}", "Shows the conditions of a service as JSON.", (*Sandbox).getConditions},
		{"PUT", "conditions/{service}", "Replaces the conditions of a service. {} removes them.", (*Sandbox).putConditions},
		{"POST", "reset", "Starts over: everything in the sandbox is gone, and the domains that every sandbox has are new and empty.", (*Sandbox).postReset},
		{"GET", "ca.pem", "Returns the certificate of the sandbox's authority.", (*Sandbox).getAuthority},
	}
}

// controlHandler answers these calls. It refuses changes that a browser sends on behalf of another
// site.
func (s *Sandbox) controlHandler() http.Handler {
	mux := http.NewServeMux()
	for _, c := range controls() {
		mux.HandleFunc(c.Method+" "+controlPrefix+c.Path, func(w http.ResponseWriter, r *http.Request) { c.handle(s, w, r) })
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *Sandbox) getConditions(w http.ResponseWriter, r *http.Request) {
	m, err := s.service(r.PathValue("service"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	conditions, err := fault.Get(s.store, m.name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	text, err := json.MarshalIndent(conditions, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(text, '\n')) //nolint:errcheck // nobody is left to be told
}

func (s *Sandbox) putConditions(w http.ResponseWriter, r *http.Request) {
	m, err := s.service(r.PathValue("service"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	var conditions fault.Conditions
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, controlLimit))
	body.DisallowUnknownFields() // a mistyped condition would be one that never comes true
	if err = body.Decode(&conditions); err == nil {
		err = errors.Join(conditions.Validate(), m.knows(conditions))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := fault.Set(s.store, m.name, conditions); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) putZone(w http.ResponseWriter, r *http.Request) {
	apex := r.PathValue("apex")
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, controlLimit))
	if err == nil && !wantsMove(r) {
		err = s.mayPutZone(apex)
	}
	if err == nil {
		err = s.PutZone(apex, strings.FieldsFunc(string(text), isLineEnd))
	}
	answerChange(w, err)
}

func (s *Sandbox) deleteZone(w http.ResponseWriter, r *http.Request) {
	apex := r.PathValue("apex")
	found, err := s.DeleteZone(apex)
	if err == nil && !found {
		http.Error(w, fmt.Sprintf("there is no zone %s that was published here", apex), http.StatusNotFound)
		return
	}
	answerChange(w, err)
}

func (s *Sandbox) putHostedZone(w http.ResponseWriter, r *http.Request) {
	apex, host := r.PathValue("apex"), r.PathValue("host")
	var err error
	if !wantsMove(r) {
		err = s.mayAddZone(apex, host)
	}
	if err == nil {
		err = s.MoveZone(apex, host)
	}
	answerChange(w, err)
}

// wantsMove reports whether a call may take a domain from the host that it is delegated to.
func wantsMove(r *http.Request) bool { return r.URL.Query().Get("move") == "true" }

// mayPutZone returns an error that matches errOtherHost if a simulated host has the zone.
func (s *Sandbox) mayPutZone(apex string) error {
	host, found, err := s.holder(apex)
	if err == nil && found && host != "" {
		err = fmt.Errorf("%w: %s is at %s. Edit its records there; or add ?move=true to have the domain delegated away from %s",
			errOtherHost, apex, host, host)
	}
	return err
}

// mayAddZone returns an error that matches errOtherHost if another host has the zone.
func (s *Sandbox) mayAddZone(apex, host string) error {
	if _, err := s.zoneAdder(host); err != nil {
		return err
	}
	holder, found, err := s.holder(apex)
	if err != nil || !found || holder == host {
		return err
	}
	at := holder
	if at == "" {
		if at, err = s.hostElsewhere(apex); err != nil || at == host {
			return err
		}
		at = cmp.Or(at, "no particular host, published by PUT "+controlPrefix+"zones/"+apex)
	}
	return fmt.Errorf("%w: %s is at %s. Add ?move=true to have the domain delegated to %s instead", errOtherHost, apex, at, host)
}

// answerChange answers a call that changes the sandbox.
func answerChange(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errOtherHost):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Sandbox) postReset(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reset(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func isLineEnd(c rune) bool { return c == '\r' || c == '\n' }

func (s *Sandbox) getAuthority(w http.ResponseWriter, _ *http.Request) {
	certificate, err := s.authority.Certificate()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(certificate) //nolint:errcheck // nobody is left to be told
}

// knows returns an error for switches and settings that the service does not know, which would be
// conditions that never come true, and for values of settings that it cannot use. A service that does
// not say which ones it knows may know any.
func (m mounted) knows(c fault.Conditions) error {
	if len(m.Switches) == 0 && len(m.Settings) == 0 {
		return nil
	}
	err := errors.Join(
		known("switch", slices.Sorted(maps.Keys(c.Switches)), m.Switches),
		known("setting", slices.Sorted(maps.Keys(c.Settings)), m.Settings))
	if err == nil && m.CheckConditions != nil {
		err = m.CheckConditions(c)
	}
	return err
}

func known(what string, given []string, options []simulation.Option) error {
	for _, name := range given {
		if !slices.ContainsFunc(options, func(o simulation.Option) bool { return o.Name == name }) {
			var names []string
			for _, o := range options {
				names = append(names, o.Name)
			}
			if names == nil {
				return fmt.Errorf("unknown %s %q; the service has none", what, name)
			}
			return fmt.Errorf("unknown %s %q; there are %q", what, name, names)
		}
	}
	return nil
}
