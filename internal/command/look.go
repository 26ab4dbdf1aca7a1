package command

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
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
	controlHost, proofZone, sandbox string
	timeout                         time.Duration
}

func (o *lookFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&o.format, "format", string(report.Table), "the `form` of the output: table, json, markdown or html (default table)")
	flags.Var(&o.resolvers, "resolver", "ask the DNS resolver at this `address`, such as 192.0.2.53 or 192.0.2.53:5353, instead of the system's; may be repeated")
	flags.Var(&o.only, "only", "make only these checks: `ids` or groups such as spf, with commas")
	flags.Var(&o.silence, "silence", "leave these checks out: `ids` or groups, with commas")
	flags.Var(&o.failOn, "fail-on", "exit with 1 for these failures only: `what` is a severity (critical, high, medium or low: that one and all above it), ids or groups with commas"+failGroup(o.failIDs)+", "+
		"warn for warnings too, or never (default: any failure)")
	flags.Var(&o.allowed, "allow", "also connect to addresses in this private `network`, such as 10.0.0.0/8; may be repeated")
	flags.BoolVar(&o.dnsOnly, "dns-only", false, "ask the DNS only, and connect to no host of the domain")
	flags.StringVar(&o.controlHost, "control-host", "", "a mail server of yours (`host:port`) that answers on port 25: if it does, other hosts that do not are at fault")
	flags.Var(&o.lists, "block-list", "ask this DNS block list (a `zone`) for the sending addresses; none is asked unless named; may be repeated")
	flags.StringVar(&o.proofZone, "proof-zone", "", "a signed `zone` that proves whether the resolver validates DNSSEC (default: the root)")
	flags.DurationVar(&o.timeout, "timeout", 90*time.Second, "how `long` a look at a domain may take (default 90s)")
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
	for _, pattern := range slices.Concat(o.only, o.silence) {
		if err := check.CheckPattern(pattern); err != nil {
			return nil, err
		}
	}
	l := &looking{format: format, failOn: failing, close: func() error { return nil }}
	l.options = check.Options{Only: o.only, Silence: o.silence, ProofZone: o.proofZone, DNSOnly: o.dnsOnly, ControlHost: o.controlHost, BlockLists: o.lists, Timeout: o.timeout}
	for _, text := range o.allowed {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--allow: %q is not a network such as 10.0.0.0/8", text)
		}
		l.options.Allowed = append(l.options.Allowed, network)
	}
	if o.sandbox == "" {
		l.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: o.resolvers})
		return l, nil
	}
	return l, l.enterSandbox(o.sandbox)
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
	l.options.Allowed = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	l.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: []string{address}, AuthorityAddr: func(string) (string, bool) { return address, true }})
	return nil
}
