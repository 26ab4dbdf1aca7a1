package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// SPFResult is what SPF says about a sender (RFC 7208 section 2.6).
type SPFResult string

// The results of SPF.
const (
	SPFNone      SPFResult = "none"      // the domain has no SPF record, or is no domain
	SPFNeutral   SPFResult = "neutral"   // the record says nothing about the sender
	SPFPass      SPFResult = "pass"      // the sender may send mail of the domain
	SPFFail      SPFResult = "fail"      // the sender may not
	SPFSoftFail  SPFResult = "softfail"  // the sender probably may not
	SPFTempError SPFResult = "temperror" // a lookup failed
	SPFPermError SPFResult = "permerror" // the record is wrong, or takes too many lookups
)

// SPFSender is whose mail SPF is to judge.
type SPFSender struct {
	// Address is the address from which the mail comes.
	Address netip.Addr
	// MailFrom is the sender of the envelope. If it is empty, as in bounces, the domain is HELO.
	MailFrom string
	// HELO is the name by which the sender introduces itself.
	HELO string
}

// SPFVerdict is a result and its reason.
type SPFVerdict struct {
	Result SPFResult
	// Reason names the term that decided, and the domain whose record has it, or says what is wrong.
	Reason string
}

// EvaluateSPF says what SPF says about a sender, as receivers do (RFC 7208 section 4). Besides the
// types that [SPFLookupFunc] names, lookup is asked for "PTR", which returns the names of an address.
// The result does not have the explanation of exp=. The error is that of a context that has ended.
func EvaluateSPF(ctx context.Context, sender SPFSender, lookup SPFLookupFunc) (SPFVerdict, error) {
	e := spfEvaluation{ctx: ctx, lookup: lookup, address: sender.Address.Unmap(), helo: sender.HELO}
	local, domain, found := cutLast(sender.MailFrom, "@")
	if !found {
		local, domain = "", sender.MailFrom
	}
	if domain == "" {
		domain = sender.HELO
	}
	if local == "" {
		local = "postmaster"
	}
	e.local, e.origin = local, strings.TrimSuffix(domain, ".")
	verdict := e.check(e.origin)
	return verdict, ctx.Err()
}

// cutLast is [strings.Cut] at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// spfEvaluation is the evaluation for one sender.
type spfEvaluation struct {
	ctx           context.Context
	lookup        SPFLookupFunc
	address       netip.Addr
	local, origin string // of the sender's mail address
	helo          string
	lookups, void int      // of terms so far
	names         []string // validated names of the address
	namesKnown    bool
}

// spfStop is an error that ends an evaluation.
type spfStop struct{ verdict SPFVerdict }

func (e *spfStop) Error() string { return e.verdict.Reason }

// reject ends the evaluation as receivers do with a record that they do not accept.
func reject(format string, args ...any) error {
	return &spfStop{SPFVerdict{SPFPermError, fmt.Sprintf(format, args...)}}
}

// check is the function check_host of RFC 7208 for one domain.
func (e *spfEvaluation) check(domain string) SPFVerdict {
	if checkName(domain) != nil || !strings.Contains(domain, ".") {
		return SPFVerdict{SPFNone, fmt.Sprintf("%q is not a domain", domain)}
	}
	texts, err := e.ask(domain, "TXT")
	if err != nil {
		return asVerdict(err)
	}
	text, err := FindSPF(texts)
	switch {
	case err != nil:
		return SPFVerdict{SPFPermError, fmt.Sprintf("%s: %s", domain, err)}
	case text == "":
		return SPFVerdict{SPFNone, fmt.Sprintf("%s has no SPF record", domain)}
	}
	record, err := ParseSPF(text)
	if err != nil {
		return SPFVerdict{SPFPermError, fmt.Sprintf("%s: %s", domain, err)}
	}
	verdict, err := e.evaluate(domain, record)
	if err != nil {
		return asVerdict(err)
	}
	return verdict
}

func asVerdict(err error) SPFVerdict {
	var stopped *spfStop
	if errors.As(err, &stopped) {
		return stopped.verdict
	}
	return SPFVerdict{SPFTempError, err.Error()}
}

// resultOf is the result of a mechanism that matches, by its qualifier.
var resultOf = map[byte]SPFResult{'+': SPFPass, '-': SPFFail, '~': SPFSoftFail, '?': SPFNeutral}

