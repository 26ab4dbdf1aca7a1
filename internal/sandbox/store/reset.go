package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Reset empties the sandbox: all sections and all private keys are gone, and it has a new identity,
// as if the file had been removed. Those who share the file go on with the empty sandbox.
func (s *Store) Reset() error {
	return s.exclusively(func() error {
		before := s.doc.ID
		s.doc.ID = "" // save makes a new one
		if err := s.save(nil); err != nil {
			s.doc.ID = before
			return err
		}
		s.decoded = map[string]any{}
		return s.removeKeys()
	})
}

// removeKeys removes all private keys. In the folder of keys it touches nothing but the files that
// PutKey writes.
func (s *Store) removeKeys() error {
	s.keysMu.Lock()
	s.keys = map[string][]byte{}
	s.keysMu.Unlock()
	if s.path == "" {
		return nil
	}
	var errs []error
	for _, pattern := range []string{"*.pem", "*.tmp"} {
		// The pattern is read relative to the folder, whose name may hold any character.
		files, err := fs.Glob(os.DirFS(s.keyFolder()), pattern)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := os.Remove(filepath.Join(s.keyFolder(), file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
