package api

import (
	"encoding/json"
	"net/url"
	"sort"
	"strings"
	"sync"
)

const masked = "***"

// shortestSecret is the length below which a secret is not masked: a password of
// two letters would blank out half of every message and protect nothing.
const shortestSecret = 3

// Redactor masks secrets in text that leaves the program: logs and errors. It is
// safe for concurrent use; secrets may be added at any time (a login's token).
type Redactor struct {
	mu     sync.RWMutex
	forms  map[string]struct{}
	sorted []string
}

// NewRedactor knows the given secrets from the start.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{forms: map[string]struct{}{}}
	r.Add(secrets...)
	return r
}

// Add makes secrets known, in each form in which a service might echo them.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		for _, form := range spellings(s) {
			r.forms[form] = struct{}{}
		}
	}
	r.sorted = longestFirst(r.forms)
}

// Mask replaces every known secret in text, and those given beside it.
func (r *Redactor) Mask(text string, more ...string) string {
	r.mu.RLock()
	known := r.sorted
	r.mu.RUnlock()
	if len(more) > 0 {
		forms := map[string]struct{}{}
		for _, s := range known {
			forms[s] = struct{}{}
		}
		for _, s := range more {
			for _, form := range spellings(s) {
				forms[form] = struct{}{}
			}
		}
		known = longestFirst(forms)
	}
	for _, s := range known {
		text = strings.ReplaceAll(text, s, masked)
	}
	return text
}

// longestFirst, so that a secret which contains another is masked whole.
func longestFirst(forms map[string]struct{}) []string {
	out := make([]string, 0, len(forms))
	for f := range forms {
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool {
		if len(out[i]) != len(out[j]) {
			return len(out[i]) > len(out[j])
		}
		return out[i] < out[j]
	})
	return out
}

// spellings gives a secret as it is, URL-escaped and JSON-escaped.
func spellings(s string) []string {
	if len(s) < shortestSecret {
		return nil
	}
	out := []string{s, url.QueryEscape(s), url.PathEscape(s)}
	if quoted, err := json.Marshal(s); err == nil {
		out = append(out, strings.Trim(string(quoted), `"`))
	}
	return out
}
