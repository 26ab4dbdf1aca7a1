package octeth

import (
	"context"
	"errors"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// DelegateHosts implements [zone.DelegateService].
func (Service) DelegateHosts() []string { return writableHostNames() }

// DelegateWords implements [zone.DelegateService].
func (Service) DelegateWords() zone.DelegateWords {
	return zone.DelegateWords{
		Shows: "which shows whether `octeth.dns_authorization_id` of `postmaster_sender_domain` will work before anything is published",
		Needs: "at GoDaddy it needs `api_key` and `api_secret`, and cannot use a `token`",
	}
}

// Delegate implements [zone.DelegateService].
func (Service) Delegate(run *kit.Run) zone.Delegate { return delegate{run} }

// delegate is Octeth in its role as a delegate: it edits zones for the provider.
type delegate struct{ Run *kit.Run }

// Check implements [zone.Delegate].
func (d delegate) Check(id zone.AuthorizationID) error {
	_, _, err := d.Credentials(id)
	if errors.Is(err, api.ErrNotConfigured) && zone.ZonesOf(d.Run).Pending(id) {
		return nil
	}
	return err
}

// FindHost implements [zone.Delegate].
func (d delegate) FindHost(ctx context.Context, domain string) (called, host string, err error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return "", "", err
	}
	client, err := kit.PartOf[*Account](d.Run).Client()
	if err != nil {
		return "", "", err
	}
	called, err = client.DNSProvider(ctx, name)
	return called, hostCalled(called), err
}

// MayAnswerLater implements [zone.Delegate]. It is true if Octeth's address or credentials are not
// known yet, and if Octeth could not be reached.
func (d delegate) MayAnswerLater(err error) bool {
	if errors.Is(err, api.ErrNotConfigured) {
		return d.Run.Sandbox() == nil && kit.PartOf[*Account](d.Run).pending()
	}
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// Try implements [zone.Delegate].
func (d delegate) Try(ctx context.Context, id zone.AuthorizationID) error {
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
		return &zone.DelegateRefusedError{Cause: err, Hurdle: writableHosts[id.Host].hurdle}
	}
	return err
}

// isRefusedAtHost reports whether an attempt failed because the DNS host refused Octeth. Each of
// the two generations of the API has its own code for that. The code for a refusal by Octeth itself
// is a different one.
func isRefusedAtHost(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Kind == api.ErrAuth && (failed.Code == "4" || failed.Code == "9")
}
