package yandexapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// CreateAccount creates a mailbox (POST email/add), sets its profile (POST email/edit), and checks
// in the list that it exists. If one of these fails, it deletes the mailbox again. If the mailbox
// exists already, the error is api.ErrConflict with the import id in its text; if something else
// has the name, it is Occupied too. The password has to pass CheckPassword.
func (c *Client) CreateAccount(ctx context.Context, email, password string, profile Profile) (Account, error) {
	at, err := parseEmail(email)
	r := post("create account", email, areaEmail, "add", url.Values{"domain": {at.domain}, "login": {at.local}, "password": {password}})
	r.Repeat, r.Secrets = api.Never, []string{password}
	if err == nil {
		err = CheckPassword(at.local, password)
	}
	if err != nil {
		return Account{}, report.Unsendable(r, err)
	}
	release, err := c.reserve(r, at.String())
	if err != nil {
		return Account{}, err
	}
	defer release()
	if err := c.lookForAccount(ctx, r, at); err != nil {
		return Account{}, err
	}
	ctx, done := c.finishing(ctx)
	defer done()
	err = c.addAccount(ctx, r, at)
	c.forgetAccounts(at.domain)
	if errors.Is(err, Occupied) {
		if a, lookErr := c.Account(ctx, at.String()); lookErr == nil {
			return Account{}, accountExists(r, a)
		}
	}
	if err != nil {
		return Account{}, err
	}
	a, err := c.completeAccount(ctx, r, at, profile)
	if err != nil {
		return Account{}, c.undoAccount(ctx, at, err)
	}
	return a, nil
}

// lookForAccount refuses to create what exists already. An older list is sufficient: if something
// has been created since, the service itself refuses.
func (c *Client) lookForAccount(ctx context.Context, r api.Request, at address) error {
	accounts, listed := c.rosters.of(at.domain).lastSeen()
	if _, there := addressed(accounts, at); !listed || there {
		var err error
		if accounts, err = c.Accounts(ctx, at.domain); err != nil {
			return err
		}
	}
	if a, there := addressed(accounts, at); there {
		return accountExists(r, a)
	}
	return nil
}

func accountExists(r api.Request, a Account) error {
	if a.MailingList {
		return report.Problem(r, api.ErrConflict, "there is a mailing list of this address", "Choose another local part, or delete the mailing list at the service")
	}
	return report.Problem(r, api.ErrConflict, "the mailbox exists already", fmt.Sprintf("Import it, by the id %q", "yandex/"+a.Email))
}

func (c *Client) addAccount(ctx context.Context, r api.Request, at address) error {
	return c.create(ctx, r,
		func(ctx context.Context) error { return c.once(ctx, r, &acknowledgement{}) },
		func(ctx context.Context) (bool, error) {
			c.forgetAccounts(at.domain)
			accounts, err := c.accountsNow(ctx, at.domain)
			_, there := addressed(accounts, at)
			return there, err
		})
}

// completeAccount sets what the creation does not take, and proves the whole by a list.
func (c *Client) completeAccount(ctx context.Context, r api.Request, at address, profile Profile) (Account, error) {
	if profile != (Profile{}) {
		if err := c.editAccount(ctx, at, Changes{Profile: profile}); err != nil {
			return Account{}, err
		}
	}
	return c.proveAccount(ctx, r, at, profile)
}

// undoAccount deletes a mailbox that could not be completed, so that the next attempt does not find
// a mailbox that is not in any state.
func (c *Client) undoAccount(ctx context.Context, at address, err error) error {
	ctx, done := c.undoing(ctx)
	defer done()
	if undone := c.DeleteAccount(ctx, at.String()); undone != nil {
		return fmt.Errorf("%w. The mailbox was created, and deleting it failed too (%w): import it, by the id %q",
			err, undone, "yandex/"+at.String())
	}
	return fmt.Errorf("%w. What was created has been deleted again", err)
}

