//go:build !unix

package terraformcli

import (
	"os"
	"os/exec"
)

// separateGroup does nothing: where there are no process groups, a command that is no longer wanted is ended outright, and
// its providers end when they lose it.
func separateGroup(*exec.Cmd) {}

func killGroup(p *os.Process) error { return p.Kill() }
