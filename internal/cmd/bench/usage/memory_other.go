//go:build !unix

package usage

import "os"

// peakMemory returns 0: it is not measured on this system.
func peakMemory(*os.ProcessState) int64 { return 0 }
