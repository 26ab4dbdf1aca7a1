package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
)

var statusCommand = command{
	name: "status", arguments: "[FILE|-]", about: "show the state of all domains of a configuration, and look at them live", most: 1,
	details: "It reads the output of `terraform show -json` from a file or the standard input:\n\n" +
		"  terraform show -json | " + Name + " status\n\n" +
		"It reads only the attributes that it shows: no password, no key, no output, and nothing of other providers. " +
		"Of a plan, it reads the state that the plan was made from. For each record, it asks the name servers. " + contacts + "\n\n" +
		"Exit codes: 0 if nothing is wrong, 1 if a record is missing, a domain is not verified, a certificate has expired or a check fails, 2 if nothing could be seen or the call is wrong.",
	define: func(flags *flag.FlagSet) any {
		o := new(statusFlags)
		flags.BoolVar(&o.recordsOnly, "records-only", false, "look for the records, and make no checks")
		flags.Var(&o.selectors, "selector", "another DKIM `selector` of all the domains; may be repeated")
		o.define(flags)
		return o
	},
	run: runStatus,
}

type statusFlags struct {
	lookFlags
	recordsOnly bool
	selectors   list
}

func runStatus(ctx context.Context, p Program, call *invocation) (exit int, err error) {
	o := call.flags.(*statusFlags)
	l, err := o.prepare()
	if err != nil {
		return exitNotRun, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if l.options.Selectors, err = readAll("--selector", o.selectors, check.ParseSelector); err != nil {
		return exitNotRun, err
	}
	e, err := p.readEstate(call.arguments)
	if err != nil {
		return exitNotRun, err
	}
	progress := p.progress()
	err = e.Look(ctx, estate.LookOptions{Check: l.options, RecordsOnly: o.recordsOnly, Progress: func(done, total int, domain string) {
		progress.show(fmt.Sprintf("%d of %d domains", done, total))
	}})
	progress.clear()
	switch {
	case ctx.Err() != nil:
		return exitNotRun, errors.New("interrupted")
	case err != nil:
		return exitNotRun, err
	}
	var unable resolverErrors
	unable.shortenInAll(e)
	unanswered := unable.sentence()
	if err := report.WriteEstate(p.Out, l.format, p.style(), e); err != nil {
		return exitNotRun, err
	}
	switch {
	case len(e.Domains) == 0:
		return exitNotRun, errors.New("the state has no domain of this provider")
	case e.Blind() && unanswered != "":
		return exitNotRun, fmt.Errorf("nothing could be seen of any domain: %s", unanswered)
	case e.Blind():
		return exitNotRun, errors.New("nothing could be seen of any domain: is the network there?")
	case unanswered != "":
		p.remark(unanswered)
	}
	if !l.failOn.never && (slices.ContainsFunc(e.Domains, broken) || slices.ContainsFunc(e.Domains, func(d *estate.Domain) bool { return d.Check != nil && l.failOn.hits(*d.Check) })) {
		return exitFound, nil
	}
	return exitFine, nil
}

// broken reports whether what the configuration has set up for a domain is not there any more.
func broken(d *estate.Domain) bool {
	valid, known, _ := d.Verified()
	return known && !valid ||
		slices.ContainsFunc(d.Records, func(r *estate.Record) bool { return r.Presence == estate.Missing }) ||
		slices.ContainsFunc(d.Certificates, func(c estate.Certificate) bool { return c.DaysLeft < 0 })
}

// readEstate reads the state from the file in the arguments, or from the standard input.
func (p Program) readEstate(arguments []string) (*estate.Estate, error) {
	from := p.In
	if len(arguments) > 0 && arguments[0] != "-" {
		file, err := os.Open(arguments[0])
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it is only read
		from = io.Reader(file)
	} else if isTerminal(p.In) {
		return nil, fmt.Errorf("nothing is piped into the standard input. Run: terraform show -json | %s status", Name)
	}
	return estate.Read(from)
}
