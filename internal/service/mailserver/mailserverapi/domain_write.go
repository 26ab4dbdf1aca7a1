package mailserverapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// CreateDomain creates a domain with its first account (POST /domains), and proves by the list that
// it exists once and has that account.
//
// If the domain exists, the error is api.ErrConflict. If the server has created the domain but not
// the account, the domain is deleted again. If the outcome stays unknown, the error matches
// api.ErrOutcomeUnknown.
func (c *Client) CreateDomain(ctx context.Context, name, firstEmail string, password Credential) (Domain, error) {
	r := post(http.MethodPost, []string{"domains"},
		[2]string{"domain", name}, [2]string{"username", firstEmail}, [2]string{"password", password.Value})
	r.Op, r.Object, r.Secrets = "create domain", name, []string{password.Value}
	if err := checkFirstAccount(name, firstEmail, password); err != nil {
		return Domain{}, report.Unsendable(r, err)
	}
	release, err := c.lockDomain(ctx, r)
	if err != nil {
		return Domain{}, err
	}
	defer release()

	rows, err := c.Domains(ctx)
	// A new server lists null as well. If the reason was its database, it refuses the creation.
	trusted := !errors.Is(err, ErrNoDomains)
	if err != nil && trusted {
		return Domain{}, err
	}
	if found := named(rows, name); len(found) > 1 {
		return Domain{}, severalRows(r.Op, name, found)
	} else if len(found) == 1 {
		return Domain{}, report.Problem(r, api.ErrConflict, fmt.Sprintf("the server has it already, with id %d", found[0].ID), "")
	}

	ctx, cancel := c.finishing(ctx)
	defer cancel()
	read, sendErr, readErr := c.change(ctx, name,
		func(ctx context.Context) error { return c.carryOut(ctx, r) },
		func(l *ledger, _ error) { l.domainCreated(name) })
	switch {
	case errors.Is(sendErr, api.ErrConflict) && !isAccountConflict(sendErr):
		return Domain{}, sendErr
	case errors.Is(sendErr, api.ErrRefused):
		return Domain{}, c.undoCreate(ctx, r, trusted, sendErr)
	case sendErr != nil && !isUncertain(sendErr):
		return Domain{}, sendErr
	case readErr != nil:
		return Domain{}, unproven(r, sendErr, readErr)
	}
	d, err := c.createdDomain(ctx, r, read, firstEmail, sendErr)
	if err == nil && sendErr != nil && !trusted {
		return Domain{}, report.Problem(r, api.ErrConflict, "the answer of the creation was lost; the domain is there now, but whether it was before cannot be told",
			"If it is the one that was to be created, import it")
	}
	return d, err
}

func checkFirstAccount(name, firstEmail string, password Credential) error {
	if err := CheckDomainName(name); err != nil {
		return err
	}
	domain, err := checkNewEmail(firstEmail)
	switch {
	case err != nil:
		return err
	case !same(domain, name):
		return fmt.Errorf("the first account %s is not in the domain", firstEmail)
	case password.Hashed:
		return errors.New("the first account of a domain takes a password, not a hash")
	}
	return password.check()
}

// createdDomain checks the state after a creation that the server has acknowledged, or whose answer
// was lost.
func (c *Client) createdDomain(ctx context.Context, r api.Request, read *settled, firstEmail string, sendErr error) (Domain, error) {
	found := named(read.domains, r.Object)
	switch {
	case len(found) > 1:
		return Domain{}, severalRows(r.Op, r.Object, found)
	case len(found) == 0 && sendErr != nil:
		return Domain{}, api.Advise(sendErr, "The server does not list the domain now: it is safe to run again")
	case len(found) == 0:
		return Domain{}, report.Problem(r, api.ErrUnavailable, "the server said that it created the domain, but does not list it",
			"Look at the mail server's database, and run again")
	}
	d := found[0]
	if sendErr == nil && d.Accounts == 1 {
		return d, nil
	}
	// The answer was lost, or others have added accounts quickly, or the first account was not
	// stored.
	again, err := c.settleWith(ctx, r.Object)
	if err != nil {
		return Domain{}, unproven(r, sendErr, err)
	}
	p := again.proofs[strings.ToLower(r.Object)]
	if p.err != nil {
		return Domain{}, unproven(r, sendErr, p.err)
	}
	if _, ok := p.account(firstEmail); ok {
		return d, nil
	}
	failed := report.Problem(r, nil, fmt.Sprintf("the server created it with id %d, but without its first account %s", d.ID, firstEmail),
		"Import the domain and add the account to it, or delete the domain, and run again")
	if sendErr == nil && len(p.accounts) == 0 {
		failed.Advice = "Look at the mail server's database, and run again"
		return Domain{}, c.undoCreate(ctx, r, true, failed)
	}
	return Domain{}, failed
}

