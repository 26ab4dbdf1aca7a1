package octethapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const (
	// lookAge is how old a list of domains may be to rely on it when a domain is created. A new
	// list for each creation would double the calls, of which there are few.
	lookAge = time.Minute
	// undoTime is the time to undo what could not be completed.
	undoTime = 30 * time.Second
)

// Create registers a sender domain and returns it with its records. For options that are nil, the
// platform uses its defaults.
//
// If a domain exists, the platform takes its creation for a wish to start again, and a verified
// domain becomes pending. So Create looks first: for a domain that exists, the error is
// api.ErrConflict, with the id in its text. If a later call of several fails, Create undoes the
// earlier ones.
func (c *Client) Create(ctx context.Context, kind Kind, name string, options Options) (SenderDomain, error) {
	command := commandsOf[kind]
	asked, later := c.atCreate(kind, options)
	params := asked.params(kind)
	params[command.name] = name
	r := c.command(command.create, params)
	r.Op, r.Object = "create", label(kind, name)
	if err := known(r, kind); err != nil {
		return SenderDomain{}, err
	}
	if err := c.Registers(r.Op, kind, r.Object); err != nil {
		return SenderDomain{}, err
	}
	if err := c.takes(r, kind, options); err != nil {
		return SenderDomain{}, err
	}
	done, err := c.look(ctx, r, kind, name)
	if err != nil {
		return SenderDomain{}, err
	}
	defer done()

	var got answer
	err = c.call(ctx, r, meanings{
		command.full:     {advice: "The user has as many sender domains as the user group allows: delete one, or have the limit raised"},
		command.badLabel: {advice: labelAdvice},
	}, &got)
	c.lists.Forget(string(kind))
	if errors.Is(err, api.ErrOutcomeUnknown) {
		return c.afterUnknown(ctx, kind, name, later, err)
	}
	if err != nil {
		return SenderDomain{}, err
	}
	d := got.one().model(kind)
	d.ID = got.idOf()
	switch {
	case d.ID == 0:
		return c.afterUnknown(ctx, kind, name, later, report.Unintelligible(r))
	case !isAbout(d, name):
		// It is not known whose number that is. A deletion by it could hit another domain.
		return c.afterUnknown(ctx, kind, name, later, otherDomain(r, d.Domain))
	}
	c.looked.add(kind, name, d.ID)
	d.Domain = name
	return c.complete(ctx, d, later)
}

// look makes sure that a domain does not exist, and prevents others in this process from creating
// it until done is called.
func (c *Client) look(ctx context.Context, r api.Request, kind Kind, name string) (done func(), err error) {
	if !c.looked.begin(kind, name) {
		return nil, report.Problem(r, api.ErrConflict, "it is being created by another resource of this run", "Keep one of the two resources")
	}
	done = func() { c.looked.end(kind, name) }
	if err := c.lookAgain(ctx, kind); err != nil {
		done()
		return nil, err
	}
	if id, exists := c.looked.id(kind, name); exists {
		done()
		return nil, report.Problem(r, api.ErrConflict, "the domain exists already, and creating it again would take away that it is verified",
			fmt.Sprintf("Import it, by the id %q", label(kind, id)))
	}
	return done, nil
}

// lookAgain lists the domains of a kind unless there is a list from within lookAge. Concurrent
// callers share one list.
func (c *Client) lookAgain(ctx context.Context, kind Kind) error {
	select {
	case c.looking <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.looking }()
	if c.looked.recently(kind) {
		return nil
	}
	_, err := c.list(ctx, kind)
	return err
}

// afterUnknown looks for a domain whose creation has an unknown outcome. It did not exist before,
// so if it exists now, we have created it.
func (c *Client) afterUnknown(ctx context.Context, kind Kind, name string, later Options, cause error) (SenderDomain, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	d, err := c.DomainByName(ctx, kind, name)
	if err != nil {
		return SenderDomain{}, cause // the creation may still be under way
	}
	return c.complete(ctx, d, later)
}

