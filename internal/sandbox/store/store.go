// Package store keeps the state of the simulated services.
//
// The state is one JSON document of named sections, one section a service. It lives in a file that
// any number of goroutines, provider instances and processes share, or in memory when there is no
// path. A section is read with [View] and changed with [Update]; both hand out the section decoded
// into a Go type of the caller's choice. Private keys have no place in that document:
// [Store.PutKey] gives each a file of its own.
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

	// writer is held by the one goroutine that waits for, or holds, the lock file. Waiting there
	// leaves mu free for readers.
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

// Open returns the store that is kept in the file at path, or a new one in memory if path is empty.
// Nothing is read and nothing is created yet: a plan that looks at an empty sandbox leaves no file
// behind. A relative path is bound to the working directory of this moment.
func Open(path string) (*Store, error) {
	s := &Store{decoded: map[string]any{}, keys: map[string][]byte{}}
	if path == "" {
		return s, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox state file %s: %w", path, err)
	}
	// Replacing a symbolic link by a file would part those who come by the link from those who
	// don't.
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		abs = target
	}
	s.path = abs
	s.lock = flock.New(abs+".lock", flock.SetPermissions(0o600))
	return s, nil
}

// ID returns the random identity of this sandbox. It is made together with the file and kept in it,
// so that an object in somebody's Terraform state can tell whether this is the sandbox that it was
// made in. ID creates the file if there is none.
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

// View calls fn with the content of a section, the zero T if there is none yet. What v points to is
// shared with other readers: fn must neither change nor keep it (nor its maps and slices). fn may
// call PutKey and Key, but no other function of this package on the same store. View returns fn's
// error, or says why the state can't be read.
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

// viewCached is View for the case that the decoded section is at hand and still what the file says;
// then readers run side by side.
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

// Update calls fn with the content of a section, the zero T if there is none yet, and writes what
// fn made of it. No other Update runs meanwhile, in this process or another, and no reader sees a
// half-made change. When fn returns an error (or panics), nothing is written and its changes are
// forgotten. When fn changes nothing, nothing is written either. fn must not keep v, and may call
// PutKey and Key, but no other function of this package on the same store. Update returns fn's
// error, or says why the state can't be read or written.
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

// exclusively runs fn as the only writer among all goroutines and processes, with the document up
// to date.
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
		// Closing the descriptor is what gives the lock up, and that can't fail in a way that keeps
		// it.
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

// name says where the state is, for messages.
func (s *Store) name() string {
	if s.path == "" {
		return "sandbox state in memory"
	}
	return "sandbox state file " + s.path
}
