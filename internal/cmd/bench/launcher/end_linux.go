package main

import (
	"os/exec"
	"syscall"
)

// endTogether lets the system kill the provider when it kills the launcher.
func endTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
