package usage

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestMain lets the test binary act as a process that uses something.
func TestMain(m *testing.M) {
	if os.Getenv("USAGE_TEST_PROCESS") != "" {
		for used := time.Now(); time.Since(used) < 50*time.Millisecond; { //nolint:revive // it burns time on purpose
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func ended(t *testing.T) *os.ProcessState {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "USAGE_TEST_PROCESS=1")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.ProcessState
}

func TestTake(t *testing.T) {
	folder := t.TempDir()
	if _, err := Take(folder); err == nil {
		t.Error("an empty folder is no error")
	}
	file, err := Begin(folder)
	if err != nil {
		t.Fatal(err)
	}
	process := ended(t)
	if err := End(file, process); err != nil {
		t.Fatal(err)
	}
	if err := End(file+"-other", process); err != nil {
		t.Fatal(err)
	}
	got, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * (process.UserTime() + process.SystemTime()); got.CPU != want || want == 0 {
		t.Errorf("got %v of CPU time; want %v, which is not 0", got.CPU, want)
	}
	if got.PeakMemory < 1<<20 || got.PeakMemory > 1<<30 {
		t.Errorf("a small process held %d bytes, it says", got.PeakMemory)
	}
	if _, err := Take(folder); err == nil {
		t.Error("the usage was taken twice")
	}
}

func TestKilledProcess(t *testing.T) {
	folder := t.TempDir()
	if _, err := Begin(folder); err != nil {
		t.Fatal(err)
	}
	if got, err := Take(folder); err == nil {
		t.Errorf("a process that never ended has used %v", got)
	}
}
