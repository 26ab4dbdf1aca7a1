package yandexapi

import (
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// reserve prevents others in this process from creating an object of the same name until done is
// called. So if an answer is lost and the object exists afterwards, this creation has made it.
func (c *Client) reserve(r api.Request, name string) (done func(), err error) {
	if _, taken := c.creating.LoadOrStore(name, true); taken {
		return nil, report.Problem(r, api.ErrConflict, "it is being created by another resource of this run", "Keep one of the two resources")
	}
	return func() { c.creating.Delete(name) }, nil
}

// create makes a creation that must not be made twice. send makes the call once, and look checks
// whether the object exists, which it did not before. A call that may have arrived is not repeated.
// A call that failed temporarily, by the service's own word, is repeated unless the object exists.
func (c *Client) create(ctx context.Context, r api.Request, send func(context.Context) error, look func(context.Context) (bool, error)) error {
	for attempt := 0; ; attempt++ {
		err := send(ctx)
		if attempt > 0 && isRefusal(err) && !isTemporary(err) {
			// An attempt that the service reported as failed may have been carried out a little
			// later, and conflict with this one.
			if there, lookErr := look(ctx); lookErr == nil && there {
				return nil
			}
		}
		if !isTemporary(err) && !isUncertain(err) {
			return err
		}
		there, lookErr := look(ctx)
		switch {
		case lookErr != nil:
			return unproven(r, err, lookErr)
		case there:
			return nil
		case isUncertain(err):
			return api.Advise(err, "The service does not have it now: it is safe to run again")
		case attempt == repeats || c.pause(ctx, attempt) != nil:
			return err
		}
	}
}

// proveGone checks that something deleted is gone. sendErr is the error of the deletion, nil if the
// service said that it was done. A deletion may take the service a moment.
func (c *Client) proveGone(ctx context.Context, r api.Request, sendErr error, look func(context.Context) (there bool, err error)) error {
	if sendErr != nil && ctx.Err() != nil {
		return sendErr // there is no time left to look
	}
	for attempt := 0; ; attempt++ {
		there, err := look(ctx)
		switch {
		case err != nil && sendErr != nil:
			return sendErr
		case err != nil:
			return unproven(r, nil, err)
		case !there:
			return nil
		case sendErr != nil:
			return api.Advise(sendErr, "It is still there: run again")
		case attempt == repeats || c.pause(ctx, attempt) != nil:
			return notStored(r, "still has it")
		}
	}
}

// undoing gives an undo its own time, because the change that failed may have used up the rest.
func (c *Client) undoing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Grace)
}

// notStored is the error of a change that the service says it has made, but does not show.
func notStored(r api.Request, shows string) error {
	return report.Problem(r, api.ErrUnavailable, fmt.Sprintf("the service said that it was done, but %s", shows),
		"Run again; if that does not help, ask the support of the service")
}
