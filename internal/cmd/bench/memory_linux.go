package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// peakMemory returns the highest peak of resident memory among the running processes of a binary.
func peakMemory(binary string) int64 {
	wanted, err := os.Stat(binary)
	if err != nil {
		return 0
	}
	var peak int64
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		if running, err := os.Stat(process + "/exe"); err != nil || !os.SameFile(wanted, running) {
			continue
		}
		status, err := os.ReadFile(process + "/status")
		if err != nil {
			continue // it has just ended
		}
		peak = max(peak, residentPeak(string(status)))
	}
	return peak
}

// residentPeak reads the line "VmHWM:     61234 kB" of a process's status, see proc_pid_status(5).
func residentPeak(status string) int64 {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kibibytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kibibytes << 10
		}
	}
	return 0
}
