package godaddysim

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// refusal is an error of the API, in the form of the version that was called.
type refusal struct {
	status        int
	code, message string
	issues        []issue
	retryAfter    int // seconds; 0: not said
}

// issue is a fault in one field of a request.
type issue struct{ code, path, message string }

// Error returns the refusal in one line.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.message) }

func tooMany() *refusal {
	return &refusal{status: http.StatusTooManyRequests, code: "TOO_MANY_REQUESTS", message: "Too many requests received within interval", retryAfter: 60}
}

// invalid refuses a request because of its fields. If a record conflicts with another one, the API
// calls it a duplicate.
func (c *call) invalid(issues ...issue) *refusal {
	r := &refusal{status: http.StatusUnprocessableEntity, issues: issues}
	if c.version == v3 {
		r.code, r.message = "VALIDATION_ERROR", "Request failed validation"
		if issues[0].code != codeDuplicate {
			r.status = http.StatusBadRequest
		}
		return r
	}
	r.code, r.message = "INVALID_BODY", "Request body doesn't fulfill schema, see details in `fields`"
	if issues[0].code == codeDuplicate {
		r.code, r.message = codeDuplicate, "Another record with the same attributes already exists"
	}
	return r
}

func (c *call) misformed(path, message string) *refusal {
	return c.invalid(issue{code: "MISMATCH_FORMAT", path: path, message: message})
}

// refuse answers with an error of the API, or says that the sandbox has failed.
func refuse(w http.ResponseWriter, version version, id string, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		simulation.Broken(w, title, err)
		return
	}
	body := map[string]any{"message": r.message}
	if version == v1 {
		body["code"] = r.code
		if r.retryAfter > 0 {
			body["retryAfterSec"] = r.retryAfter
		}
		var fields []map[string]string
		for _, i := range r.issues {
			fields = append(fields, map[string]string{"code": i.code, "path": i.path, "message": i.message})
		}
		if fields != nil {
			body["fields"] = fields
		}
	} else {
		body["name"], body["correlationId"] = r.code, id
		details := []map[string]string{}
		for _, i := range r.issues {
			details = append(details, map[string]string{"issue": i.code, "field": i.path, "description": i.message})
		}
		body["details"] = details
	}
	send(w, r.status, body)
}

func send(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	simulation.WriteJSON(w, title, status, body)
}

// requestID is the caller's id of the request, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" {
		return id
	}
	return rand.Text()
}
