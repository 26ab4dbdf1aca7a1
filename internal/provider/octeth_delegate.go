package provider

import (
	"context"
	"errors"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// DelegateHosts implements DelegateService.
func (octethService) DelegateHosts() []string { return octethHostNames() }

// DelegateWords implements DelegateService.
func (octethService) DelegateWords() DelegateWords {
	return DelegateWords{
		Shows: "which shows before anything is published whether `octeth.dns_authorization_id` of `postmaster_sender_domain` will work",
		Needs: "at GoDaddy it needs `api_key` and `api_secret`, and cannot use a `token`",
	}
}

// Delegate implements DelegateService.
func (octethService) Delegate(run *Run) Delegate { return octethDelegate{run} }

// octethDelegate is Octeth as far as it edits zones for us.
type octethDelegate struct{ run *Run }

// Check implements Delegate.
func (d octethDelegate) Check(id AuthorizationID) error {
	_, _, err := d.credentials(id)
	if errors.Is(err, api.ErrNotConfigured) && ZonesOf(d.run).Pending(id) {
		return nil
	}
	return err
}

// FindHost implements Delegate.
func (d octethDelegate) FindHost(ctx context.Context, domain string) (called, host string, err error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return "", "", err
	}
	client, err := PartOf[*octethAccount](d.run).Client()
	if err != nil {
		return "", "", err
	}
	called, err = client.DNSProvider(ctx, name)
	return called, octethHostCalled(called), err
}

// MayAnswerLater implements Delegate: Octeth's address or credentials are not known yet, or
// it could not be reached.
func (d octethDelegate) MayAnswerLater(err error) bool {
	if errors.Is(err, api.ErrNotConfigured) {
		return d.run.Sandbox() == nil && PartOf[*octethAccount](d.run).pending()
	}
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// Try implements Delegate.
func (d octethDelegate) Try(ctx context.Context, id AuthorizationID) error {
	host, credentials, err := d.credentials(id)
	if err != nil {
		return err
	}
	client, err := PartOf[*octethAccount](d.run).Client()
	if err != nil {
		return err
	}
	err = client.DNSAuthorize(ctx, host, id.Domain, credentials)
	if isRefusedAtHost(err) {
		return &DelegateRefusedError{Cause: err, Hurdle: octethHosts[id.Host].hurdle}
	}
	return err
}

// isRefusedAtHost is whether a failed attempt of Octeth's means that the DNS host
// has refused it. Both generations of the API say so, each by a code of its own;
// that Octeth itself refuses us is another.
func isRefusedAtHost(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Kind == api.ErrAuth && (failed.Code == "4" || failed.Code == "9")
}
