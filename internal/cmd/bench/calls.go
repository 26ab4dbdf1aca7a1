package main

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// callCounter counts the calls to services, by kind.
type callCounter struct {
	mu    sync.Mutex
	kinds map[string]int
}

func (c *callCounter) add(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds = map[string]int{}
	}
	c.kinds[kind]++
}

// counting counts the calls that a sandbox's handler gets.
func (c *callCounter) counting(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		kind := kindOf(r.Method, path)
		// Namecheap has one path for all calls. The parameters say what a call does.
		if service == namecheapsim.Section && r.ParseForm() == nil {
			kind = strings.TrimPrefix(r.Form.Get("Command"), "namecheap.")
		}
		c.add(kind)
		handler.ServeHTTP(w, r)
	})
}

// observe is a fault.Observer. It counts what comes by DNS and not by HTTP: dynamic updates and
// zone transfers.
func (c *callCounter) observe(service, method, path string, _ int) {
	if service == rfc2136sim.Section {
		c.add(kindOf(method, path))
	}
}

func (c *callCounter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kinds = nil
}

func (c *callCounter) byKind() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.kinds)
}

// objectID matches a path element that identifies an object: a number, or a long hexadecimal one.
var objectID = regexp.MustCompile(`^(\d+|[0-9a-f]{16,})$`)

// kindOf names a call without its object: GET /users/17 is a "GET /users".
func kindOf(method, path string) string {
	var kept []string
	for element := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if !objectID.MatchString(element) {
			kept = append(kept, element)
		}
	}
	return method + " /" + strings.Join(kept, "/")
}
