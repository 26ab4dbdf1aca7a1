package mailserverapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Accounts returns all accounts of a domain. The slice is shared and must not be changed. For an
// unknown domain the error is api.ErrNotFound; for a list with fewer accounts than the server
// counts in the domain it is api.ErrUnavailable.
func (c *Client) Accounts(ctx context.Context, domain string) ([]Account, error) {
	key := strings.ToLower(domain)
	accounts, err := c.accounts.Get(ctx, key, func(ctx context.Context) ([]Account, error) {
		d, err := c.Domain(ctx, domain)
		if err != nil {
			return nil, err
		}
		accounts, err := c.listAccounts(ctx, d)
		if err != nil || len(accounts) >= d.Accounts {
			return accounts, err
		}
		// The count may be older than a deletion, so both lists are read again together.
		read, err := c.settleWith(ctx, domain)
		if err != nil {
			return nil, err
		}
		p := read.proofs[key]
		return p.accounts, p.err
	})
	return accounts, report.Stopped(api.Request{Op: "list the accounts of", Object: domain}, err)
}

// Account returns one account. The error is api.ErrNotFound only if the server lists all other
// accounts of the domain, or lists other domains and not this one.
func (c *Client) Account(ctx context.Context, email string) (Account, error) {
	r := api.Request{Op: "read account", Object: email}
	domain, err := splitEmail(email)
	if err != nil {
		return Account{}, report.Unsendable(r, err)
	}
	accounts, err := c.Accounts(ctx, domain)
	if err != nil {
		return Account{}, err
	}
	a, ok := findAccount(accounts, email)
	if !ok {
		return Account{}, report.Problem(r, api.ErrNotFound, "the server does not list it among the accounts of its domain", "")
	}
	return a, nil
}

func findAccount(accounts []Account, email string) (Account, bool) {
	for _, a := range accounts {
		if same(a.Email, email) {
			return a, true
		}
	}
	return Account{}, false
}

// listAccounts is GET /users/:domain_id. The server answers with an empty list for an unknown id,
// and always while its database is down. So the caller has to compare the list with the domain's
// count.
func (c *Client) listAccounts(ctx context.Context, d Domain) ([]Account, error) {
	r := api.Request{
		Op: "list the accounts of", Object: d.Name,
		Method: http.MethodGet, Path: []string{"users", strconv.FormatInt(d.ID, 10)}, Repeat: api.Safely,
	}
	var answer struct {
		Users json.RawMessage `json:"users"`
	}
	if err := c.call(ctx, r, &answer); err != nil {
		return nil, err
	}
	var listed []struct {
		ID       int64  `json:"id"`
		DomainID int64  `json:"domain_id"`
		Email    string `json:"email"`
	}
	if answer.Users == nil || json.Unmarshal(answer.Users, &listed) != nil {
		return nil, report.Unintelligible(r)
	}
	accounts := make([]Account, 0, len(listed))
	for _, a := range listed {
		if a.DomainID != d.ID {
			return nil, report.Problem(r, api.ErrUnavailable, fmt.Sprintf("the answer is about the domain with id %d, not %d", a.DomainID, d.ID), "")
		}
		accounts = append(accounts, Account{ID: a.ID, DomainID: a.DomainID, Email: a.Email})
	}
	c.seen.replace(d.Name, accounts)
	return accounts, nil
}
