package command

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// lookFlags are the flags of all commands that look at domains.
type lookFlags struct {
	format                          string
	resolvers, only, silence, lists list
	failOn                          list
	failIDs                         []string // what --fail-on can name beside checks
	allowed                         list
	dnsOnly                         bool
	controlHost, proofZone          optional
	sandbox                         string
	timeout                         time.Duration
}

func (o *lookFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&o.format, "format", string(report.Table), "the `form` of the output: table, json, markdown or html (default table)")
	flags.Var(&o.resolvers, "resolver", "ask the DNS resolver at this `address`, such as 192.0.2.53 or 192.0.2.53:5353, instead of the system's; may be repeated")
	flags.Var(&o.only, "only", "make only these checks: `ids` or groups such as spf, with commas")
	flags.Var(&o.silence, "silence", "leave these checks out: `ids` or groups, with commas")
	flags.Var(&o.failOn, "fail-on", "exit with 1 for these failures only: `what` is a severity (critical, high, medium or low: that one and all above it), ids or groups with commas"+failGroup(o.failIDs)+", "+
		"warn for warnings too, unknown for what could not be looked at too, or never (default: any failure)")
	flags.Var(&o.allowed, "allow", "also connect to addresses in this private `network`, such as 10.0.0.0/8; may be repeated")
	flags.BoolVar(&o.dnsOnly, "dns-only", false, "ask the DNS only, and connect to no host of the domain")
	flags.Var(&o.controlHost, "control-host", "a mail server of yours (`host:port`) that answers on port 25: if it does, other hosts that do not are at fault")
	flags.Var(&o.lists, "block-list", "ask this DNS block list (a `zone`) for the sending addresses; none is asked unless named; may be repeated")
	flags.Var(&o.proofZone, "proof-zone", "a signed `zone` that proves whether the resolver validates DNSSEC (default: the root)")
	o.timeout = 90 * time.Second
	flags.Var((*duration)(&o.timeout), "timeout", "how `long` a look at a domain may take (default 90s)")
	flags.StringVar(&o.sandbox, "sandbox", "", "look at the simulated world of the sandbox with this `file`, such as .postmaster/sandbox.json")
}

// list is a flag that may be repeated and have commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(text string) error {
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			return errors.New("it has an empty part")
		}
		*l = append(*l, part)
	}
	return nil
}

// duration is a flag that is a length of time.
type duration time.Duration

func (d *duration) String() string { return time.Duration(*d).String() }

func (d *duration) Set(text string) error {
	value, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no length of time, such as 5s or 2m", text)
	}
	*d = duration(value)
	return nil
}

// optional is a flag that may be given, and then has a value.
type optional struct {
	text  string
	given bool
}

func (o *optional) String() string { return o.text }

func (o *optional) Set(text string) error {
	*o = optional{text, true}
	return nil
}

// read returns what the flag means; "" if it was not given.
func (o *optional) read(flag string, parse func(string) (string, error)) (string, error) {
	if !o.given {
		return "", nil
	}
	value, err := parse(o.text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	return value, nil
}

// readAll returns what a flag means that may be repeated.
func readAll[T any](flag string, texts list, parse func(string) (T, error)) ([]T, error) {
	var values []T
	for _, text := range texts {
		value, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		values = append(values, value)
	}
	return values, nil
}

// looking is what the flags mean.
type looking struct {
	format  report.Format
	options check.Options
	failOn  failOn
	close   func() error
}

// prepare checks the flags. The caller has to close the result.
func (o *lookFlags) prepare() (*looking, error) {
	format, err := report.ParseFormat(o.format)
	if err != nil {
		return nil, err
	}
	if o.timeout <= 0 {
		return nil, fmt.Errorf("--timeout %s is no time to look at anything", o.timeout)
	}
	failing, err := parseFailOn(o.failOn, o.failIDs)
	if err != nil {
		return nil, fmt.Errorf("--fail-on: %w", err)
	}
	if len(o.resolvers) > 0 && o.sandbox != "" {
		return nil, errors.New("--resolver and --sandbox exclude each other: in the sandbox, only its own DNS server is asked")
	}
	only, err := readAll("--only", o.only, o.aCheck)
	if err != nil {
		return nil, err
	}
	silence, err := readAll("--silence", o.silence, o.aCheck)
	if err != nil {
		return nil, err
	}
	l := &looking{format: format, failOn: failing, close: func() error { return nil }}
	l.options = check.Options{Only: only, Silence: silence, DNSOnly: o.dnsOnly, Timeout: o.timeout}
	l.options.ProofZone, err = o.proofZone.read("--proof-zone", check.ParseProofZone)
	if err == nil {
		l.options.ControlHost, err = o.controlHost.read("--control-host", check.ParseControlHost)
	}
	if err == nil {
		l.options.BlockLists, err = readAll("--block-list", o.lists, check.ParseBlockList)
	}
	if err == nil {
		l.options.Allowed, err = readAll("--allow", o.allowed, check.ParseNetwork)
	}
	var resolvers []string
	if err == nil {
		resolvers, err = readAll("--resolver", o.resolvers, dns.ParseResolver)
	}
	if err != nil {
		return nil, err
	}
	if o.sandbox == "" {
		l.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: resolvers})
		return l, nil
	}
	return l, l.enterSandbox(o.sandbox)
}

// aCheck reads a value of --only or --silence.
func (o *lookFlags) aCheck(text string) (string, error) {
	pattern := strings.ToLower(text)
	for _, id := range o.failIDs {
		if namesFinding(pattern, id) && check.CheckPattern(pattern) != nil {
			return "", fmt.Errorf("%q is no check but about what the configuration has set up, which is always looked at; --fail-on can name it", text)
		}
	}
	return pattern, check.CheckPattern(pattern)
}

// enterSandbox has everything asked in the simulated world of a sandbox, and nothing anywhere else.
func (l *looking) enterSandbox(file string) error {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("--sandbox: there is no sandbox in %s: %w", file, err)
	}
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
	if err != nil {
		return err
	}
	address, err := box.DNSAddr()
	if err == nil {
		l.options.Roots, err = box.RootCAs()
	}
	if err != nil {
		return errors.Join(err, box.Close())
	}
	l.close = box.Close
	l.options.Dial = box.DialContext
	l.options.Allowed = append(l.options.Allowed, check.SandboxNetworks()...)
	l.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: []string{address}, AuthorityAddr: func(string) (string, bool) { return address, true }})
	return nil
}
