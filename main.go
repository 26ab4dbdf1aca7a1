// Command terraform-provider-postmaster is a Terraform and OpenTofu provider that sets up the mail
// of domains.
//
// Terraform starts it by itself, without arguments. People can call it with a command, such as
// check or status, and with -debug for a debugger.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/command"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// version is set by the linker in builds that have one.
var version = "dev"

// address and openTofuAddress are the provider's source addresses for Terraform and for OpenTofu.
const (
	address         = "registry.terraform.io/postmaster-dev/postmaster"
	openTofuAddress = "registry.opentofu.org/postmaster-dev/postmaster"
)

func main() {
	if command.IsCommand(os.Args[1:]) {
		os.Exit(runCommand(os.Args[1:]))
	}
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "terraform-provider-postmaster:", err)
		os.Exit(1)
	}
}

// shownVersion is the version that people see. In a program that "go install" has built, no linker has set
// it, and Go knows it.
func shownVersion() string {
	if info, known := debug.ReadBuildInfo(); version == "dev" && known && strings.HasPrefix(info.Main.Version, "v") {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return version
}

// runCommand runs a command until it ends or is interrupted, and returns the exit code.
func runCommand(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return command.Program{Version: shownVersion(), In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}.Run(ctx, args)
}

// run handles the flags that the program has without a command.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("terraform-provider-postmaster", flag.ContinueOnError)
	debugging := flags.Bool("debug", false, "serve the provider for a debugger, and print how Terraform finds it")
	sandboxAddress := flags.String("sandbox", "", "serve the simulated services alone, at this `address` (such as 127.0.0.1:8053)")
	sandboxFile := flags.String("sandbox-file", "", "with -sandbox: keep the state in this `file` instead of in memory")
	showVersion := flags.Bool("version", false, "print the version")
	flags.Usage = func() {
		command.Usage(flags.Output()) //nolint:errcheck // nobody is left to tell
		fmt.Fprint(flags.Output(), "\nFlags without a command:\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q: a command comes first, and these flags have no arguments (see -help)", flags.Arg(0))
	case *sandboxFile != "" && *sandboxAddress == "":
		return errors.New("-sandbox-file is of use with -sandbox only; a configuration names its sandbox's file in the provider block")
	case *showVersion:
		_, err := fmt.Fprintln(out, shownVersion())
		return err
	case *sandboxAddress != "":
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return command.ServeSandbox(ctx, *sandboxAddress, *sandboxFile, out)
	}
	return serve(*debugging, out)
}

// serve answers Terraform until it hangs up.
func serve(debugging bool, out io.Writer) error {
	newServer := func() tfprotov6.ProviderServer {
		return protocol.Adapt(providerserver.NewProtocol6(provider.New(version)())())
	}
	if debugging {
		return protocol.ServeDebug([]string{address, openTofuAddress}, newServer, out)
	}
	if !startedByTerraform() {
		return errors.New("this program is a provider, which Terraform and OpenTofu start by themselves. People can call it with a command, such as\n\n" +
			"  terraform-provider-postmaster check example.com\n  terraform show -json | terraform-provider-postmaster status\n\n" +
			"terraform-provider-postmaster help lists all commands")
	}
	if err := spareUnreadLogs(); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	protocol.Serve(address, newServer)
	return nil
}

// startedByTerraform reports whether Terraform has started this process. The plug-in library makes the
// same test and would end the process with a text that names no command.
func startedByTerraform() bool {
	return os.Getenv(protocol.Handshake.MagicCookieKey) == protocol.Handshake.MagicCookieValue
}

// gcPercent lets the garbage collector run less often than by default, unless GOGC says how often. A call of Terraform
// leaves much garbage, and little of it stays.
const gcPercent = 400

// spareUnreadLogs switches off the log of the plug-in libraries where nobody has asked for logs. By default they write
// some twenty lines for each call, which Terraform reads and throws away: a third of what a refresh costs the provider.
//
// The libraries for the protocol and for resources have levels of their own. Without one, they prepare each line before
// the common level drops it.
func spareUnreadLogs() error {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") && value != "" {
			return nil
		}
	}
	var errs []error
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO"} {
		errs = append(errs, os.Setenv(name, "off"))
	}
	return errors.Join(errs...)
}
