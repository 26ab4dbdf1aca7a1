package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

type tally struct {
	Count int            `json:"count"`
	By    map[string]int `json:"by,omitempty"`
}

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func increment(s *store.Store) error {
	return store.Update(s, "tally", func(v *tally) error {
		v.Count++
		return nil
	})
}

func count(t *testing.T, s *store.Store) int {
	t.Helper()
	var n int
	if err := store.View(s, "tally", func(v *tally) error { n = v.Count; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStoreReadsBackWhatItWrote(t *testing.T) {
	for name, path := range map[string]string{"memory": "", "file": filepath.Join(t.TempDir(), "made", "sandbox.json")} {
		t.Run(name, func(t *testing.T) {
			s := open(t, path)
			if got := count(t, s); got != 0 {
				t.Errorf("an empty store has count %d", got)
			}
			for range 3 {
				if err := increment(s); err != nil {
					t.Fatal(err)
				}
			}
			if got := count(t, s); got != 3 {
				t.Errorf("count = %d, want 3", got)
			}
			id, err := s.ID()
			if err != nil || len(id) != 32 {
				t.Errorf("ID = %q, %v; want 32 hexadecimal digits", id, err)
			}
			again := open(t, path)
			other, err := again.ID()
			if err != nil {
				t.Fatal(err)
			}
			if path == "" {
				if other == id {
					t.Error("two stores in memory have one identity")
				}
				return
			}
			if other != id {
				t.Errorf("opened again, the identity is %q instead of %q", other, id)
			}
			if got := count(t, again); got != 3 {
				t.Errorf("opened again, count = %d, want 3", got)
			}
		})
	}
}

func TestLookingCreatesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "absent")
	s := open(t, filepath.Join(folder, "sandbox.json"))
	if got := count(t, s); got != 0 {
		t.Errorf("count = %d in a store without a file", got)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading left %s behind", folder)
	}
}

func TestIDIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	first, err := open(t, path).ID()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("a sandbox made anew has the identity of the removed one")
	}
	if got := count(t, s); got != 0 {
		t.Errorf("count = %d after the file was removed, want 0", got)
	}
}

func TestFailedUpdateLeavesNoTrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, path)
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	err = store.Update(s, "tally", func(v *tally) error {
		v.Count = 99
		v.By = map[string]int{"nobody": 1}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("Update returned %v, want fn's error", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of fn was swallowed")
			}
		}()
		store.Update(s, "tally", func(v *tally) error { v.Count = 98; panic("in the middle") }) //nolint:errcheck
	}()
	err = store.Update(s, "channels", func(v *map[string]chan int) error { *v = map[string]chan int{"a": nil}; return nil })
	if err == nil || !strings.Contains(err.Error(), `"channels"`) {
		t.Errorf("a section that JSON can't hold: %v", err)
	}
	if got := count(t, s); got != 1 {
		t.Errorf("count = %d, want the 1 from before", got)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Errorf("the file changed:\n%s", after)
	}
}

func TestUpdateWithoutChangeWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, path)
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	if err := store.Update(s, "tally", func(*tally) error { return nil }); err != nil {
		t.Fatal(err)
	}
	after, _ := os.Stat(path)
	if !os.SameFile(before, after) {
		t.Error("the file was written although nothing had changed")
	}
}

func TestSectionsAreIndependentAndReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, path)
	err := store.Update(s, "letters", func(v *map[string]string) error {
		*v = map[string]string{"b": "<two>", "a": "one"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	id, _ := s.ID()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{
  "version": 1,
  "id": %q,
  "revision": 2,
  "sections": {
    "letters": {
      "a": "one",
      "b": "<two>"
    },
    "tally": {
      "count": 1
    }
  }
}
`, id)
	if string(text) != want {
		t.Errorf("file:\n%s\nwant:\n%s", text, want)
	}
}

func TestHandEditedFileIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, path)
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s); got != 1 {
		t.Fatalf("count = %d, want 1", got)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(text), `"count": 1`, `"count": 41`, 1)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s); got != 42 {
		t.Errorf("count = %d, want the edited 41 and one more", got)
	}
}

func TestUnusableFileIsRefusedAndKept(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"empty":           {"", "is broken"},
		"cut off":         {`{"version": 1, "id": "ab", "sections": {"tally": {"cou`, "is broken"},
		"other document":  {`{"resources": []}`, "not a sandbox's state"},
		"newer version":   {`{"version": 2, "sections": ["another shape"]}`, "format version 2"},
		"without id":      {`{"version": 1, "sections": {}}`, "not a sandbox's state"},
		"section of text": {`{"version": 1, "id": "ab", "sections": {"tally": "five"}}`, `section "tally"`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sandbox.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, path)
			view := store.View(s, "tally", func(*tally) error { return nil })
			for call, err := range map[string]error{"View": view, "Update": increment(s)} {
				if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: error %v, want one with the path and %q", call, err, c.says)
				}
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != c.text {
				t.Errorf("the file now holds %q, %v", after, err)
			}
		})
	}
}

func TestReadersRunBesideEachOther(t *testing.T) {
	s := open(t, "")
	if err := increment(s); err != nil {
		t.Fatal(err)
	}
	bothInside := make(chan struct{})
	var inside sync.WaitGroup
	inside.Add(2)
	go func() { inside.Wait(); close(bothInside) }()
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			err := store.View(s, "tally", func(*tally) error {
				inside.Done()
				select {
				case <-bothInside:
					return nil
				case <-time.After(10 * time.Second):
					return errors.New("the other reader was kept out")
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
}

// BenchmarkUpdate changes one of a thousand accounts, some 200 KB of state.
func BenchmarkUpdate(b *testing.B) {
	for name, path := range map[string]string{"memory": "", "file": filepath.Join(b.TempDir(), "sandbox.json")} {
		b.Run(name, func(b *testing.B) { benchmarkUpdate(b, path) })
	}
}

func benchmarkUpdate(b *testing.B, path string) {
	type account struct {
		ID    int    `json:"id"`
		Email string `json:"email"`
		Hash  string `json:"hash"`
		Name  string `json:"name"`
	}
	s, err := store.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	err = store.Update(s, "mailserver", func(v *[]account) error {
		for i := range 1000 {
			*v = append(*v, account{ID: i, Email: fmt.Sprintf("user-%d@example.com", i), Hash: strings.Repeat("x", 34), Name: strings.Repeat("n", 60)})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		err := store.Update(s, "mailserver", func(v *[]account) error {
			(*v)[i%1000].ID = 1000 + i
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
