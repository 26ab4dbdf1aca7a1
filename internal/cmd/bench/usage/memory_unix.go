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
	if runtime.GOOS == "darwin" {
		return int64(used.Maxrss) // bytes there, kibibytes elsewhere
	}
	return int64(used.Maxrss) << 10
}