// undoCreate deletes what a failed creation has left behind, because the server creates the domain
// before it checks the account. It returns the error of the creation, with a note on what became of
// the domain.
func (c *Client) undoCreate(ctx context.Context, r api.Request, wasAbsent bool, failed error) error {
	if isAccountConflict(failed) {
		failed = report.Problem(r, nil, "its first account exists already, under another domain",
			"Emails are unique on a mail server: choose another local part for the first account, or delete that account")
	}
	read, err := c.settle(ctx)
	if err != nil {
		// Most likely it is the database that made the creation fail.
		return api.Note(failed, "whether it left a domain without an account could not be checked: "+api.Brief(err))
	}
	left := named(read.domains, r.Object)
	switch {
	case len(left) == 0:
		return failed
	case len(left) > 1 || left[0].Accounts > 0 || !wasAbsent:
		return api.Advise(api.Note(failed, fmt.Sprintf("there is a domain of this name now, with id %d, that is not certain to be of our making", left[0].ID)),
			"Import the domain or delete it, and run again")
	}
	if err := c.deleteRow(ctx, left[0]); err != nil {
		return api.Advise(api.Note(failed, fmt.Sprintf("the server created the domain all the same, with id %d, and it could not be deleted again: %s", left[0].ID, api.Brief(err))),
			"Delete the domain, or import it and add the account to it, and run again")
	}
	return api.Note(failed, "the domain, which the server creates first, was deleted again")
}

// isAccountConflict is whether a domain was refused because of its first account.
func isAccountConflict(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && same(failed.Answer, answerUserExists)
}

// DeleteDomain deletes a domain, its accounts and their mail (DELETE /domain), and proves by the
// list that it is gone. A domain that does not exist is no error.
func (c *Client) DeleteDomain(ctx context.Context, name string) error {
	r := api.Request{Op: "delete domain", Object: name}
	if err := checkHost(name); err != nil {
		return report.Unsendable(r, err)
	}
	release, err := c.lockDomain(ctx, r)
	if err != nil {
		return err
	}
	defer release()
	// This needs a new list: with its database down, the server would delete the mail and nothing
	// else.
	read, err := c.settle(ctx)
	if err != nil {
		return err
	}
	d, err := oneDomain(read.domains, name)
	switch {
	case errors.Is(err, api.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return c.deleteRow(ctx, d)
}

// deleteRow deletes the only domain of a name. The caller holds the lock of the domain. The server
// deletes by name; so if the answer is lost, the call is repeated once, but only if the list shows
// that the same domain still exists.
func (c *Client) deleteRow(ctx context.Context, d Domain) error {
	ctx, cancel := c.finishing(ctx)
	defer cancel()
	again, err := c.deleteRowOnce(ctx, d)
	if again {
		_, err = c.deleteRowOnce(ctx, d)
	}
	return err
}

// mailMayBeLost is the advice after a deletion that did not succeed.
const mailMayBeLost = "Where its database is down, the server deletes the domain's mail all the same: look at the database, and whether the mail is still there, and run again"

// deleteRowOnce makes the call once. again is whether it may be repeated: the answer was lost, and
// the domain still exists.
func (c *Client) deleteRowOnce(ctx context.Context, d Domain) (again bool, err error) {
	r := post(http.MethodDelete, []string{"domain"}, [2]string{"domain", d.Name})
	r.Op, r.Object = "delete domain", d.Name
	read, sendErr, readErr := c.change(ctx, d.Name,
		func(ctx context.Context) error { return c.carryOut(ctx, r) },
		func(l *ledger, err error) {
			if err == nil {
				l.domainDeleted(d.Name)
			}
		})
	c.seen.forgetDomain(d.Name)
	switch {
	case sendErr != nil && !isUncertain(sendErr):
		return false, sendErr
	case readErr != nil:
		return false, api.Advise(unproven(r, sendErr, readErr), mailMayBeLost)
	}
	left := named(read.domains, d.Name)
	switch {
	case len(left) == 0:
		return false, nil
	case left[0].ID != d.ID:
		return false, report.Problem(r, nil, fmt.Sprintf("it was deleted, but there is another one of this name now, with id %d", left[0].ID),
			"Somebody else creates it at the same time: find out who, and run again")
	case sendErr != nil:
		return len(left) == 1, api.Advise(sendErr, "The server still lists the domain. "+mailMayBeLost)
	}
	return false, report.Problem(r, api.ErrUnavailable, "the server said that it deleted the domain, but still lists it", mailMayBeLost)
}

// lockDomain prevents parallel creations and deletions of one name, because the server checks that
// a name is free and takes it in two steps.
func (c *Client) lockDomain(ctx context.Context, r api.Request) (release func(), err error) {
	release, err = c.locks.acquire(ctx, "domain "+strings.ToLower(r.Object))
	if err != nil {
		return nil, report.Unsendable(r, err)
	}
	return release, nil
}

// unproven is the error of a change that no list could prove. sendErr is nil if the server
// acknowledged the change.
func unproven(r api.Request, sendErr, readErr error) error {
	return report.Unproven(r, sendErr, readErr, "the server said that it was done, as it does in any case", "Run again when the mail server works: that shows whether it was done")
}
