package yandexapi

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// wireAccount is an account in an answer. By the documentation, fname is the last name and iname
// the first name.
type wireAccount struct {
	UID      api.Number
	Login    api.Text
	IName    api.Text
	FName    api.Text
	Enabled  *api.Flag // nil: the answer does not tell, which counts as enabled
	Ready    api.Flag
	MailList api.Flag
}

func (w wireAccount) model(domain string) Account {
	return Account{
		// All accounts of a list are in this domain, whatever its spelling.
		UID: w.UID.Value, Email: w.local() + "@" + domain, FirstName: string(w.IName), LastName: string(w.FName),
		Enabled: w.Enabled == nil || bool(*w.Enabled), Ready: bool(w.Ready), MailingList: bool(w.MailList),
	}
}

// local is the local part of the login, which is a complete address.
func (w wireAccount) local() string {
	local, _, _ := strings.Cut(strings.ToLower(string(w.Login)), "@")
	return local
}

// accountPage is a page of the list of a domain's accounts.
type accountPage struct {
	Accounts     api.List[wireAccount]
	Total, Pages api.Number
}

func (p *accountPage) complete() bool {
	return p.Accounts.Known && p.Total.Known && !slices.ContainsFunc(p.Accounts.Rows, func(w wireAccount) bool { return w.local() == "" })
}

// rosters holds, by domain, what lists of accounts share.
type rosters struct {
	mu       sync.Mutex
	byDomain map[string]*roster
}

// roster holds what lists of one domain's accounts share.
type roster struct {
	fresh api.Next[[]Account]
	turn  chan struct{} // held by the caller that lists after a change; others share the next list meanwhile

	mu     sync.Mutex
	listed bool
	last   []Account // of the last list, however old
}

func (r *rosters) of(domain string) *roster {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byDomain == nil {
		r.byDomain = map[string]*roster{}
	}
	if r.byDomain[domain] == nil {
		r.byDomain[domain] = &roster{turn: make(chan struct{}, 1)}
	}
	return r.byDomain[domain]
}

func (r *roster) saw(accounts []Account) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listed, r.last = true, accounts
}

func (r *roster) lastSeen() (accounts []Account, listed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last, r.listed
}

// Accounts returns all accounts of a domain (GET email/list), including mailing lists. The slice is
// shared and must not be changed. If the domain does not exist, the error is api.ErrNotFound.
func (c *Client) Accounts(ctx context.Context, domain string) ([]Account, error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return nil, report.Unsendable(api.Request{Op: "list the accounts of", Object: domain}, err)
	}
	return c.accounts.Get(ctx, name, func(ctx context.Context) ([]Account, error) { return c.listAccounts(ctx, name) })
}

// accountsNow returns all accounts from a list that begins after the call. Concurrent callers share
// a list.
func (c *Client) accountsNow(ctx context.Context, domain string) ([]Account, error) {
	r := c.rosters.of(domain)
	return r.fresh.Do(ctx, func() { r.turn <- struct{}{} }, func(ctx context.Context) ([]Account, error) {
		defer func() { <-r.turn }()
		generation := c.accounts.Generation(domain)
		accounts, err := c.listAccounts(ctx, domain)
		if err == nil {
			c.accounts.Put(domain, generation, accounts)
		}
		return accounts, err
	})
}

func (c *Client) listAccounts(ctx context.Context, domain string) ([]Account, error) {
	r := get("list the accounts of", domain, areaEmail, "list", url.Values{"domain": {domain}})
	accounts, err := paged[Account]{
		request: r,
		onPage:  accountsOnPage,
		// The address and not the uid, because an account that is deleted and created again between
		// two pages has another uid.
		key: func(a Account) string { return a.Email },
		read: func(ctx context.Context, r api.Request) (page[Account], error) {
			var got accountPage
			if err := c.call(ctx, r, &got); err != nil {
				return page[Account]{}, err
			}
			rows := make([]Account, len(got.Accounts.Rows))
			for i, w := range got.Accounts.Rows {
				rows[i] = w.model(domain)
			}
			return page[Account]{rows: rows, extent: extent{got.Total.Value, got.Pages.Value}}, nil
		},
	}.all(ctx, c)
	if err != nil {
		return nil, c.unlessGone(ctx, r, domain, err)
	}
	c.rosters.of(domain).saw(accounts)
	return accounts, nil
}

// Account returns one account, from the list of its domain. The error is api.ErrNotFound only if
// the complete list does not have it, or the domain does not exist.
func (c *Client) Account(ctx context.Context, email string) (Account, error) {
	r := api.Request{Op: "read account", Object: email}
	at, err := parseEmail(email)
	if err != nil {
		return Account{}, report.Unsendable(r, err)
	}
	accounts, err := c.Accounts(ctx, at.domain)
	if err != nil {
		return Account{}, err
	}
	if a, ok := addressed(accounts, at); ok {
		return a, nil
	}
	return Account{}, report.Problem(r, api.ErrNotFound, fmt.Sprintf("it is not among the %d accounts of its domain", len(accounts)), "")
}

// address is the address of an account, in lower-case ASCII.
type address struct{ local, domain string }

func (a address) String() string { return a.local + "@" + a.domain }

func parseEmail(email string) (address, error) {
	local, domain, found := strings.Cut(email, "@")
	if !found || local == "" {
		return address{}, fmt.Errorf("%q is not an email address", email)
	}
	domain, err := dns.Canonical(domain)
	return address{strings.ToLower(local), domain}, err
}

func addressed(accounts []Account, at address) (Account, bool) {
	if i := slices.IndexFunc(accounts, func(a Account) bool { return a.Email == at.String() }); i >= 0 {
		return accounts[i], true
	}
	return Account{}, false
}
