package octethsim

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// refusal is the API's answer to a call that it does not carry out.
type refusal struct {
	status  int // 0: 200, as most have
	code    int
	message string
	hard    bool // no command has run
	wait    time.Duration
}

func (r *refusal) Error() string { return fmt.Sprintf("code %d: %s", r.code, r.message) }

// refuse is a command's own refusal.
func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

// hard is a failure outside of any command.
func hard(status, code int, message string) *refusal {
	return &refusal{status: status, code: code, message: message, hard: true}
}

// tooMany refuses one call too many, and says when it may be repeated.
func tooMany(wait time.Duration) *refusal {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return &refusal{status: http.StatusTooManyRequests, code: 429,
		message: fmt.Sprintf("Too many requests. Wait for %d seconds for another 100 attempts.", seconds), wait: wait}
}

// failurePage is a hard failure in versions without JSON for it.
const failurePage = "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>An error occurred</h1></body></html>\n"

func (r *refusal) write(w http.ResponseWriter, b behaviour, known command) {
	status := r.status
	if status == 0 || b.below(campaignLabels) && (r.hard || r.wait > 0) {
		status = http.StatusOK
	}
	switch {
	case r.hard && b.below(campaignLabels):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, failurePage) //nolint:errcheck // nobody is left to be told
	case known.gateway && !r.hard:
		var code any = r.code
		if known.codeList && !b.below(secondGeneration) {
			code = []int{r.code}
		}
		answer := map[string]any{"Success": false, "ErrorCode": code}
		if r.message != "" {
			answer[b.textKey()] = r.message
		}
		simulation.WriteJSON(w, title, status, answer)
	default:
		simulation.WriteJSON(w, title, status, map[string]any{"Errors": []map[string]any{{"Code": r.code, "Message": r.message}}})
	}
}
