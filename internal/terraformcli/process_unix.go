//go:build unix

package terraformcli

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// separateGroup keeps a Ctrl-C in the terminal from reaching the command directly. The command gets
// one interrupt from this process, and would take a second one for "stop without saving". killGroup
// ends the same group.
func separateGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}

func killGroup(p *os.Process) error {
	if err := syscall.Kill(-p.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
