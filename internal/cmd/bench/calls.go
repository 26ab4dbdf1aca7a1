package main

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
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

// objectID matches a path element that identifies an object: a number, a long hexadecimal one, a
// UUID, or the ID of a hosted zone.
var objectID = regexp.MustCompile(`^(\d+|[0-9a-f]{16,}|[0-9a-f-]{36}|Z[0-9A-Z]{10,})$`)

// collections are the path elements that are followed by the name of an object, in the APIs whose
// paths have names. TXT is the only type of record sets that the cases write.
var collections = []string{"resourceGroups", "dnsZones", "projects", "managedZones", "TXT"}

// kindOf names a call without its object: GET /users/17 is a "GET /users". What an API calls for on
// an object stays: POST /managedZones/example:testIamPermissions is a
// "POST /managedZones/:testIamPermissions".
func kindOf(method, path string) string {
	var kept []string
	before := ""
	for element := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		named := slices.Contains(collections, before)
		before = element
		if named {
			_, call, _ := strings.Cut(element, ":")
			if call == "" {
				continue
			}
			element = ":" + call
		}
		if !objectID.MatchString(element) {
			kept = append(kept, element)
		}
	}
	return method + " /" + strings.Join(kept, "/")
}
