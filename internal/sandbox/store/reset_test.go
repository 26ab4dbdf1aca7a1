package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// After a reset, nothing is left for anybody who shares the sandbox, and its identity is new.
func TestReset(t *testing.T) {
	for name, path := range map[string]string{"in memory": "", "in a file": filepath.Join(t.TempDir(), "odd [name]", "sandbox.json")} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			other := s
			if path != "" {
				if other, err = store.Open(path); err != nil {
					t.Fatal(err)
				}
			}
			before, err := s.ID()
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Update(s, "things", func(v *[]string) error { *v = []string{"one"}; return nil }); err != nil {
				t.Fatal(err)
			}
			if err := s.PutKey("a/key", []byte("private")); err != nil {
				t.Fatal(err)
			}
			count := func(st *store.Store) (n int) {
				t.Helper()
				if err := store.View(st, "things", func(v *[]string) error { n = len(*v); return nil }); err != nil {
					t.Fatal(err)
				}
				return n
			}
			if count(other) != 1 {
				t.Fatal("the other one does not see the section")
			}
			note := filepath.Join(filepath.Dir(path), "sandbox.keys", "note.txt")
			if path != "" {
				if err := os.WriteFile(note, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Reset(); err != nil {
				t.Fatal(err)
			}
			if a, b := count(s), count(other); a != 0 || b != 0 {
				t.Errorf("%d and %d things are left", a, b)
			}
			if _, err := other.Key("a/key"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the key: %v", err)
			}
			if after, err := other.ID(); err != nil || after == before || after == "" {
				t.Errorf("the identity is %q after %q (%v)", after, before, err)
			}
			if path != "" {
				if _, err := os.Stat(note); err != nil {
					t.Errorf("a file that is no key: %v", err)
				}
			}
		})
	}
}
