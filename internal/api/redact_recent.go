package api

import (
	"sync"
	"unicode"
)

const (
	// manyRecent is how many secrets of calls are remembered. It is more than the calls under way
	// at once.
	manyRecent = 32
	// shortestRemembered is the length, in bytes, from which a secret of a call is remembered.
	shortestRemembered = 8
)

// recentSecrets are the secrets of the last calls, such as new passwords. A service may echo the
// secret of one call in its answer to the next one, which checks what became of the first. Secrets
// that may be ordinary words are left out, because they would blank out the messages of other
// calls.
type recentSecrets struct {
	mu   sync.Mutex
	ring []string
	next int
}

// add remembers secrets, in place of the oldest ones.
func (s *recentSecrets) add(secrets []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		switch {
		case !isDistinctive(secret):
		case len(s.ring) < manyRecent:
			s.ring = append(s.ring, secret)
		default:
			s.ring[s.next] = secret
			s.next = (s.next + 1) % manyRecent
		}
	}
}

// all returns a copy that may be appended to.
func (s *recentSecrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.ring...)
}

// isDistinctive is whether a secret is long and does not consist of letters alone.
func isDistinctive(secret string) bool {
	if len(secret) < shortestRemembered {
		return false
	}
	for _, r := range secret {
		if !unicode.IsLetter(r) {
			return true
		}
	}
	return false
}
