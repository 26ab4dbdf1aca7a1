package sendgrid

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// refusal is the API's answer to a call that it does not carry out.
type refusal struct {
	status  int
	field   string // of the request that is at fault; empty for null
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("HTTP %d: %s", r.status, r.message) }

func refuse(status int, field, message string) *refusal {
	return &refusal{status: status, field: field, message: message}
}

// notFound is the answer for a domain that there is none of, or that is somebody else's.
func notFound() *refusal { return refuse(http.StatusNotFound, "", "not found") }

func (r *refusal) write(w http.ResponseWriter, b behaviour) {
	if b.errorsAsObject {
		writeJSON(w, r.status, map[string]any{"errors": map[string]string{"error": r.message, "field": r.field}})
		return
	}
	var field any
	if r.field != "" {
		field = r.field
	}
	writeJSON(w, r.status, map[string]any{"errors": []map[string]any{{"message": r.message, "field": field}}})
}

func writeJSON(w http.ResponseWriter, status int, content any) {
	text, err := json.Marshal(content)
	if err != nil {
		broken(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(text) //nolint:errcheck // the client is gone: there is nobody left to tell
}

// broken says that the sandbox, not the simulated API, is in trouble. No answer of the API looks like it.
func broken(w http.ResponseWriter, err error) {
	http.Error(w, "The sandbox can't simulate SendGrid: "+err.Error(), http.StatusInternalServerError)
}
