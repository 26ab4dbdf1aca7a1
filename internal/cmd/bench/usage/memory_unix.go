//go:build unix

package usage

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory returns the highest resident memory of an ended process, see getrusage(2).
func peakMemory(ended *os.ProcessState) int64 {
	used, ok := ended.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak := int64(used.Maxrss) //nolint:unconvert // it has 32 bits on some systems
	if runtime.GOOS != "darwin" {
		peak <<= 10 // kibibytes; only there it is in bytes
	}
	return peak
}
