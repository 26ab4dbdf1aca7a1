package sendgridsim

import (
	"fmt"
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
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

// notFound is the answer for a domain that does not exist or belongs to somebody else.
func notFound() *refusal { return refuse(http.StatusNotFound, "", "not found") }

func (r *refusal) write(w http.ResponseWriter, b behaviour) {
	if b.errorsAsObject {
		simulation.WriteJSON(w, title, r.status, map[string]any{"errors": map[string]string{"error": r.message, "field": r.field}})
		return
	}
	var field any
	if r.field != "" {
		field = r.field
	}
	simulation.WriteJSON(w, title, r.status, map[string]any{"errors": []map[string]any{{"message": r.message, "field": field}}})
}
