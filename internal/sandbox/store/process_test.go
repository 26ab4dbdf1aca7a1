package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// The test binary run with this variable set is one of several processes that share a state file:
// it counts up the file's tally so often and ends. A negative number counts until the process is
// killed.
const (
	countVariable = "STORE_TEST_COUNT"
	pathVariable  = "STORE_TEST_PATH"
)

func TestMain(m *testing.M) {
	times := os.Getenv(countVariable)
	if times == "" {
		os.Exit(m.Run())
	}
	n, err := strconv.Atoi(times)
	if err == nil {
		err = countUp(os.Getenv(pathVariable), n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// countUp adds n from each of four goroutines, two of which share a Store.
func countUp(path string, n int) error {
	var all sync.WaitGroup
	errs := make([]error, 4)
	var s *store.Store
	for i := range errs {
		if i != 1 {
			var err error
			if s, err = store.Open(path); err != nil {
				return err
			}
		}
		own := s
		all.Go(func() {
			for done := 0; done != n && errs[i] == nil; done++ {
				errs[i] = increment(own)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func counter(t *testing.T, path string, n int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), countVariable+"="+strconv.Itoa(n), pathVariable+"="+path,
		"GORACE=atexit_sleep_ms=0") // the race detector's second at the end of each process adds up
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestProcessesLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "sandbox.json")
	const n = 40
	one, two := counter(t, path, n), counter(t, path, n)
	if err := countUp(path, n); err != nil {
		t.Error(err)
	}
	for _, cmd := range []*exec.Cmd{one, two} {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got, want := count(t, open(t, path)), 3*4*n; got != want {
		t.Errorf("three processes of four goroutines counted to %d, want %d", got, want)
	}
}

func TestKilledWriterLeavesAValidFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, path)
	err := store.Update(s, "ballast", func(v *[]int) error {
		for i := range 5_000 {
			*v = append(*v, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	before := count(t, s)
	for kill := range 8 {
		cmd := counter(t, path, -1)
		deadline := time.Now().Add(20 * time.Second)
		for start := before; before < start+1+kill%3; before = count(t, s) {
			if time.Now().After(deadline) {
				t.Fatal("the writer does not write")
			}
		}
		// Anything may be half done at this moment.
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() //nolint:errcheck // it was killed
		text, err := os.ReadFile(path)
		if err != nil || !json.Valid(text) {
			t.Fatalf("after kill %d the file is not valid JSON: %v", kill, err)
		}
		if now := count(t, s); now < before {
			t.Errorf("after kill %d the count went from %d back to %d", kill, before, now)
		}
		if err := increment(s); err != nil {
			t.Errorf("after kill %d: %v", kill, err)
		}
		before = count(t, s)
	}
	if now, err := s.ID(); err != nil || now != id {
		t.Errorf("identity %q became %q, %v", id, now, err)
	}
}
