package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("Windows has no such modes; only the files' existence is checked")
	}
	root := t.TempDir()
	folder := filepath.Join(root, ".postmaster")
	path := filepath.Join(folder, "sandbox.json")
	s := open(t, path)
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	if err := s.PutKey("dkim/Example.com", []byte("invented")); err != nil {
		t.Fatal(err)
	}
	locks, err := s.LockFolder()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]fs.FileMode{
		locks:                                 fs.ModeDir | 0o700,
		folder:                                fs.ModeDir | 0o700,
		path:                                  0o600,
		path + ".lock":                        0o600,
		filepath.Join(folder, ".gitignore"):   0o600,
		filepath.Join(folder, "sandbox.keys"): fs.ModeDir | 0o700,
		filepath.Join(folder, "sandbox.keys", "dkim%2f%45xample.com.pem"): 0o600,
	} {
		info, err := os.Stat(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := info.Mode() & (fs.ModeDir | fs.ModePerm); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %v, want %v", file, got, want)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(folder, ".gitignore")); string(text) != "*\n" {
		t.Errorf(".gitignore holds %q", text)
	}

	existing := filepath.Join(root, "repository")
	if err := os.Mkdir(existing, 0o755); err != nil {
		t.Fatal(err)
	}
	s = open(t, filepath.Join(existing, "sandbox.json"))
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	if err := s.PutKey("ca", []byte("invented")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(existing, ".gitignore")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder that was there before got a .gitignore")
	}
	if _, err := os.Stat(filepath.Join(existing, "sandbox.keys", ".gitignore")); err != nil {
		t.Errorf("the folder of keys: %v", err)
	}
	if _, err := s.LockFolder(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(existing, "sandbox.locks", ".gitignore")); err != nil {
		t.Errorf("the folder of locks: %v", err)
	}
	if folder, err := open(t, "").LockFolder(); folder != "" || err != nil {
		t.Errorf("a state in memory has locks in %q, %v", folder, err)
	}
}

func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	for name, s := range map[string]*store.Store{"memory": open(t, ""), "file": open(t, path)} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Key("absent"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("an absent key: %v", err)
			}
			names := []string{"a", "A", "../a", "a/b", "a.b", ".", "..", "", "%61", strings.Repeat("n", 300), strings.Repeat("n", 301)}
			for _, n := range names {
				if err := s.PutKey(n, []byte("old")); err != nil {
					t.Fatal(err)
				}
				if err := s.PutKey(n, []byte("key of "+n)); err != nil {
					t.Fatal(err)
				}
			}
			for _, n := range names {
				if got, err := s.Key(n); err != nil || string(got) != "key of "+n {
					t.Errorf("key %q = %q, %v", n, got, err)
				}
			}
			// A key and the entry that names it are stored in one go.
			err := store.Update(s, "tally", func(v *tally) error {
				v.Count = 7
				return s.PutKey("inside", []byte("key"))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	if text, _ := os.ReadFile(path); !json.Valid(text) || bytes.Contains(text, []byte("key of")) {
		t.Errorf("the state file holds a key:\n%s", text)
	}
}