// evaluate looks for the first mechanism that matches.
func (e *spfEvaluation) evaluate(domain string, record SPF) (SPFVerdict, error) {
	redirect := SPFTerm{}
	for _, term := range record.Terms {
		if term.isRedirect() {
			redirect = term
		}
		if term.Qualifier == 0 {
			continue
		}
		matches, err := e.matches(domain, term)
		if err != nil {
			return SPFVerdict{}, err
		}
		if matches {
			return SPFVerdict{resultOf[term.Qualifier], fmt.Sprintf("%q of %s", term.Text, domain)}, nil
		}
	}
	if redirect.Name == "" || record.all() >= 0 {
		return SPFVerdict{SPFNeutral, fmt.Sprintf("nothing in the record of %s matches", domain)}, nil
	}
	if err := e.count(domain, redirect); err != nil {
		return SPFVerdict{}, err
	}
	target, err := e.name(domain, redirect)
	if err != nil {
		return SPFVerdict{}, err
	}
	verdict := e.check(target)
	if verdict.Result == SPFNone {
		return SPFVerdict{}, reject("%q of %s: %s", redirect.Text, domain, verdict.Reason)
	}
	return verdict, nil
}

// matches reports whether a mechanism of the record of a domain matches the sender.
func (e *spfEvaluation) matches(domain string, term SPFTerm) (bool, error) {
	switch term.Name {
	case "all":
		return true, nil
	case "ip4", "ip6":
		return term.network.Contains(e.address), nil
	}
	if err := e.count(domain, term); err != nil {
		return false, err
	}
	target, err := e.name(domain, term)
	if err != nil {
		return false, err
	}
	switch term.Name {
	case "include":
		return e.includes(domain, target, term)
	case "ptr":
		for _, name := range e.validated(domain) {
			if name == normalName(target) || strings.HasSuffix(name, "."+normalName(target)) {
				return true, nil
			}
		}
		return false, nil
	case "exists":
		addresses, err := e.addresses(target)
		if err == nil && len(addresses) == 0 {
			err = e.foundNothing(domain, term)
		}
		for _, address := range addresses {
			if address.Is4() {
				return true, nil
			}
		}
		return false, err
	case "mx":
		return e.hosts(domain, target, term)
	}
	addresses, err := e.addresses(target)
	if err == nil && len(addresses) == 0 {
		err = e.foundNothing(domain, term)
	}
	return e.among(addresses, term), err
}

// count counts a term that takes lookups.
func (e *spfEvaluation) count(domain string, term SPFTerm) error {
	if e.lookups++; e.lookups > maxSPFLookups {
		return reject("%q of %s is the term number %d with lookups, and receivers give up after %d", term.Text, domain, e.lookups, maxSPFLookups)
	}
	return nil
}

// foundNothing counts a term whose lookup found nothing.
func (e *spfEvaluation) foundNothing(domain string, term SPFTerm) error {
	if e.void++; e.void > maxSPFVoidLookups {
		return reject("%q of %s is the term number %d that finds nothing, and receivers give up after %d", term.Text, domain, e.void, maxSPFVoidLookups)
	}
	return nil
}

// includes reports whether the record of another domain lets the sender pass.
func (e *spfEvaluation) includes(domain, target string, term SPFTerm) (bool, error) {
	verdict := e.check(target)
	switch verdict.Result {
	case SPFPass:
		return true, nil
	case SPFTempError, SPFPermError:
		return false, &spfStop{verdict}
	case SPFNone:
		return false, reject("%q of %s: %s", term.Text, domain, verdict.Reason)
	}
	return false, nil
}

// hosts reports whether the sender is one of the hosts of the MX records of a name.
func (e *spfEvaluation) hosts(domain, target string, term SPFTerm) (bool, error) {
	hosts, err := e.ask(target, "MX")
	switch {
	case err != nil:
		return false, err
	case len(hosts) == 0:
		return false, e.foundNothing(domain, term)
	case len(hosts) > maxSPFMXHosts:
		return false, reject("%q of %s finds %d hosts, and receivers give up after %d", term.Text, domain, len(hosts), maxSPFMXHosts)
	}
	for _, host := range hosts {
		addresses, err := e.addresses(host)
		if err != nil {
			return false, err
		}
		if e.among(addresses, term) {
			return true, nil
		}
	}
	return false, nil
}

// among reports whether the sender is in the networks of some addresses.
func (e *spfEvaluation) among(addresses []netip.Addr, term SPFTerm) bool {
	for _, address := range addresses {
		if term.Around(address).Contains(e.address) {
			return true
		}
	}
	return false
}
