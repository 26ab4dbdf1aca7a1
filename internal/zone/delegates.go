package zone

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// DelegateService is a [kit.Service] that edits zones at DNS hosts for us, with the credentials of
// our accounts.
type DelegateService interface {
	kit.Service
	// Delegate returns the delegate in a run.
	Delegate(*kit.Run) Delegate
	// DelegateHosts returns the names of the hosts at which the delegate can write records.
	DelegateHosts() []string
	// DelegateWords returns the delegate's texts for descriptions.
	DelegateWords() DelegateWords
}

// DelegateWords are a delegate's texts for the descriptions of attributes, in Markdown.
type DelegateWords struct {
	// Shows ends a sentence after "tries the credentials of the account". It says what is known if
	// they work, such as "which shows whether … will work".
	Shows string
	// Needs ends a sentence after the list of hosts at which the delegate writes. It says which
	// credentials the delegate needs there. It may be empty.
	Needs string
}

// Delegate is a [DelegateService] in a run. Its errors match those of package api.
type Delegate interface {
	// Check says why the delegate cannot use an authorization's account, without making a call. It
	// returns nil if the delegate can use it, or if the account is not known yet.
	Check(id AuthorizationID) error
	// FindHost asks the delegate which host serves the DNS of a domain. Called is the delegate's
	// answer. Host is the name that this provider has for it, or "" if the delegate cannot write
	// there with our credentials. The error matches api.ErrNotFound if the delegate does not know
	// the host.
	FindHost(ctx context.Context, domain string) (called, host string, err error)
	// MayAnswerLater reports whether FindHost may succeed after this error in a moment, or after
	// other changes of the run.
	MayAnswerLater(err error) bool
	// Try makes the delegate try the credentials of an authorization's account. The error is a
	// [*DelegateRefusedError] if the host refuses the delegate.
	Try(ctx context.Context, id AuthorizationID) error
}

// DelegateRefusedError means that a DNS host refused a delegate, and that the delegate itself did
// what it was asked.
type DelegateRefusedError struct {
	// Cause is the delegate's answer.
	Cause error
	// Hurdle says what to check if the host accepts this provider but refuses the delegate. It has
	// whole sentences without the last full stop.
	Hurdle string
}

// Error returns the text of the cause.
func (e *DelegateRefusedError) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *DelegateRefusedError) Unwrap() error { return e.Cause }

// viaDirect is the value of via without a delegate: this provider asks the DNS and the host itself.
// The other values are the names of delegates.
const viaDirect = "direct"

// delegates are the services that edit zones for us.
type delegates []DelegateService

// ways returns the values that via can have.
func (d delegates) ways() []string { return append([]string{viaDirect}, kit.Names(d)...) }

// triedBy returns the summary of the error if a delegate could not try the credentials.
func triedBy(s DelegateService) string {
	return fmt.Sprintf("Unable to let %s try the credentials", s.Title())
}

// delegate returns the delegate that via names. Ok is false if via names none.
func (r *AuthorizationResource) delegate(via string) (s DelegateService, ok bool) {
	return kit.Named(r.Delegates, via)
}

// checkDelegate adds an error, as soon as the account is known, if the delegate cannot use its
// credentials.
func (r *AuthorizationResource) checkDelegate(m *authorizationModel, diags *diag.Diagnostics) {
	s, ok := r.delegate(m.Via.ValueString())
	if !ok || r.Run == nil || m.DNSProvider.IsUnknown() || m.Account.IsUnknown() {
		return
	}
	id := AuthorizationID{Host: m.DNSProvider.ValueString(), Account: m.Account.ValueString(), Domain: m.Domain.ValueString()}
	if err := s.Delegate(r.Run).Check(id); err != nil {
		diags.AddAttributeError(path.Root("via"), kit.StartOfSentence(s.Title())+" cannot use the account", err.Error()+".")
	}
}

// FindHostBy asks a delegate for the host of a domain's zone.
func (r *AuthorizationResource) FindHostBy(ctx context.Context, s DelegateService, domain string) (string, *hostProblem) {
	delegate := s.Delegate(r.Run)
	called, host, err := delegate.FindHost(ctx, domain)
	wayOut := fmt.Sprintf("If the zone is nevertheless at a host that %s can use (%s), for example because it is not delegated yet, set dns_provider. "+
		"At any other host, use via = %q.", s.Title(), strings.Join(r.Hosts.titles(s.DelegateHosts()), ", "), viaDirect)
	switch {
	case kit.IsNotFound(err):
		return "", &hostProblem{detail: err.Error() + ".\n\n" + wayOut, passing: true}
	case err != nil:
		return "", &hostProblem{detail: err.Error() + ".", passing: delegate.MayAnswerLater(err)}
	case host == "":
		return "", &hostProblem{detail: fmt.Sprintf("%s says that the DNS of %s is at %q, where this provider has no credentials for it to use.\n\n%s", kit.StartOfSentence(s.Title()), domain, called, wayOut)}
	}
	return host, nil
}

// TryBy makes a delegate try the credentials with which this provider has found the zone.
func (r *AuthorizationResource) TryBy(ctx context.Context, s DelegateService, id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	err := s.Delegate(r.Run).Try(ctx, id)
	var refused *DelegateRefusedError
	switch {
	case err == nil:
	case errors.As(err, &refused):
		diags.AddError(kit.StartOfSentence(s.Title())+" may not edit the zone", fmt.Sprintf("%s.\n\nOnly %s is refused by %s: from here, the zone %s is found with the credentials of the same account. %s. "+
			`If %s need not publish by itself, use via = %q.`, err, s.Title(), r.Hosts.title(id.Host), zone.Apex, refused.Hurdle, s.Title(), viaDirect))
	default:
		kit.AddError(diags, triedBy(s), err)
	}
}
