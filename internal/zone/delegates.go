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

// DelegateService is a [Service] that edits zones at DNS hosts for us, with the credentials
// of our accounts.
type DelegateService interface {
	kit.Service
	// Delegate is the service in a run.
	Delegate(*kit.Run) Delegate
	// DelegateHosts are the names of the hosts at which it can write records.
	DelegateHosts() []string
	// DelegateWords are what descriptions say of it.
	DelegateWords() DelegateWords
}

// DelegateWords are what the descriptions of attributes say of a delegate, in Markdown.
type DelegateWords struct {
	// Shows ends a sentence after "tries the credentials of the account": what is known
	// when they serve, such as "which shows whether … will work".
	Shows string
	// Needs ends a sentence after the hosts at which it writes: what credentials it needs
	// there. It may be empty.
	Needs string
}

// Delegate is a [DelegateService] in a run. Its errors match those of package api.
type Delegate interface {
	// Check says why the delegate cannot use the account of an authorization, without
	// calling anybody; nil if it can, or if the account is not known yet.
	Check(id AuthorizationID) error
	// FindHost asks the delegate who hosts the DNS of a domain. Called is its answer, and
	// host the host of that name here: empty if the delegate could not write there with
	// credentials of ours. The error matches api.ErrNotFound where it cannot tell.
	FindHost(ctx context.Context, domain string) (called, host string, err error)
	// MayAnswerLater reports whether FindHost, after this error, may have an answer in a
	// moment, or after other changes of the run.
	MayAnswerLater(err error) bool
	// Try has the delegate try the credentials of an authorization's account from where it
	// is. It is a [*DelegateRefusedError] where the host refuses the delegate.
	Try(ctx context.Context, id AuthorizationID) error
}

// DelegateRefusedError says that a DNS host has refused a delegate, which itself has done
// as it was asked.
type DelegateRefusedError struct {
	// Cause is the delegate's answer.
	Cause error
	// Hurdle is what to look at where the host lets this provider in and not the delegate,
	// as sentences without the last full stop.
	Hurdle string
}

// Error is the cause's.
func (e *DelegateRefusedError) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *DelegateRefusedError) Unwrap() error { return e.Cause }

// ViaDirect is the value of `via` where there is no delegate: this provider asks the DNS,
// and the host. The other values are the names of delegates.
const ViaDirect = "direct"

// delegates are the services that edit zones for us.
type delegates []DelegateService

// ways are the values that `via` can have.
func (d delegates) ways() []string { return append([]string{ViaDirect}, kit.Names(d)...) }

// triedBy is the summary of an error of a delegate that could not try any credentials.
func triedBy(s DelegateService) string {
	return fmt.Sprintf("Unable to let %s try the credentials", s.Title())
}

// delegate is the one that `via` names, and what it does in this run; ok is false where it
// names none.
func (r *DNSAuthorizationResource) delegate(via string) (s DelegateService, ok bool) {
	return kit.Named(r.Delegates, via)
}

// checkDelegate refuses, as soon as the account is known, credentials that the delegate
// cannot use.
func (r *DNSAuthorizationResource) checkDelegate(m *DNSAuthorizationModel, diags *diag.Diagnostics) {
	s, ok := r.delegate(m.Via.ValueString())
	if !ok || r.Run == nil || m.DNSProvider.IsUnknown() || m.Account.IsUnknown() {
		return
	}
	id := AuthorizationID{Host: m.DNSProvider.ValueString(), Account: m.Account.ValueString(), Domain: m.Domain.ValueString()}
	if err := s.Delegate(r.Run).Check(id); err != nil {
		diags.AddAttributeError(path.Root("via"), begins(s.Title())+" cannot use the account", err.Error()+".")
	}
}

// FindHostBy asks a delegate who hosts the zone of a domain.
func (r *DNSAuthorizationResource) FindHostBy(ctx context.Context, s DelegateService, domain string) (string, *hostProblem) {
	delegate := s.Delegate(r.Run)
	called, host, err := delegate.FindHost(ctx, domain)
	wayOut := fmt.Sprintf("Set dns_provider if the zone is at a host that %s can use (%s) all the same, as one that is not delegated yet; "+
		"at any other host, use via = %q.", s.Title(), strings.Join(r.Hosts.titles(s.DelegateHosts()), ", "), ViaDirect)
	switch {
	case kit.IsNotFound(err):
		return "", &hostProblem{detail: err.Error() + ".\n\n" + wayOut, passing: true}
	case err != nil:
		return "", &hostProblem{detail: err.Error() + ".", passing: delegate.MayAnswerLater(err)}
	case host == "":
		return "", &hostProblem{detail: fmt.Sprintf("%s says that the DNS of %s is at %q, where this provider has no credentials for it to use.\n\n%s", begins(s.Title()), domain, called, wayOut)}
	}
	return host, nil
}

// TryBy has a delegate try the credentials that have found the zone from here.
func (r *DNSAuthorizationResource) TryBy(ctx context.Context, s DelegateService, id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	err := s.Delegate(r.Run).Try(ctx, id)
	var refused *DelegateRefusedError
	switch {
	case err == nil:
	case errors.As(err, &refused):
		diags.AddError(begins(s.Title())+" may not edit the zone", fmt.Sprintf("%s.\n\nIt is %s alone that %s refuses: from here, the zone %s is found with the credentials of the same account. %s. "+
			`Where %s need not publish by itself, use via = %q.`, err, s.Title(), r.Hosts.title(id.Host), zone.Apex, refused.Hurdle, s.Title(), ViaDirect))
	default:
		kit.AddError(diags, triedBy(s), err)
	}
}
