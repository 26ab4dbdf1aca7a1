package sendgridapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// proof is what an answer shows about a change.
type proof int

const (
	refuted proof = iota // it shows the domain without the change
	untold               // it cannot show the change
	proven               // it shows the change
)

func provenIf(shown bool) proof {
	if shown {
		return proven
	}
	return refuted
}

// change makes a call that changes a domain, and returns the domain after it. Each such call sets
// values, so it may be repeated.
//
// The change is done when an answer shows it: that of the call, or if it does not show it or was
// lost, that of a read. If no answer of SendGrid can show the change, a successful call counts.
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

// answered returns the domain in the answer to a change, if there is one and it is the right one.
func (c *Client) answered(r api.Request, ref Ref, resp *api.Response) (Domain, bool) {
	var got oneOrMany
	if len(resp.Body) == 0 || c.decode(r, resp, &got) != nil {
		return Domain{}, false
	}
	d, ok := withID(got, ref.ID)
	return d, ok && c.check(r, ref, d) == nil
}

// readBack reads a domain by itself, and from the list if that does not show what is looked for.
func (c *Client) readBack(ctx context.Context, ref Ref, look func(Domain) proof) (Domain, error) {
	d, err := c.DomainNow(ctx, ref)
	if err != nil || look(d) != untold {
		return d, err
	}
	return c.Domain(ctx, ref)
}

// Delete deletes a domain (DELETE /v3/whitelabel/domains/{id}). A domain that SendGrid verifiably
// does not have is no error. It leaves a domain alone that does not match what is known of this
// number: the error matches ErrOtherDomain or, if the API key cannot see the domain,
// ErrOtherAccount.
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

// confirm checks that a domain which is to be deleted matches what is known of it. What this client
// has seen before is sufficient, because a number is never used again.
func (c *Client) confirm(ctx context.Context, r api.Request, ref Ref) error {
	if d, ok := c.account.seen.get(ref.ID); ok {
		return c.check(r, ref, d)
	}
	_, err := c.Domain(ctx, ref)
	return err
}

// proveDeleted looks for a domain when no answer says clearly that it was deleted: a server at a
// wrong URL may know no domains at all. failed is the error of a call without an answer.
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
