package store_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A file of each version is read, keeps its ID, and can be changed. The fixture of each version is
// testdata/sandbox-vN.json.
func TestFilesOfAllVersions(t *testing.T) {
	newest := filepath.Join(t.TempDir(), "sandbox.json")
	if err := increment(open(t, newest)); err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= versionOf(t, newest); version++ {
		text, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("sandbox-v%d.json", version)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "sandbox.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, path)
		if got := count(t, s); got != 5 {
			t.Errorf("version %d: the count is %d", version, got)
		}
		id, err := s.ID()
		if err != nil || id != "4e36073e074dbf586fa52c5f5e95fa28" {
			t.Errorf("version %d: the ID is %q, %v", version, id, err)
		}
		if err := increment(s); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
		if got := count(t, open(t, path)); got != 6 {
			t.Errorf("version %d: the count after a change is %d", version, got)
		}
	}
}

// versionOf returns the version that a file says it has.
func versionOf(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Version int }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Version
}
