// Package store keeps the state of the simulated services.
//
// The state is one JSON document with a named section for each service. It is in a file that any
// number of goroutines, provider instances and processes share, or in memory if there is no path.
// [View] reads a section and [Update] changes it; both decode the section into a Go type of the
// caller's choice. Private keys are not in that document: [Store.PutKey] stores each in its own
// file.
package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// Store is the state of one sandbox. It holds no open files between calls, so there is nothing to
// close. All methods may be called from several goroutines.
type Store struct {
	path string // absolute; empty for a store in memory

	// writer is held by the goroutine that waits for the lock file or holds it. Meanwhile, readers
	// can use mu.
	writer sync.Mutex
	lock   *flock.Flock

	// mu guards the decoded document. Readers hold it while they look at a section, the writer
	// while it changes one.
	mu      sync.RWMutex
	doc     document
	seen    fingerprint
	decoded map[string]any // *T by section, as the last caller wanted it

	keysMu sync.Mutex
	keys   map[string][]byte // keys of a store in memory
}

// Open returns the store in the file at path, or a new one in memory if path is empty. It reads and
// creates nothing yet, so a plan that looks at an empty sandbox leaves no file. A relative path
// refers to the present working directory.
func Open(path string) (*Store, error) {
	s := &Store{decoded: map[string]any{}, keys: map[string][]byte{}}
	if path == "" {
		return s, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox state file %s: %w", path, err)
	}
	// If a symbolic link were replaced by a file, its users would lose the others' state.
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		abs = target
	}
	s.path = abs
	s.lock = flock.New(abs+".lock", flock.SetPermissions(0o600))
	return s, nil
}

// ID returns the random identity of this sandbox. It is made and stored with the file, so that an
// object in a Terraform state can tell whether it was made in this sandbox. ID creates the file if
// there is none.
func (s *Store) ID() (string, error) {
	s.mu.Lock()
	err := s.refresh()
	id := s.doc.ID
	s.mu.Unlock()
	if err != nil || id != "" {
		return id, err
	}
	err = s.exclusively(func() error {
		if s.doc.ID == "" {
			if err := s.save(s.doc.Sections); err != nil {
				return err
			}
		}
		id = s.doc.ID
		return nil
	})
	return id, err
}

// View calls fn with the content of a section, or the zero T if there is none yet. What v points to
// is shared with other readers: fn must neither change nor keep it (nor its maps and slices). fn
// may call PutKey and Key, but no other function of this package on the same store. View returns
// fn's error, or an error that says why the state cannot be read.
func View[T any](s *Store, section string, fn func(v *T) error) error {
	done, err := viewCached(s, section, fn)
	if done || err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(); err != nil {
		return err
	}
	v, err := decode[T](s, section)
	if err != nil {
		return err
	}
	return fn(v)
}

// viewCached is View if the decoded section is in memory and still the same as in the file. Readers
// then run in parallel.
func viewCached[T any](s *Store, section string, fn func(v *T) error) (done bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	current, err := s.isCurrent()
	if err != nil || !current {
		return false, err
	}
	v, ok := s.decoded[section].(*T)
	if !ok {
		return false, nil
	}
	return true, fn(v)
}

// Update calls fn with the content of a section, or the zero T if there is none yet, and writes the
// result. No other Update runs meanwhile, in this process or another, and no reader sees a
// half-made change. If fn returns an error (or panics) or changes nothing, nothing is written. fn
// must not keep v, and may call PutKey and Key, but no other function of this package on the same
// store. Update returns fn's error, or an error that says why the state cannot be read or written.
func Update[T any](s *Store, section string, fn func(v *T) error) error {
	return s.exclusively(func() error {
		v, err := decode[T](s, section)
		if err != nil {
			return err
		}
		stored := false
		defer func() {
			if !stored {
				delete(s.decoded, section)
			}
		}()
		if err := fn(v); err != nil {
			return err
		}
		raw, err := s.encode(v)
		if err != nil {
			return fmt.Errorf("%s: encoding section %q: %w", s.name(), section, err)
		}
		if before, ok := s.doc.Sections[section]; !ok || !bytes.Equal(before, raw) {
			sections := maps.Clone(s.doc.Sections)
			if sections == nil {
				sections = map[string]json.RawMessage{}
			}
			sections[section] = raw
			if err := s.save(sections); err != nil {
				return err
			}
		}
		stored = true
		return nil
	})
}

// exclusively runs fn as the only writer among all goroutines and processes, with the current
// document.
func (s *Store) exclusively(fn func() error) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.path != "" {
		if err := makeFolder(filepath.Dir(s.path)); err != nil {
			return fmt.Errorf("%s: %w", s.name(), err)
		}
		if err := s.lock.Lock(); err != nil {
			return fmt.Errorf("%s: locking %s: %w", s.name(), s.lock.Path(), err)
		}
		// Closing the descriptor releases the lock, whether or not it returns an error.
		defer s.lock.Unlock() //nolint:errcheck
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(); err != nil {
		return err
	}
	return fn()
}

// decode returns the section as a *T, from the cache if the last caller wanted the same type. The
// caller holds mu for writing and has refreshed the document.
func decode[T any](s *Store, section string) (*T, error) {
	if v, ok := s.decoded[section].(*T); ok {
		return v, nil
	}
	v := new(T)
	if raw, ok := s.doc.Sections[section]; ok {
		if err := json.Unmarshal(raw, v); err != nil {
			return nil, fmt.Errorf("%s: section %q is not as expected: %w; correct it by hand, or start anew by removing the file", s.name(), section, err)
		}
	}
	s.decoded[section] = v
	return v, nil
}

// Path returns the absolute path of the file, or "" for a state in memory.
func (s *Store) Path() string { return s.path }

// name is the place of the state in messages.
func (s *Store) name() string {
	if s.path == "" {
		return "sandbox state in memory"
	}
	return "sandbox state file " + s.path
}
