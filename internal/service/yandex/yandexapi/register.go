package yandexapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Register connects a domain (POST domain/register) and returns it, with Secrets if its ownership
// has to be proven. If the user has the domain already, the error is api.ErrConflict with the
// import id in its text; if another user has it, it is Occupied too.
//
// The answer to a second registration is not documented, and may be the same as to the first. So
// Register looks first.
func (c *Client) Register(ctx context.Context, domain string) (Domain, error) {
	name, err := dns.Canonical(domain)
	r := post("register domain", domain, areaDomain, "register", url.Values{"domain": {name}})
	r.Repeat = api.Never
	if err != nil {
		return Domain{}, report.Unsendable(r, err)
	}
	release, err := c.reserve(r, name)
	if err != nil {
		return Domain{}, err
	}
	defer release()
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	if d, ok := named(rows, name); ok {
		return Domain{}, ours(r, d)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	d, err := c.register(ctx, r, name)
	c.domains.Forget(allDomains)
	if errors.Is(err, Occupied) {
		// Somebody else with this token may have registered it since our list.
		if d, lookErr := c.Details(ctx, name); lookErr == nil {
			return Domain{}, ours(r, d)
		}
	}
	if err != nil {
		return Domain{}, err
	}
	return c.withSecrets(ctx, r, d)
}

func (c *Client) register(ctx context.Context, r api.Request, name string) (Domain, error) {
	var d Domain
	err := c.create(ctx, r,
		func(ctx context.Context) error {
			var got wireDomain
			err := c.once(ctx, r, &got)
			if err == nil {
				d, err = domainOf(r, name, got)
			}
			return err
		},
		func(ctx context.Context) (bool, error) {
			var err error
			if d, err = c.Details(ctx, name); isNotFound(err) {
				return false, nil
			}
			return err == nil, err
		})
	return d, err
}

// ours is the error of the registration of a domain that the user has already.
func ours(r api.Request, d Domain) error {
	return report.Problem(r, api.ErrConflict, fmt.Sprintf("the domain is connected already, by the same user, with the status %s", d.Status),
		fmt.Sprintf("Import it, by the id %q", "yandex/"+d.Name))
}

// withSecrets asks for the secrets of a new domain if its registration did not return them, because
// the answer was lost. If that fails, it deletes the domain again, so that the next attempt does
// not find a domain that is not in any state.
func (c *Client) withSecrets(ctx context.Context, r api.Request, d Domain) (Domain, error) {
	if d.Status != DomainActivate || d.Secrets != nil {
		return d, nil
	}
	whole, err := c.RegistrationStatus(ctx, d.Name)
	if err == nil && whole.Status == DomainActivate && whole.Secrets == nil {
		err = report.Problem(r, api.ErrUnavailable, "the service does not tell what proves the ownership of the domain", checkURL)
	}
	if err == nil {
		return whole, nil
	}
	ctx, done := c.undoing(ctx)
	defer done()
	if undone := c.DeleteDomain(ctx, d.Name); undone != nil {
		return Domain{}, fmt.Errorf("%w. The domain was registered, and deleting it failed too (%w): import it, by the id %q",
			err, undone, "yandex/"+d.Name)
	}
	return Domain{}, fmt.Errorf("%w. The domain was registered and has been deleted again", err)
}
