package mailserverapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// CreateAccount creates an account (POST /users/:domain_id), and proves by a list that the server
// stored it. If the email exists anywhere on the server, the error is api.ErrConflict. If the
// outcome stays unknown, it matches api.ErrOutcomeUnknown.
func (c *Client) CreateAccount(ctx context.Context, email string, credential Credential) error {
	r := api.Request{Op: "create account", Object: email}
	domain, err := checkNewEmail(email)
	if err == nil {
		err = credential.check()
	}
	if err != nil {
		return report.Unsendable(r, err)
	}
	d, err := c.locateDomain(ctx, domain)
	if err != nil {
		return err
	}
	read, sendErr, readErr := c.change(ctx, domain,
		func(ctx context.Context) error { return c.postAccount(ctx, d, email, credential) },
		func(l *ledger, err error) {
			if err == nil {
				l.accountCreated(domain)
			} else {
				l.accountUncertain(domain, email)
			}
		})
	switch {
	case errors.Is(sendErr, api.ErrConflict):
		return c.conflicting(ctx, r, sendErr)
	case sendErr != nil && !isUncertain(sendErr):
		return sendErr
	case readErr != nil:
		return unproven(r, sendErr, readErr)
	}
	return createdAccount(r, read, domain, sendErr)
}

// conflicting finds out which account prevents a creation. An account that the list of this domain
// does not show cannot be taken over, so the error does not match api.ErrConflict.
func (c *Client) conflicting(ctx context.Context, r api.Request, refused error) error {
	c.accounts.Forget(strings.ToLower(r.Object[strings.LastIndexByte(r.Object, '@')+1:]))
	_, err := c.Account(ctx, r.Object)
	if !errors.Is(err, api.ErrNotFound) {
		return refused
	}
	return report.Problem(r, nil, "the server has an account that it takes for the same, though not in the list of this domain",
		"Addresses are unique on a mail server, over all its domains, and its database makes no difference of case, accents and spaces at the end: "+
			"choose another local part, or have that account deleted")
}

// createdAccount checks the state after a creation that the server has acknowledged, or whose
// answer was lost.
func createdAccount(r api.Request, read *settled, domain string, sendErr error) error {
	p := read.proofs[strings.ToLower(domain)]
	switch {
	case p.counted:
		return nil
	case errors.Is(p.err, api.ErrNotFound):
		return report.Problem(r, api.ErrUnavailable, "the domain was deleted at the same time", "Run again")
	case p.err != nil:
		return unproven(r, sendErr, p.err)
	}
	_, there := p.account(r.Object)
	switch {
	case there && sendErr != nil && !p.ours:
		return report.Problem(r, api.ErrConflict, "the account is there, but the answer of its creation was lost, and whether it was there before cannot be told",
			"If it is the one that was to be created, import it")
	case there:
		return nil
	case sendErr != nil:
		return api.Advise(sendErr, "The server does not list the account now: it is safe to run again")
	}
	return report.Problem(r, api.ErrUnavailable, "the server said that it stored the account, but does not list it",
		"It answers so when its database is in trouble: look at the mail server's database, and run again")
}

// postAccount sends the creation. The path is /user/:domain_id in the documentation, and
// /users/:domain_id in the released program, which reads the id only from the form. Each answers
// the other path as unknown, without having done anything.
func (c *Client) postAccount(ctx context.Context, d Domain, email string, credential Credential) error {
	id := strconv.FormatInt(d.ID, 10)
	form := append([][2]string{{"email", email}, {"domain_id", id}}, credential.fields()...)
	documented := c.documentedPath.Load()
	for range 2 {
		path := "users"
		if documented {
			path = "user"
		}
		r := post(http.MethodPost, []string{path, id}, form...)
		r.Op, r.Object, r.Secrets = "create account", email, []string{credential.Value}
		err := c.carryOut(ctx, r)
		if !isUnknownMethod(err) {
			return err
		}
		documented = !documented
		c.documentedPath.Store(documented)
	}
	return report.Problem(api.Request{Op: "create account", Object: email}, api.ErrUnavailable,
		"the server has neither POST /users/:domain_id nor POST /user/:domain_id",
		report.CheckURL)
}

// fields returns the form fields of a credential.
func (c Credential) fields() [][2]string {
	fields := [][2]string{{"password", c.Value}}
	if c.Hashed {
		fields = append(fields, [2]string{"is_encrypted", "1"})
	}
	return fields
}

// DeleteAccount deletes an account and its mail (DELETE /users), and proves by a list that it is
// gone. An account that does not exist is no error.
func (c *Client) DeleteAccount(ctx context.Context, email string) error {
	domain, err := splitEmail(email)
	if err != nil {
		return report.Unsendable(api.Request{Op: "delete account", Object: email}, err)
	}
	a, err := c.locate(ctx, domain, email)
	switch {
	case errors.Is(err, api.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	r := post(http.MethodDelete, []string{"users"}, [2]string{"email", a.Email})
	r.Op, r.Object = "delete account", email
	r.Repeat = api.Safely // the server deletes by address, so a second call finds nothing to delete
	read, sendErr, readErr := c.change(ctx, domain,
		func(ctx context.Context) error { return unansweredIsUnsure(c.carryOut(ctx, r)) },
		func(l *ledger, err error) {
			if err == nil {
				l.accountDeleted(domain)
			} else {
				l.toBeListed(domain)
			}
		})
	c.seen.forget(domain, email)
	switch {
	case sendErr != nil && !isUncertain(sendErr):
		return sendErr
	case readErr != nil:
		return unproven(r, sendErr, readErr)
	}
	p := read.proofs[strings.ToLower(domain)]
	_, there := p.account(email)
	switch {
	case p.counted, errors.Is(p.err, api.ErrNotFound): // or the domain is gone with it
		return nil
	case p.err != nil:
		return unproven(r, sendErr, p.err)
	case there && sendErr != nil:
		return api.Advise(sendErr, "The server still lists the account: it is safe to run again")
	case there:
		return report.Problem(r, api.ErrUnavailable, fmt.Sprintf("the server said that it deleted the account, but still lists it (id %d)", a.ID),
			"It answers so when its database is in trouble: look at the mail server's database, and run again")
	}
	return nil
}
