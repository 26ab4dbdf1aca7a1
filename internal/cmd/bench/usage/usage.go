// Package usage is how the benchmark learns what the processes of a provider have used. Terraform
// starts the launcher in place of the provider. The launcher starts the provider, waits for its end,
// and writes into a folder what the system says about it.
package usage

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Variables of the environment that tell the launcher what to do.
const (
	ProviderVariable = "BENCH_PROVIDER" // path of the provider's executable
	FolderVariable   = "BENCH_USAGE"    // folder for what its processes have used
)

// Usage is what one or several processes have used.
type Usage struct {
	CPU        time.Duration // of all processes together, in user and system mode
	PeakMemory int64         // of the largest process, in bytes; 0 if the system does not say it
}

// Begin notes in a folder that a process has started, and returns the file for [End].
func Begin(folder string) (file string, err error) {
	file = filepath.Join(folder, strconv.Itoa(os.Getpid()))
	return file, os.WriteFile(file, nil, 0o600)
}

// End writes what an ended process has used.
func End(file string, ended *os.ProcessState) error {
	text, err := json.Marshal(Usage{CPU: ended.UserTime() + ended.SystemTime(), PeakMemory: peakMemory(ended)})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// Take returns what the processes of a folder have used, and empties the folder. It is an error if
// there was no process, or if one has not written its usage: Terraform kills a provider that does
// not end by itself.
func Take(folder string) (sum Usage, err error) {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return sum, err
	}
	if len(files) == 0 {
		return sum, fmt.Errorf("no provider was started through the launcher")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return Usage{}, err
		}
		if err := os.Remove(file); err != nil {
			return Usage{}, err
		}
		var one Usage
		if err := json.Unmarshal(text, &one); err != nil {
			return Usage{}, fmt.Errorf("a provider's process was killed before its end: %w", err)
		}
		sum.CPU += one.CPU
		sum.PeakMemory = max(sum.PeakMemory, one.PeakMemory)
	}
	return sum, nil
}
