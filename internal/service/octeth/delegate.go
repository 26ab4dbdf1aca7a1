package octeth

import (
	"context"
	"errors"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// DelegateHosts implements DelegateService.
func (Service) DelegateHosts() []string { return octethHostNames() }

// DelegateWords implements DelegateService.
func (Service) DelegateWords() zone.DelegateWords {
	return zone.DelegateWords{
		Shows: "which shows before anything is published whether `octeth.dns_authorization_id` of `postmaster_sender_domain` will work",
		Needs: "at GoDaddy it needs `api_key` and `api_secret`, and cannot use a `token`",
	}
}

// Delegate implements DelegateService.
func (Service) Delegate(run *kit.Run) zone.Delegate { return OctethDelegate{run} }

// OctethDelegate is Octeth as far as it edits zones for us.
type OctethDelegate struct{ Run *kit.Run }

// Check implements Delegate.
func (d OctethDelegate) Check(id zone.AuthorizationID) error {
	_, _, err := d.Credentials(id)
	if errors.Is(err, api.ErrNotConfigured) && zone.ZonesOf(d.Run).Pending(id) {
		return nil
	}
	return err
}

// FindHost implements Delegate.
func (d OctethDelegate) FindHost(ctx context.Context, domain string) (called, host string, err error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return "", "", err
	}
	client, err := kit.PartOf[*Account](d.Run).Client()
	if err != nil {
		return "", "", err
	}
	called, err = client.DNSProvider(ctx, name)
	return called, OctethHostCalled(called), err
}

// MayAnswerLater implements Delegate: Octeth's address or credentials are not known yet, or
// it could not be reached.
func (d OctethDelegate) MayAnswerLater(err error) bool {
	if errors.Is(err, api.ErrNotConfigured) {
		return d.Run.Sandbox() == nil && kit.PartOf[*Account](d.Run).pending()
	}
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// Try implements Delegate.
func (d OctethDelegate) Try(ctx context.Context, id zone.AuthorizationID) error {
	host, credentials, err := d.Credentials(id)
	if err != nil {
		return err
	}
	client, err := kit.PartOf[*Account](d.Run).Client()
	if err != nil {
		return err
	}
	err = client.DNSAuthorize(ctx, host, id.Domain, credentials)
	if isRefusedAtHost(err) {
		return &zone.DelegateRefusedError{Cause: err, Hurdle: OctethHosts[id.Host].hurdle}
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
