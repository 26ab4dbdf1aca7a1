// Command demo shows the provider at work: it applies the example of a small firm's mail with the real Terraform against
// a simulated mail server and simulated DNS hosts, looks up in the DNS what was published, shows what came of it, plans
// again, and destroys it.
//
// It runs in the root of the module, needs no network but what `go build` has to download, and keeps everything in a
// temporary folder of its own, so that any number of demos run side by side.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

const example = "examples/mail-server"

// sandboxFile is where the sandbox keeps its state by default, relative to the configuration.
const sandboxFile = ".postmaster/sandbox.json"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\nThe demo failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	fmt.Fprintf(out, "The mail of a small firm, as %s describes it, on simulated services.\n\n", example)
	d := demo{ctx: ctx, out: out}
	defer func() { err = errors.Join(err, d.close()) }()
	d.step("build the provider", d.prepare)
	d.step("init", func() (string, error) {
		_, err := d.workspace.Run(ctx, "init", "-no-color")
		return "", err
	})
	d.step("apply", func() (string, error) {
		said, err := d.workspace.Run(ctx, "apply", "-auto-approve", "-no-color")
		return lineWith(said, "Apply complete!"), err
	})
	var applied result
	d.step("look it up", func() (string, error) {
		outputs, err := d.workspace.Run(ctx, "output", "-json", "-no-color")
		if err != nil {
			return "", err
		}
		if applied, err = readResult([]byte(outputs)); err != nil {
			return "", err
		}
		err = applied.lookUp(ctx, d.sandboxFile())
		return fmt.Sprintf("%d of %d published records are seen in the DNS.", applied.seen(), applied.records()), err
	})
	d.do(func() error {
		if err := applied.write(out); err != nil {
			return err
		}
		if missing := applied.records() - applied.seen(); missing > 0 {
			return fmt.Errorf("%d records were published, and the DNS does not answer with them", missing)
		}
		_, err := fmt.Fprintln(out)
		return err
	})
	d.step("plan", func() (string, error) {
		changes, planned, err := d.workspace.Plan(ctx, "-no-color")
		if err == nil && changes {
			err = fmt.Errorf("the second plan is not empty:\n%s", planned)
		}
		return lineWith(planned, "No changes."), err
	})
	d.step("destroy", func() (string, error) {
		destroyed, err := d.workspace.Run(ctx, "destroy", "-auto-approve", "-no-color")
		return lineWith(destroyed, "Destroy complete!"), err
	})
	d.step("look it up again", func() (string, error) {
		err := applied.lookUp(ctx, d.sandboxFile())
		if left := applied.seen(); err == nil && left > 0 {
			err = fmt.Errorf("%d records are still in the DNS after they were destroyed", left)
		}
		return "None of the records is left.", err
	})
	if d.err == nil {
		fmt.Fprintf(out, "\nNothing is left running or lying about. To play with it yourself: make install, then init and apply in %s.\n", example)
	}
	return d.err
}

// demo runs steps one after the other, and none after one that failed.
type demo struct {
	ctx          context.Context
	out          io.Writer
	installation *terraformcli.Installation
	workspace    *terraformcli.Workspace
	err          error
}

// prepare builds the provider and lays out a workspace with the example. It returns which command runs it.
func (d *demo) prepare() (command string, err error) {
	if d.installation, err = terraformcli.Install(d.ctx, "."); err != nil {
		return "", err
	}
	if d.workspace, err = d.installation.Workspace("demo"); err != nil {
		return "", err
	}
	d.workspace.Setenv("TF_VAR_initial_password", rand.Text())
	cli := d.installation.CLI
	return fmt.Sprintf("for %s %s", cli.Product, cli.Version), d.workspace.CopyConfiguration(filepath.FromSlash(example))
}

// sandboxFile is the state of the services that the workspace works on.
func (d *demo) sandboxFile() string {
	return filepath.Join(d.workspace.Dir, filepath.FromSlash(sandboxFile))
}

func (d *demo) close() error {
	if d.installation == nil {
		return nil
	}
	return d.installation.Close()
}

// step runs one step and writes a line about it: its name, how long it took, and the sentence that it returned.
func (d *demo) step(name string, do func() (string, error)) {
	d.do(func() error {
		fmt.Fprintf(d.out, "  %-20s", name)
		started := time.Now()
		said, err := do()
		if err != nil {
			fmt.Fprintln(d.out, "failed")
			return err
		}
		fmt.Fprintln(d.out, strings.TrimRight(fmt.Sprintf("%5.1f s   %s", time.Since(started).Seconds(), said), " "))
		return nil
	})
}

func (d *demo) do(do func() error) {
	if d.err == nil {
		d.err = do()
	}
	if d.err != nil && d.ctx.Err() != nil {
		d.err = errors.New("interrupted")
	}
}

// lineWith returns the line of Terraform's output that has a text in it.
func lineWith(output, text string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
