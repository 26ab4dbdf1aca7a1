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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

var statusCommand = command{
	name: "status", arguments: "[FILE|-]", about: "show the state of all domains of a configuration, and look at them live", most: 1,
	details: "It reads the output of `terraform show -json` from a file or the standard input:\n\n" +
		"  terraform show -json | " + Name + " status\n\n" +
		"It reads only the attributes that it shows: no password, no key, no output, and nothing of other providers. " +
		"Of a plan, it reads the state that the plan was made from. For each record, it asks the name servers. " + contacts + "\n\n" +
		"Exit codes: 0 if nothing is wrong, or if the state has no domain, as before the first apply; 1 if a record is missing, a domain is not verified, a certificate has expired or a check fails (see --fail-on); " +
		"2 if nothing could be seen or the call is wrong.",
	define: func(flags *flag.FlagSet) any {
		o := new(statusFlags)
		flags.BoolVar(&o.recordsOnly, "records-only", false, "look for the records, and make no checks")
		flags.Var(&o.selectors, "selector", "another DKIM `selector` of all the domains; may be repeated")
		o.failIDs = estate.FindingIDs()
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
	err = e.Look(ctx, estate.LookOptions{Check: l.options, Takes: takes, RecordsOnly: o.recordsOnly, Progress: func(done, total int, domain string) {
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
	case len(e.Domains) == 0 && e.Withheld > 0:
		return exitNotRun, errors.New("nothing could be looked at: the configuration marks all names of domains as sensitive. Pass the names through nonsensitive() to have them looked at and shown")
	case e.Blind() && unanswered != "":
		return exitNotRun, fmt.Errorf("nothing could be seen of any domain: %s", unanswered)
	case e.Blind():
		return exitNotRun, fmt.Errorf("nothing could be seen of any domain: %s", e.MainCause())
	case unanswered != "":
		p.remark(unanswered)
	}
	if slices.ContainsFunc(e.Domains, func(d *estate.Domain) bool { return l.failOn.hits(d.Findings()) }) {
		return exitFound, nil
	}
	return exitFine, nil
}

// takes reports whether a mail service takes the mail for a local part itself: it refuses a mailbox of
// that name.
func takes(name, localPart string) bool {
	s, found := kit.Named(kit.With[mail.Service](service.All), name)
	if !found {
		return false
	}
	problem := s.MailRules().CheckLocalPart
	return problem != nil && problem(localPart) != ""
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
