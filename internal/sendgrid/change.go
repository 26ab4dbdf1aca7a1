package sendgrid

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// proof is what an answer says of whether a change was made.
type proof int

const (
	refuted proof = iota // it shows the domain as if there had been no change
	untold               // it has nothing that would tell
	proven               // it shows the change
)

func provenIf(shown bool) proof {
	if shown {
		return proven
	}
	return refuted
}

// change makes a call that changes a domain, and returns how that is afterwards.
// Each such call says how something shall be, so that it may be repeated.
//
// The change is done when an answer shows it: that of the call or, where it does not
// tell or was lost, that of a read. What SendGrid tells of in no answer counts as done
// on its word.
func (c *Client) change(ctx context.Context, ref Ref, r api.Request, look func(Domain) proof) (Domain, error) {
	r.Repeat = api.Safely
	ctx, done := c.finishing(ctx)
	defer done()
	resp, err := c.call(ctx, r)
	c.forget()
	switch {
	case err == nil:
		if d, ok := c.answered(r, ref, resp); ok && look(d) == proven {
			return d, nil
		}
	case !isNotFound(err) && !errors.Is(err, api.ErrUnavailable):
		return Domain{}, err // refused
	}
	d, readErr := c.readBack(ctx, ref, look)
	switch {
	case readErr != nil && (err == nil || errors.Is(readErr, api.ErrNotFound) || errors.Is(readErr, ErrOtherAccount) || errors.Is(readErr, ErrOtherDomain)):
		return Domain{}, readErr
	case readErr != nil:
		return Domain{}, api.Note(err, "whether the change was made could not be checked: "+api.Brief(readErr))
	case look(d) == proven || look(d) == untold && err == nil:
		return d, nil
	case err == nil:
		return Domain{}, &api.Error{
			Service: service, Op: r.Op, Object: r.Object, Answer: "SendGrid took the call, and still shows the domain as it was before",
			Advice: "It is safe to run again",
		}
	case look(d) == untold:
		return Domain{}, api.Note(err, "whether the change was made is not shown by SendGrid; it is safe to run again")
	}
	return Domain{}, api.Note(err, "the change was not made: SendGrid shows the domain as it was before")
}

// answered is the domain in the answer to a change, if that is one and is the right
// one.
func (c *Client) answered(r api.Request, ref Ref, resp *api.Response) (Domain, bool) {
	var got oneOrMany
	if len(resp.Body) == 0 || c.decode(r, resp, &got) != nil {
		return Domain{}, false
	}
	d, ok := withID(got, ref.ID)
	return d, ok && c.check(r, ref, d) == nil
}

// readBack reads a domain by itself and, where that does not tell what is looked for,
// from the list.
func (c *Client) readBack(ctx context.Context, ref Ref, look func(Domain) proof) (Domain, error) {
	d, err := c.DomainNow(ctx, ref)
	if err != nil || look(d) != untold {
		return d, err
	}
	return c.Domain(ctx, ref)
}

// Delete deletes a domain (DELETE /v3/whitelabel/domains/{id}). One that SendGrid
// verifiably does not have is no error. A domain that is not the one which is known
// by this number is left alone: the error matches ErrOtherDomain or, where the domain
// is out of sight of the API key, ErrOtherAccount.
func (c *Client) Delete(ctx context.Context, ref Ref) error {
	r := c.request("delete domain", http.MethodDelete, ref)
	r.Repeat = api.Safely
	if err := c.confirm(ctx, r, ref); err != nil {
		if isNotFound(err) {
			return nil
		}
		return err
	}
	ctx, done := c.finishing(ctx)
	defer done()
	resp, err := c.call(ctx, r)
	c.forget()
	switch {
	case isNotFound(err):
		err = c.proveDeleted(ctx, r, ref, nil, "SendGrid answers that there is no such domain, and still lists it")
	case err == nil && resp.Status != http.StatusNoContent:
		err = c.proveDeleted(ctx, r, ref, nil, "SendGrid took the call, and still lists the domain")
	case errors.Is(err, api.ErrUnavailable):
		err = c.proveDeleted(ctx, r, ref, err, "the domain is still there")
	}
	if err == nil {
		c.account.seen.deleted(ref.ID)
	}
	return err
}

// confirm looks whether a domain that is to be deleted is the one that is known. What
// this client has seen of it is good enough: a number is given out once.
func (c *Client) confirm(ctx context.Context, r api.Request, ref Ref) error {
	if d, ok := c.account.seen.get(ref.ID); ok {
		return c.check(r, ref, d)
	}
	_, err := c.Domain(ctx, ref)
	return err
}

// proveDeleted looks for a domain of which no answer says plainly that it was deleted:
// what answers at a wrong URL may know nothing of domains at all. failed is the error
// of the call, if it had no answer.
func (c *Client) proveDeleted(ctx context.Context, r api.Request, ref Ref, failed error, still string) error {
	_, err := c.DomainNow(ctx, ref)
	switch {
	case isNotFound(err):
		return nil
	case err != nil && failed != nil:
		return api.Note(failed, fmt.Sprintf("whether it was deleted could not be checked: %s", api.Brief(err)))
	case err != nil:
		return err
	case failed != nil:
		return api.Note(failed, still)
	}
	return &api.Error{Service: service, Op: r.Op, Object: r.Object, Answer: still, Advice: "It is safe to run again"}
}
