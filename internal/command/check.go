package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
)

const contacts = "It asks the DNS, and connects to the mail servers and the policy host of the domain (see --dns-only). It sends no mail, and contacts nobody else unless a flag names them."

var checkCommand = command{
	name: "check", arguments: "DOMAIN", about: "tell whether the mail of a domain is all right", most: 1,
	details: "It lists what does not pass, the most urgent first. " + contacts + "\n\nExit codes: 0 if no check fails, 1 if one does, 2 if nothing could be seen or the call is wrong.",
	define: func(flags *flag.FlagSet) any {
		o := new(checkFlags)
		flags.Var(&o.selectors, "selector", "a DKIM `selector` of the domain, because the DNS does not list them; may be repeated")
		flags.Var(&o.senders, "sender", "an IP `address` that mail of the domain is sent from; may be repeated")
		flags.Var(&o.helo, "helo", "the `name` with which the sending servers greet")
		flags.BoolVar(&o.all, "all", false, "show all checks in a table, and the facts behind them; the other formats always have them")
		flags.BoolVar(&o.bulk, "bulk", false, "the domain sends in bulk, so that the rules for that count")
		o.define(flags)
		return o
	},
	run: runCheck,
}

type checkFlags struct {
	lookFlags
	selectors, senders list
	helo               optional
	bulk, all          bool
}

func runCheck(ctx context.Context, p Program, call *invocation) (exit int, err error) {
	o := call.flags.(*checkFlags)
	if len(call.arguments) == 0 || strings.TrimSpace(call.arguments[0]) == "" {
		return exitNotRun, fmt.Errorf("which domain? For example: %s check example.com", Name)
	}
	// The same names are refused as in the data source, such as addresses.
	domain, err := kit.CanonicalMailDomain(call.arguments[0])
	if err != nil {
		return exitNotRun, fmt.Errorf("%w%s", err, meantDomain(call.arguments[0]))
	}
	l, err := o.prepare()
	if err != nil {
		return exitNotRun, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.options.Domain, l.options.Bulk = domain, o.bulk
	if err := o.read(&l.options); err != nil {
		return exitNotRun, err
	}
	progress := p.progress()
	l.options.Progress = func(done, total int, _ check.Result) { progress.show(fmt.Sprintf("%d of %d checks", done, total)) }
	found, err := check.Run(ctx, l.options)
	progress.clear()
	switch {
	case ctx.Err() != nil:
		return exitNotRun, errors.New("interrupted")
	case err != nil:
		return exitNotRun, err
	}
	var unable resolverErrors
	unable.shortenIn(&found)
	unanswered := unable.sentence()
	style := p.style()
	style.All = o.all
	if err := report.WriteCheck(p.Out, l.format, style, found); err != nil {
		return exitNotRun, err
	}
	switch {
	case found.Blind() && unanswered != "":
		return exitNotRun, fmt.Errorf("nothing could be seen of %s: %s", found.Domain, unanswered)
	case found.Blind() && len(found.With(check.Unknown)) == 0:
		return exitNotRun, fmt.Errorf("no check of %s could begin: %s", found.Domain, strings.Join(found.SkippedBecause(), "; "))
	case found.Blind():
		return exitNotRun, fmt.Errorf("nothing could be seen of %s: %s", found.Domain, found.MainCause())
	case unanswered != "":
		p.remark(unanswered)
	}
	if l.failOn.hits(found.Results) {
		return exitFound, nil
	}
	return exitFine, nil
}

// meantDomain asks whether the domain of an address or a URL is meant; "" if the text has none.
func meantDomain(text string) string {
	_, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		rest = text
	}
	rest, _, _ = strings.Cut(rest, "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	} else if !isURL {
		return ""
	}
	rest, _, _ = strings.Cut(rest, ":")
	domain, err := kit.CanonicalMailDomain(rest)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("; do you mean %s?", domain)
}

// read adds what the command's own flags mean to the options of its domain.
func (o *checkFlags) read(options *check.Options) (err error) {
	if options.Selectors, err = readAll("--selector", o.selectors, func(text string) (string, error) {
		selector, err := check.ParseSelector(text)
		if err == nil {
			err = check.CheckSelector(selector, options.Domain)
		}
		return selector, err
	}); err != nil {
		return err
	}
	if options.SendingAddresses, err = readAll("--sender", o.senders, check.ParseSender); err != nil {
		return err
	}
	options.HELOName, err = o.helo.read("--helo", check.ParseHELO)
	return err
}

// remark tells what is no error of the command itself.
func (p Program) remark(text string) { fmt.Fprintf(p.Err, "%s: %s\n", Name, text) }
