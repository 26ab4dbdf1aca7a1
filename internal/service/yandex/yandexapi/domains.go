package yandexapi

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The areas of the API, which are the first elements of its paths.
const (
	areaDomain = "domain"
	areaEmail  = "email"
	areaDKIM   = "dkim"
	areaDNS    = "dns"
)

// allDomains is the one key of the domain cache.
const allDomains = ""

// wireDomain is a domain in an answer. Each answer has some of these members.
type wireDomain struct {
	Domain       api.Text
	Name         api.Text // in lists, instead of Domain
	Status       api.Text
	Stage        api.Text
	Delegated    api.Text   // yes or no, and perhaps more
	NSDelegated  api.Text   // in lists, instead of Delegated
	EmailsCount  api.Number `json:"emails-count"`
	Secrets      api.Object[struct{ Name, Content api.Text }]
	CheckResults api.Text `json:"check_results"`
	LastCheck    api.Text `json:"last_check"`
	NextCheck    api.Text `json:"next_check"`
}

func (w *wireDomain) complete() bool { return w.Status != "" }

func (w *wireDomain) model() Domain {
	d := Domain{
		Name: dns.FoldName(string(cmp.Or(w.Name, w.Domain))), Status: Status(w.Status), Stage: string(w.Stage),
		Delegated: isYes(w.Delegated) || isYes(w.NSDelegated), Accounts: int(w.EmailsCount.Value), Counted: w.EmailsCount.Known,
		CheckResults: CheckResult(w.CheckResults), LastCheck: string(w.LastCheck), NextCheck: string(w.NextCheck),
	}
	if w.Secrets.Value.Name != "" {
		d.Secrets = &Secrets{Name: string(w.Secrets.Value.Name), Content: string(w.Secrets.Value.Content)}
	}
	return d
}

// isYes is whether a text means yes.
func isYes(t api.Text) bool { return t == "yes" || t == "true" || t == "1" }

// acknowledgement is the answer to a change whose success is all that matters.
type acknowledgement struct{}

func (*acknowledgement) complete() bool { return true }

// domainPage is a page of the list of domains.
type domainPage struct {
	Domains      api.List[wireDomain]
	Total, Pages api.Number
}

func (p *domainPage) complete() bool {
	return p.Domains.Known && p.Total.Known && !slices.ContainsFunc(p.Domains.Rows, func(w wireDomain) bool {
		d := w.model()
		return d.Name == "" || d.Status == ""
	})
}

// Domains returns all domains of the user (GET domain/domains). The slice is shared and must not be
// changed.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	return c.domains.Get(ctx, allDomains, c.listDomains)
}

func (c *Client) listDomains(ctx context.Context) ([]Domain, error) {
	return paged[Domain]{
		request: get("list domains", "", areaDomain, "domains", nil),
		onPage:  domainsOnPage,
		key:     func(d Domain) string { return d.Name },
		read: func(ctx context.Context, r api.Request) (page[Domain], error) {
			var got domainPage
			if err := c.call(ctx, r, &got); err != nil {
				return page[Domain]{}, err
			}
			rows := make([]Domain, len(got.Domains.Rows))
			for i := range got.Domains.Rows {
				rows[i] = got.Domains.Rows[i].model()
			}
			return page[Domain]{rows: rows, extent: extent{got.Total.Value, got.Pages.Value}}, nil
		},
	}.all(ctx, c)
}

// Domain returns one domain, from the list or else by Details. The error is api.ErrNotFound only if
// the complete list does not have it and Details says that it does not exist.
func (c *Client) Domain(ctx context.Context, name string) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	if d, ok := named(rows, name); ok {
		return d, nil
	}
	return c.Details(ctx, name)
}

func named(rows []Domain, name string) (Domain, bool) {
	name = dns.FoldName(name)
	if i := slices.IndexFunc(rows, func(d Domain) bool { return d.Name == name }); i >= 0 {
		return rows[i], true
	}
	return Domain{}, false
}

