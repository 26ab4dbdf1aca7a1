package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestResidentPeak(t *testing.T) {
	for _, test := range []struct {
		status string
		want   int64
	}{
		{"Name:\tprovider\nVmPeak:\t  900000 kB\nVmHWM:\t   61234 kB\nVmRSS:\t   50000 kB\n", 61234 << 10},
		{"Name:\tkthreadd\n", 0},
	} {
		if got := residentPeak(test.status); got != test.want {
			t.Errorf("got %d; want %d", got, test.want)
		}
	}
}

func TestWatchMemory(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if got := watchMemory(self).stop(); got < 1<<20 {
		t.Errorf("this process never held more than %d bytes, it says", got)
	}
	idle := filepath.Join(t.TempDir(), "nobody-runs-this")
	if err := os.WriteFile(idle, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := watchMemory(idle).stop(); got != 0 {
		t.Errorf("a binary that does not run held %d bytes", got)
	}
}
