package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// callTextLimit limits the path and the label of a call in the log, in bytes.
const callTextLimit = 200

// call is one call that a service has answered. It holds neither headers nor query nor body, where
// secrets are.
type call struct {
	At      time.Time
	Service string
	Method  string
	Path    string // below the service
	Label   string // what the service calls it, if the path does not tell
	Status  int    // 0 if the connection was cut
	Took    time.Duration
}

// callLog holds the last calls, the newest last.
type callLog struct {
	most int

	mu   sync.Mutex
	last []call
}

// watch notes the calls that a handler answers.
func (l *callLog) watch(service string, now func() time.Time, handler http.Handler) http.Handler {
	if l.most == 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, begun := now(), time.Now()
		var label simulation.CallLabel
		note := func(_, method, path string, status int) {
			l.add(call{
				At: at, Service: service, Method: shorten(method), Path: shorten(path), Label: shorten(label.String()),
				Status: status, Took: time.Since(begun),
			})
		}
		fault.Observe(service, note, handler).ServeHTTP(w, r.WithContext(simulation.WithCallLabel(r.Context(), &label)))
	})
}

func (l *callLog) add(c call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == l.most {
		l.last = slices.Delete(l.last, 0, 1)
	}
	l.last = append(l.last, c)
}

// newestFirst returns a copy of the log.
func (l *callLog) newestFirst() []call {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := slices.Clone(l.last)
	slices.Reverse(calls)
	return calls
}

// shorten makes a text from a client fit for a page.
func shorten(text string) string {
	if len(text) > callTextLimit {
		text = text[:callTextLimit] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
