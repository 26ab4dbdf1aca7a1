// Command launcher stands in a mirror in place of a provider. It starts the provider that
// BENCH_PROVIDER names and writes into the folder BENCH_USAGE what the provider has used.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/bench/usage"
)

func main() {
	// A provider leaves interrupts to Terraform, which tells it when to stop.
	signal.Ignore(os.Interrupt)
	// The system ties the life of the provider to this thread.
	runtime.LockOSThread()
	if err := launch(); err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			os.Exit(failed.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "launcher:", err)
		os.Exit(1)
	}
}

// launch runs the provider until its end.
func launch() error {
	file, err := usage.Begin(os.Getenv(usage.FolderVariable))
	if err != nil {
		return err
	}
	cmd := exec.Command(os.Getenv(usage.ProviderVariable), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	endTogether(cmd)
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return err // it did not start
	}
	return errors.Join(err, usage.End(file, cmd.ProcessState))
}
