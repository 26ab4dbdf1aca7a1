package sandboxtest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// Watched is a simulated service behind a socket, with the faults that its conditions say. It notes the
// calls. Its methods may be called from several goroutines.
type Watched struct {
	// URL is the address of the socket.
	URL string

	server *httptest.Server
	mu     sync.Mutex
	calls  []string
	before func(r *http.Request)
}

// Watch starts a service, which ends with the test. section is its part of the world's store. base is the
// path below which its calls are.
func (w *World) Watch(section, base string, service http.Handler) *Watched {
	watched := &Watched{}
	faulty := fault.Wrap(section, w.Store, service)
	watched.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		watched.note(r.Method+" "+strings.TrimPrefix(r.URL.Path, base), r)
		faulty.ServeHTTP(rw, r)
	}))
	watched.URL = watched.server.URL
	w.t.Cleanup(watched.server.Close)
	return watched
}

// note notes a call, and does what is to happen before it.
func (w *Watched) note(call string, r *http.Request) {
	w.mu.Lock()
	w.calls = append(w.calls, call)
	before := w.before
	w.mu.Unlock()
	if before != nil {
		before(r)
	}
}

// Before has something happen before the service gets a call.
func (w *Watched) Before(do func(r *http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = do
}

// Called lists the calls: method and path, below the base.
func (w *Watched) Called() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// Forget has Called tell only what comes from now on.
func (w *Watched) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = nil
}

// Count tells how many calls there were that begin like one of these texts.
func (w *Watched) Count(beginnings ...string) int {
	n := 0
	for _, call := range w.Called() {
		if slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.HasPrefix(call, beginning) }) {
			n++
		}
	}
	return n
}
