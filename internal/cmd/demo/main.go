// Command demo shows the provider at work. It applies two of the examples with the real Terraform
// on simulated services, looks up the published records in the DNS, shows the result as the command
// status does, plans again, and destroys everything. The zones also have records of others, which must be the same at the end
// as at the beginning.
//
// Run it in the root of the module. It needs the network only for what `go build` has to download.
// It keeps everything in a temporary folder of its own, so that several demos can run at the same
// time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// acts are shown one after the other.
var acts = []act{
	{example: "mail-server", title: "a small firm's mailboxes, on its own mail server"},
	{example: "complete", title: "a firm's four domains, each with another service and at another DNS host", records: true},
}

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
	fmt.Fprint(out, "The mail of a firm, set up by Terraform from nothing. All services are simulated: nothing real is touched.\n\n")
	s := script{ctx: ctx, out: out}
	var installation *terraformcli.Installation
	s.step("build the provider", func() (said string, err error) {
		if installation, err = terraformcli.Install(ctx, "."); err != nil {
			return "", err
		}
		return fmt.Sprintf("for %s %s", installation.CLI.Product, installation.CLI.Version), nil
	})
	defer func() {
		if installation != nil {
			err = errors.Join(err, installation.Close())
		}
	}()
	for _, a := range acts {
		s.do(func() error { return a.play(&s, installation) })
	}
	if s.err == nil {
		fmt.Fprint(out, "\nNothing is left running or lying about. To play with it yourself: make install, then init and apply in examples/complete.\n")
	}
	return s.err
}