// IsUnused is whether a domain is unverified and has no mailboxes, so that nothing is lost with it.
// fresh requires a new list. A domain whose mailboxes the service does not count counts as used.
func (c *Client) IsUnused(ctx context.Context, name string, fresh bool) (bool, error) {
	if fresh {
		c.domains.Forget(allDomains)
	}
	rows, err := c.Domains(ctx)
	if err != nil {
		return false, err
	}
	d, listed := named(rows, name)
	return listed && d.Status == DomainActivate && d.Counted && d.Accounts == 0, nil
}

// Details returns a domain as it is at this moment, without starting a check (GET domain/details).
// If the service says that it does not exist, the error is api.ErrNotFound; if it is another
// user's, the error is api.ErrAuth and NotAllowed.
func (c *Client) Details(ctx context.Context, name string) (Domain, error) {
	return c.readDomain(ctx, "read domain", "details", name)
}

// RegistrationStatus returns a domain with the result of its last check, and while it is
// DomainActivate with its Secrets (GET domain/registration_status). The call starts a new check, so
// use it for waiting and not for refreshing. Its result is not kept.
func (c *Client) RegistrationStatus(ctx context.Context, name string) (Domain, error) {
	d, err := c.readDomain(ctx, "check domain", "registration_status", name)
	c.domains.Forget(allDomains) // the check may change the status
	return d, err
}

// readDomain makes a call whose answer is a domain.
func (c *Client) readDomain(ctx context.Context, op, method, name string) (Domain, error) {
	canonical, err := dns.Canonical(name)
	r := get(op, name, areaDomain, method, url.Values{"domain": {canonical}})
	if err != nil {
		return Domain{}, report.Unsendable(r, err)
	}
	var got wireDomain
	if err := c.call(ctx, r, &got); err != nil {
		return Domain{}, err
	}
	return domainOf(r, canonical, got)
}

// domainOf returns the domain in an answer, which has to be that of the call.
func domainOf(r api.Request, name string, got wireDomain) (Domain, error) {
	d := got.model()
	switch {
	case d.Status == statusNone:
		return Domain{}, report.Problem(r, api.ErrNotFound, "the service says that it does not exist", "")
	case d.Name == "":
		d.Name = name
	case d.Name != name:
		return Domain{}, unsure(r, report.Problem(r, api.ErrUnavailable, "the answer is about "+d.Name, checkURL))
	}
	return d, nil
}

// DeleteDomain disconnects a domain, with its accounts and their mail (POST domain/delete), and
// checks that it is gone. If it is gone already, there is no error.
func (c *Client) DeleteDomain(ctx context.Context, domain string) error {
	name, err := dns.Canonical(domain)
	r := post("delete domain", domain, areaDomain, "delete", url.Values{"domain": {name}})
	if err != nil {
		return report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	err = c.call(ctx, r, &acknowledgement{})
	c.domains.Forget(allDomains)
	c.accounts.Forget(name)
	switch {
	case isNotFound(err):
		return nil
	case isRefusal(err):
		// The answer to the deletion of a domain that is gone is not documented.
		if _, lookErr := c.Domain(ctx, name); isNotFound(lookErr) {
			return nil
		}
		return err
	}
	return c.proveGone(ctx, r, err, func(ctx context.Context) (bool, error) {
		_, err := c.Details(ctx, name)
		if isNotFound(err) || errors.Is(err, NotAllowed) && c.unlisted(ctx, name) {
			return false, nil
		}
		return true, err
	})
}

// unlessGone is the error of a call about something in a domain: api.ErrNotFound if the service
// refused it and the domain is gone. The answer for such a domain is not documented, and may be the
// same as for a domain of another user.
func (c *Client) unlessGone(ctx context.Context, r api.Request, domain string, err error) error {
	if isRefusal(err) {
		if _, lookErr := c.Domain(ctx, domain); isNotFound(lookErr) {
			return report.Problem(r, api.ErrNotFound, "the domain is not connected", "")
		}
	}
	return err
}

// unlisted is whether the complete list lacks a domain.
func (c *Client) unlisted(ctx context.Context, name string) bool {
	rows, err := c.Domains(ctx)
	if err != nil {
		return false
	}
	_, listed := named(rows, name)
	return !listed
}