// UpdateAccount changes a mailbox (POST email/edit) and returns it as the list shows it afterwards.
// If it does not exist, the error is api.ErrNotFound. A new password has to pass CheckPassword.
// Whether the password is in use cannot be read back.
func (c *Client) UpdateAccount(ctx context.Context, email string, changes Changes) (Account, error) {
	r := api.Request{Op: "update account", Object: email}
	at, err := parseEmail(email)
	if err == nil && changes.Password != nil {
		err = CheckPassword(at.local, *changes.Password)
	}
	if err != nil {
		return Account{}, report.Unsendable(r, err)
	}
	if changes == (Changes{}) {
		return c.Account(ctx, email)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	if err := c.editAccount(ctx, at, changes); err != nil {
		return Account{}, err
	}
	return c.proveAccount(ctx, r, at, changes.Profile)
}

func (c *Client) editAccount(ctx context.Context, at address, changes Changes) error {
	form := url.Values{"domain": {at.domain}, "login": {at.local}}
	if changes.FirstName != nil {
		form.Set("iname", *changes.FirstName)
	}
	if changes.LastName != nil {
		form.Set("fname", *changes.LastName)
	}
	if changes.Enabled != nil {
		form.Set("enabled", yesNo(*changes.Enabled))
	}
	var secrets []string
	if changes.Password != nil {
		form.Set("password", *changes.Password)
		secrets = []string{*changes.Password}
	}
	r := post("update account", at.String(), areaEmail, "edit", form)
	r.Secrets = secrets
	err := c.call(ctx, r, &acknowledgement{})
	c.forgetAccounts(at.domain)
	return err
}

func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// proveAccount reads lists after a change until one shows what was set, and returns the mailbox. A
// change may take the service a moment.
func (c *Client) proveAccount(ctx context.Context, r api.Request, at address, profile Profile) (Account, error) {
	for attempt := 0; ; attempt++ {
		accounts, err := c.accountsNow(ctx, at.domain)
		if err != nil {
			return Account{}, unproven(r, nil, err)
		}
		a, there := addressed(accounts, at)
		shows := ""
		switch {
		case !there:
			shows = "does not list the mailbox"
		case !profile.shownBy(a):
			shows = "shows other values"
		default:
			return a, nil
		}
		if attempt == repeats || c.pause(ctx, attempt) != nil {
			return Account{}, notStored(r, shows)
		}
	}
}

// shownBy is whether an account has the values of a profile.
func (p Profile) shownBy(a Account) bool {
	return (p.FirstName == nil || *p.FirstName == a.FirstName) && (p.LastName == nil || *p.LastName == a.LastName) &&
		(p.Enabled == nil || *p.Enabled == a.Enabled)
}

// DeleteAccount deletes a mailbox and its mail (POST email/del), and checks in the list that it is
// gone. If it is gone already, there is no error.
func (c *Client) DeleteAccount(ctx context.Context, email string) error {
	at, err := parseEmail(email)
	r := post("delete account", email, areaEmail, "del", url.Values{"domain": {at.domain}, "login": {at.local}})
	if err != nil {
		return report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	err = c.call(ctx, r, &acknowledgement{})
	c.forgetAccounts(at.domain)
	switch {
	case isNotFound(err):
		return nil
	case isRefusal(err):
		// The domain may be gone, and its accounts with it.
		if _, lookErr := c.Account(ctx, at.String()); isNotFound(lookErr) {
			return nil
		}
		return err
	}
	return c.proveGone(ctx, r, err, func(ctx context.Context) (bool, error) {
		accounts, err := c.accountsNow(ctx, at.domain)
		if isNotFound(err) {
			return false, nil
		}
		_, there := addressed(accounts, at)
		return there, err
	})
}

// forgetAccounts drops the list of a domain's accounts, and their number in the list of domains.
func (c *Client) forgetAccounts(domain string) {
	c.accounts.Forget(domain)
	c.domains.Forget(allDomains)
}
