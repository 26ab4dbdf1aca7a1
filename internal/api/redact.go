package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
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

// spellings gives a secret as it is, URL-escaped, and JSON-escaped in the ways
// of the common encoders: some escape what HTML gives a meaning to, some the
// slash, some all that is not ASCII.
func spellings(s string) []string {
	if len(s) < shortestSecret {
		return nil
	}
	out := []string{s, url.QueryEscape(s), url.PathEscape(s)}
	return append(out, jsonSpellings(s)...)
}

func jsonSpellings(s string) []string {
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	forHTML, err := json.Marshal(s)
	if err != nil || encoder.Encode(s) != nil {
		return nil // a string always encodes
	}
	inner := strings.TrimSuffix(plain.String(), "\n")
	inner = inner[1 : len(inner)-1]
	slashes := strings.ReplaceAll(inner, "/", `\/`)
	return []string{string(forHTML[1 : len(forHTML)-1]), inner, slashes, asciiOnly(inner), asciiOnly(slashes)}
}

// asciiOnly writes what is not ASCII as \u escapes, in UTF-16 as JSON has it.
func asciiOnly(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