// atCreate splits options into those that the creation takes and those that need an update after
// it.
//
// For campaign domains before 5.9.3, a creation stores the labels but does not use them in the
// records; and an update to labels that are already stored may count as no change. So the labels
// are only sent with the update.
func (c *Client) atCreate(kind Kind, o Options) (asked, later Options) {
	labels := Options{Subdomain: o.Subdomain, TrackPrefix: o.TrackPrefix, UseTrackingSubdomain: o.UseTrackingSubdomain}
	flags := Options{LinkTracking: o.LinkTracking, OpenTracking: o.OpenTracking, UnsubscribeLink: o.UnsubscribeLink}
	switch {
	case kind == Campaign && c.version.before(campaignLabels):
		return flags, labels
	case kind == Campaign:
		return o, Options{}
	}
	later = flags
	if c.version.before(gatewayLabels) {
		later.Subdomain = o.Subdomain
		return Options{}, later
	}
	return labels, later
}

// complete sets the options that a creation does not take, and finds the records that its answer
// does not show. If that fails, it deletes the domain again, so that the next attempt does not find
// a domain that is not in any state.
func (c *Client) complete(ctx context.Context, d SenderDomain, later Options) (SenderDomain, error) {
	whole, err := c.completed(ctx, d, later)
	if err == nil || errors.Is(err, errOtherDomain) {
		return whole, err // we must not delete another domain
	}
	undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	undone := c.Delete(undo, d.Kind, d.ID)
	if undone == nil || errors.Is(undone, api.ErrNotFound) {
		return SenderDomain{}, fmt.Errorf("%w. The domain was created and has been deleted again", err)
	}
	return SenderDomain{}, fmt.Errorf("%w. The domain was created, and deleting it failed too (%w): import it, by the id %q",
		err, undone, label(d.Kind, d.ID))
}

func (c *Client) completed(ctx context.Context, d SenderDomain, later Options) (SenderDomain, error) {
	name := d.Domain
	changes := later != (Options{}) && !later.shownBy(d.Options)
	// So far only the platform's answer connects the number with the domain. This read confirms it.
	read, err := c.whole(ctx, d, d.Records == nil && !changes)
	if err == nil {
		read, err = named(read, name)
	}
	if err != nil || !changes {
		return read, err
	}
	updated, _, err := c.Update(ctx, d.Kind, d.ID, later)
	if err != nil {
		return SenderDomain{}, err
	}
	if updated.Records == nil {
		if updated, err = c.whole(ctx, updated, true); err != nil {
			return SenderDomain{}, err
		}
	}
	return named(updated, name)
}

// named checks that a domain that was read by its number has the right name.
func named(d SenderDomain, name string) (SenderDomain, error) {
	if !isAbout(d, name) {
		return SenderDomain{}, otherDomain(api.Request{Op: "read", Object: label(d.Kind, d.ID)}, d.Domain)
	}
	d.Domain = name
	return d, nil
}

// isAbout is whether an answer is about a domain. Some answers do not name theirs.
func isAbout(d SenderDomain, name string) bool {
	return d.Domain == "" || strings.EqualFold(d.Domain, name)
}

// errOtherDomain is the cause of an error about an answer for another domain.
var errOtherDomain = errors.New("the answer is about another domain")

// otherDomain is the error of an answer about another domain than the one of the call.
func otherDomain(r api.Request, about string) error {
	err := report.Problem(r, api.ErrUnavailable, about,
		"Check that url of octeth in the provider configuration is that of the installation itself, and that no proxy answers in its place; look at the user's sender domains in Octeth before the next attempt")
	err.Cause, err.Unsure = errOtherDomain, r.Repeat == api.Never
	return err
}

// shownBy is whether an answer shows the options that need an update after the creation already.
func (o Options) shownBy(shown Options) bool {
	for _, pair := range [][2]*bool{
		{o.LinkTracking, shown.LinkTracking}, {o.OpenTracking, shown.OpenTracking}, {o.UnsubscribeLink, shown.UnsubscribeLink},
	} {
		if pair[0] != nil && (pair[1] == nil || *pair[0] != *pair[1]) {
			return false
		}
	}
	// Answers mention the name for tracking if it is switched off. They do not mention an empty
	// label, which means the installation's own.
	if o.UseTrackingSubdomain != nil && *o.UseTrackingSubdomain != (shown.UseTrackingSubdomain == nil || *shown.UseTrackingSubdomain) {
		return false
	}
	for _, pair := range [][2]*string{{o.Subdomain, shown.Subdomain}, {o.TrackPrefix, shown.TrackPrefix}} {
		if pair[0] != nil && *pair[0] != "" && (pair[1] == nil || *pair[0] != *pair[1]) {
			return false
		}
	}
	return true
}
