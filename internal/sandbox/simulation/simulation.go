// Package simulation holds what the simulated services have in common: defaults, answers in JSON,
// counted calls, and the zones that they serve.
package simulation

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// Clock returns now, or the real clock if it is nil.
func Clock(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

// Conditions returns what tells a service its conditions; if it is nil, there are none.
func Conditions(conditions func() fault.Conditions) func() fault.Conditions {
	if conditions == nil {
		return func() fault.Conditions { return fault.Conditions{} }
	}
	return conditions
}

// Broken answers that the sandbox, and not the service of that name, is in trouble. No answer of a
// service looks like it.
func Broken(w http.ResponseWriter, service string, err error) {
	http.Error(w, "The sandbox can't simulate "+service+": "+err.Error(), http.StatusInternalServerError)
}

// WriteJSON answers with a value as JSON.
func WriteJSON(w http.ResponseWriter, service string, status int, value any) {
	content, err := json.Marshal(value)
	if err != nil {
		Broken(w, service, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(content) //nolint:errcheck // the client is gone: there is nobody left to tell
}
