package terraformcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// patience is how long a command may take to stop after it was asked to.
const patience = 30 * time.Second

// errorLines is how many lines of a failed command's output its error shows. This is enough for a
// few of Terraform's diagnostics.
const errorLines = 60

// Process is a running command.
type Process struct {
	cmd  *exec.Cmd
	args []string
	out  transcript
}

// Start starts a command like Run, but does not wait for it.
func (w *Workspace) Start(ctx context.Context, args ...string) (*Process, error) {
	p := &Process{args: args}
	p.cmd = exec.CommandContext(ctx, w.cli.Path, args...)
	p.cmd.Dir = w.Dir
	p.cmd.Env = environment(w.settings)
	p.cmd.Stdout = writerFunc(p.out.writeOutput)
	p.cmd.Stderr = writerFunc(p.out.writeError)
	p.cmd.WaitDelay = patience
	separateGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", w.cli.Path, err)
	}
	return p, nil
}

// Wait waits for the end of the command and returns what it wrote to standard output.
func (p *Process) Wait() (string, error) {
	err := p.cmd.Wait()
	stdout, all := p.out.text()
	if err == nil {
		return stdout, nil
	}
	failed := &CommandError{Command: commandName(p.cmd, p.args), ExitCode: -1, Output: all, cause: err}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		failed.ExitCode = exit.ExitCode()
	}
	return stdout, failed
}

// Kill ends the command and the providers that it has started at once, like a power cut: they
// cannot save anything. The caller still has to call Wait.
func (p *Process) Kill() error {
	return killGroup(p.cmd.Process)
}

// CommandError is the error of a command that failed.
type CommandError struct {
	Command  string // as a person would type it, without its path
	ExitCode int    // -1 when a signal ended it
	Output   string // standard output and standard error in their order of arrival

	cause error
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("`%s` failed (%v). The end of its output:\n%s", e.Command, e.cause, tail(e.Output, errorLines))
}

// Unwrap returns the cause: the context's error if that ended the command.
func (e *CommandError) Unwrap() error { return e.cause }

func commandName(cmd *exec.Cmd, args []string) string {
	name := cmd.Path[strings.LastIndexAny(cmd.Path, `/\`)+1:]
	return strings.Join(append([]string{name}, args...), " ")
}

// tail returns the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(all) > lines {
		all = append([]string{"…"}, all[len(all)-lines:]...)
	}
	return strings.Join(all, "\n")
}

// transcript keeps standard output alone, and standard output and standard error together in their
// order of arrival.
type transcript struct {
	mu     sync.Mutex
	stdout bytes.Buffer
	all    bytes.Buffer
}

func (t *transcript) writeOutput(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stdout.Write(text)
	return t.all.Write(text)
}

func (t *transcript) writeError(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Write(text)
}

func (t *transcript) text() (stdout, all string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stdout.String(), t.all.String()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

var _ io.Writer = writerFunc(nil)

// inherited lists the environment variables that a command gets from the caller. All others are
// left out, such as TF_ settings and variables that configure providers.
var inherited = []string{
	"PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "GOCOVERDIR",
	"TEMP", "TMP", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PATHEXT", "COMSPEC", // Windows
}

func environment(settings []string) []string {
	var env []string
	for _, name := range inherited {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return slices.Concat(env, settings)
}
