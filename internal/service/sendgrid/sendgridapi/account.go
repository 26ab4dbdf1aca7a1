package sendgridapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// onlyName is the one key of the name cache.
const onlyName = ""

// self is the account of the calls, once an answer has told it.
type self struct {
	mu    sync.Mutex
	owner Owner
}

func (s *self) get() Owner {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owner
}

func (s *self) set(owner Owner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner = owner
}

// username returns the account of the calls (GET /v3/user/username). It is the zero Owner if the
// key may not ask: the scopes for domains do not include that.
func (c *Client) username(ctx context.Context) (Owner, error) {
	return c.account.name.Get(ctx, onlyName, func(ctx context.Context) (Owner, error) {
		r := api.Request{Op: "read the name of the account", Method: http.MethodGet, Path: []string{"user", "username"}, Repeat: api.Safely}
		resp, err := c.send(ctx, r)
		switch {
		case errors.Is(err, api.ErrAuth), errors.Is(err, api.ErrNotFound):
			return Owner{}, nil
		case err != nil:
			return Owner{}, err
		}
		var got struct {
			Username string `json:"username"`
			UserID   int64  `json:"user_id"`
		}
		if err := c.decode(r, resp, &got); err != nil {
			return Owner{}, err
		}
		return Owner{UserID: got.UserID, Username: got.Username}, nil
	})
}

// sees is whether the client's calls show the domains of an owner: those of the calls' own account
// and, for a parent account, of its subusers. rows are the domains that the calls show now. It is
// asked before a domain counts as gone. If the result is false, account is the account whose
// domains the calls show, if that is known.
func (c *Client) sees(ctx context.Context, owner Owner, rows []Domain) (yes bool, account Owner, err error) {
	if !owner.Known() || owner.same(Owner{Username: c.onBehalfOf}) {
		return true, owner, nil
	}
	for _, d := range rows {
		if owner.same(d.owner()) {
			return true, owner, nil
		}
	}
	if account, err = c.username(ctx); err != nil || owner.same(account) {
		return err == nil, account, err
	}
	if c.onBehalfOf != "" || owner.Username == "" {
		return false, account, nil
	}
	// A subuser may have no domain left. Only a key of its parent account may act for it.
	r := api.Request{
		Op: "list domains", Method: http.MethodGet, Path: path(), Repeat: api.Safely,
		Query: url.Values{"limit": {"1"}, "offset": {"0"}},
	}
	_, err = c.shared.client(c.region, owner.Username).send(ctx, r)
	switch {
	case errors.Is(err, api.ErrAuth):
		return false, account, nil
	case err != nil:
		return false, account, err
	}
	return true, account, nil
}

// provenGone returns the error for a domain that SendGrid does not have: ErrNotFound if the calls
// are made for the account that had it, ErrOtherAccount if that is not known.
func (c *Client) provenGone(ctx context.Context, r api.Request, ref Ref, rows []Domain, missing error) error {
	yes, account, err := c.sees(ctx, ref.Owner, rows)
	switch {
	case err != nil:
		return err
	case yes:
		return missing
	}
	fail := &api.Error{
		Service: service, Op: r.Op, Object: c.account.seen.label(ref), Kind: ErrOtherAccount,
		Answer: fmt.Sprintf("SendGrid has no such domain %s; it belongs to %s", c.where(), ref.Owner),
	}
	const forget = ", and if the domain was deleted, take the resource out of the state by a removed block with destroy = false"
	if account.Known() {
		fail.Answer += fmt.Sprintf(", and the API key acts for %s", account)
		fail.Advice = "Use the API key and the on_behalf_of by which the domain was made. The domain may still be there, so it is kept in the state as it is"
		return fail
	}
	fail.Answer += ", and whether the API key is that account's could not be told, as it lists none of its domains"
	fail.Advice = "Check the API key and on_behalf_of; if they are right, give the key the scope user.username.read, which tells whose it is" + forget
	return fail
}

// Own returns those of some domains that belong to the account of the client's calls itself. A
// parent account also lists the domains of its subusers. It makes a call only if the account is not
// known yet.
func (c *Client) Own(ctx context.Context, rows []Domain) ([]Domain, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if own := c.account.self.get(); own.Known() {
		return slices.DeleteFunc(slices.Clone(rows), func(d Domain) bool { return !own.same(d.owner()) }), nil
	}
	filter := url.Values{"exclude_subusers": {"true"}}
	if !slices.ContainsFunc(rows, func(d Domain) bool { return d.Domain != rows[0].Domain }) {
		filter.Set("domain", rows[0].Domain)
	}
	listed, err := c.list(ctx, filter)
	if err != nil {
		return nil, err
	}
	var found []Domain
	for _, d := range rows {
		if _, ok := withID(listed, d.ID); ok {
			found = append(found, d)
		}
	}
	if len(found) > 0 {
		c.account.self.set(found[0].owner())
	}
	return found, nil
}
