//go:build !unix

package terraformcli

import (
	"os"
	"os/exec"
)

// separateGroup does nothing. Without process groups, a command that is cancelled is killed at
// once, and its providers end when they lose it.
func separateGroup(*exec.Cmd) {}

func killGroup(p *os.Process) error { return p.Kill() }
