package check

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Options say what to look at, and how.
type Options struct {
	// Domain is the mail domain, in any spelling.
	Domain string
	// Selectors are the DKIM selectors that sign the domain's mail. Without any, most checks of DKIM
	// are skipped, because the DNS does not list selectors. A key below a subdomain, with which a
	// sender signs as that subdomain, is given by its whole name, "SELECTOR._domainkey.SUB.DOMAIN".
	Selectors []string
	// SendingAddresses are the addresses from which mail of the domain is sent.
	SendingAddresses []netip.Addr
	// HELOName is the name with which the sending servers greet; "" if it is not known.
	HELOName string
	// Bulk says that the domain sends so much mail that the rules for bulk senders count.
	Bulk bool
	// Mailboxes are the local parts of all mailboxes and aliases of the domain; nil if they are not
	// known.
	Mailboxes []string

	// Only limits the checks to these IDs and groups; all if it is empty. "spf_*"
	// stands for all IDs that begin with "spf_".
	Only []string
	// Silence are IDs and groups of checks that are left out of the report.
	Silence []string

	// Lookup asks the DNS. It is required. Its resolvers have to be trusted where a check needs
	// validation.
	Lookup *dns.Lookup
	// ProofZone is a signed zone that the resolver validates: a resolver whose answer about its name
	// servers is not authenticated does not validate. "" is the root.
	ProofZone string
	// Dial connects to an address that is an IP address and a port; nil means the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// DNSOnly says that no host is connected to. Checks that need to are skipped.
	DNSOnly bool
	// Allowed are networks of private or reserved addresses that may be connected to, and that count
	// as public. Addresses of such networks are otherwise never contacted, because anybody can write
	// them into a zone.
	Allowed []netip.Prefix
	// Roots are the certification authorities that senders trust; nil means the system's.
	Roots *x509.CertPool
	// ControlHost is a mail server, "host:25", of the user's own, that is known to answer: if it does,
	// port 25 is open here, so a host that does not answer is at fault. "" for none.
	ControlHost string
	// BlockLists are the DNS block lists that are asked for the sending addresses, such as
	// "dnsbl.example"; none unless given.
	BlockLists []string

	// Now is the clock for certificates; nil means time.Now.
	Now func() time.Time
	// HTTPTimeout limits the fetch of one file (60 s if zero), SMTPTimeout one dialogue (10 s), and
	// Timeout the whole run (90 s).
	HTTPTimeout, SMTPTimeout, Timeout time.Duration
	// Progress, if set, is called with each result as it is known, in any order, never twice at the
	// same time; done counts them.
	Progress func(done, total int, result Result)
}

const (
	defaultHTTPTimeout = time.Minute // RFC 8461 section 3.3
	defaultSMTPTimeout = 10 * time.Second
	defaultTimeout     = 90 * time.Second
)

// withDefaults checks the options, and returns them with canonical names and defaults.
func (o Options) withDefaults() (Options, error) {
	var errs []error
	domain, err := dns.Canonical(o.Domain)
	if address := checkNoAddress(strings.TrimSuffix(o.Domain, ".")); address != nil {
		err = address
	}
	if err != nil {
		errs = append(errs, err)
	}
	o.Domain = domain
	if o.Lookup == nil {
		errs = append(errs, errors.New("there is no lookup to ask the DNS with"))
	}
	if err := o.readInputs(); err != nil {
		errs = append(errs, err)
	}
	for _, pattern := range slices.Concat(o.Only, o.Silence) {
		if err := CheckPattern(pattern); err != nil {
			errs = append(errs, err)
		}
	}
	if errors.Join(errs...) == nil {
		if err := CheckSelection(o.Only, o.Silence); err != nil {
			errs = append(errs, err)
		}
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	setDefault(&o.HTTPTimeout, defaultHTTPTimeout)
	setDefault(&o.SMTPTimeout, defaultSMTPTimeout)
	setDefault(&o.Timeout, defaultTimeout)
	return o, errors.Join(errs...)
}

func setDefault(value *time.Duration, otherwise time.Duration) {
	if *value <= 0 {
		*value = otherwise
	}
}

// CheckPattern says why a text names no check: it is neither an ID nor a group of the catalogue,
// nor the beginning of an ID with "*" behind it.
func CheckPattern(pattern string) error {
	for _, e := range Catalogue() {
		if matches(pattern, e) {
			return nil
		}
	}
	return fmt.Errorf("there is no check and no group of checks %q; groups are %s%s", pattern, strings.Join(Groups(), ", "), DidYouMean(pattern, patterns()))
}

// CheckSelection says that no check is left of those that only names, all if it is empty, without
// those that silence names. A run without checks would tell that all is right.
func CheckSelection(only, silence []string) error {
	if slices.ContainsFunc(Catalogue(), Options{Only: only, Silence: silence}.wants) {
		return nil
	}
	if len(only) == 0 {
		return fmt.Errorf("no check is left: silence (%s) leaves out all of them", strings.Join(silence, ", "))
	}
	return fmt.Errorf("no check is left: silence (%s) leaves out all that only (%s) asks for", strings.Join(silence, ", "), strings.Join(only, ", "))
}

// Matches reports whether a pattern names the check with the ID: it is the ID, its group, or a
// beginning of the ID with "*" behind it.
func Matches(pattern, id string) bool {
	return slices.ContainsFunc(Catalogue(), func(e Entry) bool { return e.ID == id && matches(pattern, e) })
}

// matches reports whether a pattern names a check.
func matches(pattern string, e Entry) bool {
	prefix, isPrefix := strings.CutSuffix(pattern, "*")
	return pattern == e.ID || pattern == e.Group || isPrefix && strings.HasPrefix(e.ID, prefix)
}

// wants reports whether the options ask for a check.
func (o Options) wants(e Entry) bool {
	named := func(pattern string) bool { return matches(pattern, e) }
	return (len(o.Only) == 0 || slices.ContainsFunc(o.Only, named)) && !slices.ContainsFunc(o.Silence, named)
}
