package command

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

var sandboxCommand = command{
	name: "sandbox", about: "serve the simulated services until it is interrupted",
	details: "It prints the addresses and a provider block. Nothing real is touched. The flag -sandbox does the same.",
	define: func(flags *flag.FlagSet) any {
		o := new(sandboxFlags)
		flags.StringVar(&o.listen, "listen", "127.0.0.1:8053", "serve at this `address`; the next two ports are used too (default 127.0.0.1:8053)")
		flags.StringVar(&o.file, "file", "", "keep the state in this `file` instead of in memory")
		return o
	},
	run: func(ctx context.Context, p Program, call *invocation) (int, error) {
		o := call.flags.(*sandboxFlags)
		return exitFine, ServeSandbox(ctx, o.listen, o.file, p.Out)
	},
}

type sandboxFlags struct{ listen, file string }

// ServeSandbox serves the simulated services at an address, such as "127.0.0.1:8053", until the
// context ends. The state is in the file, or in memory if its name is empty.
func ServeSandbox(ctx context.Context, address, file string, out io.Writer) error {
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file, RealLimits: true, LastCalls: 100})
	if err != nil {
		return err
	}
	return errors.Join(box.Serve(ctx, address, out), box.Close())
}
