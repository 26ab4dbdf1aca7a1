package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Name is what the program is called in messages.
const Name = "terraform-provider-postmaster"

// The exit codes. Programs that call the commands rely on them.
const (
	exitFine   = 0 // nothing is wrong
	exitFound  = 1 // something is wrong with what was looked at
	exitNotRun = 2 // wrong usage, or nothing could be seen at all
)

// Program is what the commands need of the process that runs them.
type Program struct {
	// Version is the program's own.
	Version string
	In      io.Reader
	Out     io.Writer
	// Err gets progress and what went wrong.
	Err io.Writer
	// Getenv reads a variable of the environment, such as NO_COLOR.
	Getenv func(name string) string
}

// command is one of the commands.
type command struct {
	name, arguments, about string
	// details are shown by its help, above its flags.
	details string
	run     func(context.Context, Program, *invocation) (exit int, err error)
	// define declares the command's flags; nil if it has none.
	define func(*flag.FlagSet) any
	// arguments that may be given
	most int
}

// invocation is a call of a command.
type invocation struct {
	flags     any // as returned by define
	arguments []string
}

func commands() []command {
	return []command{checkCommand, statusCommand, sandboxCommand,
		{name: "version", about: "print the version", run: version},
		{name: "help", arguments: "[COMMAND]", about: "say what a command does, and which flags it has", most: 1, run: help},
	}
}

// IsCommand reports whether the arguments of the process begin with a command, and not with a flag.
func IsCommand(arguments []string) bool {
	return len(arguments) > 0 && !strings.HasPrefix(arguments[0], "-")
}

// Run runs the command in the arguments of the process, and returns the exit code: 0 if nothing is
// wrong, 1 if something is wrong with what was looked at, 2 for wrong usage and if nothing could be
// seen.
func (p Program) Run(ctx context.Context, arguments []string) (exit int) {
	c, found := named(arguments[0])
	if !found {
		return p.refuse(fmt.Errorf("there is no command %q; there are %s (%s help)", arguments[0], strings.Join(names(), ", "), Name))
	}
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	call := &invocation{}
	if c.define != nil {
		call.flags = c.define(flags)
	}
	var err error
	call.arguments, err = parse(flags, arguments[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return p.end(c, exitFine, c.help(p.Out))
	case err == nil && len(call.arguments) > c.most:
		err = fmt.Errorf("unexpected argument %q", call.arguments[c.most])
	}
	if err != nil {
		return p.refuse(fmt.Errorf("%s: %w (%s help %s)", c.name, err, Name, c.name))
	}
	exit, err = c.run(ctx, p, call)
	return p.end(c, exit, err)
}

// end returns the exit code of a command that has run.
func (p Program) end(c command, exit int, err error) int {
	if err != nil {
		return p.refuse(fmt.Errorf("%s: %w", c.name, err))
	}
	return exit
}

func (p Program) refuse(err error) int {
	fmt.Fprintf(p.Err, "%s: %s\n", Name, err)
	return exitNotRun
}

func named(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

func names() []string {
	var all []string
	for _, c := range commands() {
		all = append(all, c.name)
	}
	return all
}

// parse parses flags before, between and behind the arguments. Everything behind "--" is an argument.
func parse(flags *flag.FlagSet, from []string) (arguments []string, err error) {
	for {
		if err := flags.Parse(from); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if used := len(from) - len(rest); used > 0 && from[used-1] == "--" {
			return append(arguments, rest...), nil
		}
		if len(rest) == 0 {
			return arguments, nil
		}
		arguments, from = append(arguments, rest[0]), rest[1:]
	}
}

func version(_ context.Context, p Program, _ *invocation) (int, error) {
	_, err := fmt.Fprintln(p.Out, p.Version)
	return exitFine, err
}

func help(_ context.Context, p Program, call *invocation) (int, error) {
	if len(call.arguments) == 0 {
		return exitFine, Usage(p.Out)
	}
	c, found := named(call.arguments[0])
	if !found {
		return exitNotRun, fmt.Errorf("there is no command %q; there are %s", call.arguments[0], strings.Join(names(), ", "))
	}
	return exitFine, c.help(p.Out)
}

// Usage writes which commands there are.
func Usage(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Terraform and OpenTofu start %s by themselves. People can call it with a command:\n\n", Name)
	for _, c := range commands() {
		fmt.Fprintf(&text, "  %-18s %s\n", strings.TrimSpace(c.name+" "+c.arguments), c.about)
	}
	fmt.Fprintf(&text, "\n%s help COMMAND says more about a command.\n", Name)
	_, err := io.WriteString(out, text.String())
	return err
}

// help writes what the command does, and its flags.
func (c command) help(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\n%s: %s.\n", strings.TrimSpace(Name+" "+c.name+" "+c.usage()), c.name, c.about)
	if c.details != "" {
		fmt.Fprintf(&text, "\n%s\n", c.details)
	}
	if c.define != nil {
		flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.define(flags)
		fmt.Fprintln(&text)
		flags.VisitAll(func(f *flag.Flag) {
			value, about := flag.UnquoteUsage(f)
			fmt.Fprintf(&text, "  --%s\n        %s\n", strings.TrimSpace(f.Name+" "+value), about)
		})
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func (c command) usage() string {
	if c.define == nil {
		return c.arguments
	}
	return strings.TrimSpace(c.arguments + " [FLAGS]")
}
