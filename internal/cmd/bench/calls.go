package main

import (
	"maps"
	"regexp"
	"strings"
	"sync"
)

// callCounter counts the calls that a service answers, by kind.
type callCounter struct {
	mu    sync.Mutex
	kinds map[string]int
}

// observe is a fault.Observer.
func (c *callCounter) observe(_, method, path string, _ int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds = map[string]int{}
	}
	c.kinds[kindOf(method, path)]++
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

// objectID is a path element that tells objects apart: a number, or a long hexadecimal one.
var objectID = regexp.MustCompile(`^(\d+|[0-9a-f]{16,})$`)

// kindOf names a call without the object that it is about: GET /users/17 is a "GET /users".
func kindOf(method, path string) string {
	var kept []string
	for element := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if !objectID.MatchString(element) {
			kept = append(kept, element)
		}
	}
	return method + " /" + strings.Join(kept, "/")
}
