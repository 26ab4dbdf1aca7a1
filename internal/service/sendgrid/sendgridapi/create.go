package sendgridapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// NewDomain holds the values for a new domain. SendGrid chooses those that are empty.
type NewDomain struct {
	Domain            string   `json:"domain"`
	Subdomain         string   `json:"subdomain,omitempty"`
	Username          string   `json:"username,omitempty"` // the subuser that becomes its owner
	IPs               []string `json:"ips,omitempty"`
	CustomSPF         *bool    `json:"custom_spf,omitempty"` // with manual security only
	Default           *bool    `json:"default,omitempty"`
	AutomaticSecurity *bool    `json:"automatic_security,omitempty"`
	// Region is the region of the domain, whichever host is called. "": that of the host.
	Region Region `json:"region,omitempty"`
	// CustomDKIMSelector has three letters or digits.
	CustomDKIMSelector string `json:"custom_dkim_selector,omitempty"`
}

// ExistsError is the error of a creation if the domain exists already. It matches api.ErrConflict.
type ExistsError struct {
	// Existing are the conflicting domains of the same owner. It is empty if SendGrid reports a
	// conflict but lists no such domain, or one of another owner.
	Existing []Domain
	err      *api.Error
}

func (e *ExistsError) Error() string { return e.err.Error() }

// Unwrap gives the *api.Error.
func (e *ExistsError) Unwrap() error { return e.err }

// Create registers a domain (POST /v3/whitelabel/domains).
//
// Without a subdomain, SendGrid would make another domain of the same name at each call, of which
// only one can be valid. So any domain of that name and owner is an *ExistsError; with a subdomain,
// only one that has both. The domains of subusers, which a parent account lists too, do not
// conflict with its own.
//
// If the answer to a creation is lost or is about another domain, Create looks for the new domain
// in the list. The error matches api.ErrOutcomeUnknown only if that does not show what happened.
func (c *Client) Create(ctx context.Context, n NewDomain) (Domain, error) {
	if n.Region == "" {
		n.Region = c.region
	}
	body := n
	if n.Region == Global && c.region == Global {
		body.Region = "" // which is SendGrid's default
	}
	r := api.Request{Op: "create domain", Object: n.Domain, Method: http.MethodPost, Path: path()}.WithJSON(body)
	before, err := c.lookFirst(ctx, r, n)
	if err != nil {
		return Domain{}, err
	}
	ctx, done := c.finishing(ctx)
	defer done()
	d, err := c.create(ctx, r, n, before)
	c.forget()
	switch {
	case errors.Is(err, api.ErrConflict):
		return Domain{}, c.refused(ctx, n, err)
	case errors.Is(err, api.ErrOutcomeUnknown):
		d, err = c.lookAfter(ctx, n, before, err)
	}
	if err != nil {
		return Domain{}, err
	}
	c.account.seen.add(d)
	if n.Username == "" {
		c.account.self.set(d.owner())
	}
	return d, nil
}

// create makes the call.
func (c *Client) create(ctx context.Context, r api.Request, n NewDomain, before []Domain) (Domain, error) {
	resp, err := c.call(ctx, r)
	if err != nil {
		return Domain{}, err
	}
	var d Domain
	if err := c.decode(r, resp, &d); err != nil {
		return Domain{}, err
	}
	switch {
	case d.problem != "":
		return Domain{}, c.unreadable(r, d)
	case d.ID == 0:
		return Domain{}, report.Unintelligible(r)
	}
	if other := c.unlike(n, d, before); other != "" {
		return Domain{}, &api.Error{
			Service: service, Op: r.Op, Object: r.Object, Kind: ErrOtherDomain, Unsure: true,
			Answer: fmt.Sprintf("the answer is about %s, which %s", describe([]Domain{d}), other), Advice: checkURL,
		}
	}
	return d, nil
}

// unlike says why a domain cannot be the one that was to be created; "" if it can. before are the
// domains that existed before.
func (c *Client) unlike(n NewDomain, d Domain, before []Domain) string {
	own := c.account.self.get()
	_, known := withID(before, d.ID)
	switch {
	case !strings.EqualFold(d.Domain, n.Domain):
		return "has another name"
	case n.Subdomain != "" && !strings.EqualFold(d.Subdomain, n.Subdomain):
		return "has another subdomain than " + n.Subdomain
	case n.Username != "" && !strings.EqualFold(d.Username, n.Username):
		return "does not belong to " + n.Username
	case n.Username == "" && own.Known() && d.owner().Known() && !own.same(d.owner()):
		return "does not belong to " + own.String()
	case known:
		return "has been there before"
	}
	return ""
}

// lookFirst refuses to create a domain that exists already, and returns the existing ones. An older
// list is sufficient: if somebody else has created the domain since, SendGrid refuses the call, or
// there is another domain of that name.
func (c *Client) lookFirst(ctx context.Context, r api.Request, n NewDomain) (before []Domain, err error) {
	before, listed := c.account.seen.all()
	if listed && len(matching(before, n)) == 0 {
		return before, nil
	}
	if before, err = c.Domains(ctx); err != nil {
		return nil, err
	}
	found, err := c.sameOwner(ctx, n, matching(before, n))
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, exists(&api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrConflict}, found)
	}
	return before, nil
}

// sameOwner returns those of some domains that belong to the owner of a new one.
func (c *Client) sameOwner(ctx context.Context, n NewDomain, rows []Domain) ([]Domain, error) {
	if n.Username != "" {
		return slices.DeleteFunc(rows, func(d Domain) bool { return !strings.EqualFold(d.Username, n.Username) }), nil
	}
	return c.Own(ctx, rows)
}

// refused makes the error of a creation that SendGrid refuses because of a conflict, and finds out
// with which domain.
func (c *Client) refused(ctx context.Context, n NewDomain, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	said := *fail
	var found []Domain
	if rows, listErr := c.Domains(ctx); listErr == nil {
		found = matching(rows, n)
	}
	own, ownErr := c.sameOwner(ctx, n, slices.Clone(found))
	switch {
	case ownErr == nil && len(own) > 0:
		return exists(&said, own)
	case len(found) > 0:
		said.Answer += "; there is " + describe(found)
		said.Advice = "That one belongs to another account or subuser: give this one another subdomain"
	default:
		said.Advice = "SendGrid lists no such domain " + c.where() +
			", so it may be that of another account or region: give this one another subdomain, or have it released there"
	}
	return &ExistsError{err: &said}
}

// exists makes the error of a creation that conflicts with domains of the same owner.
func exists(fail *api.Error, found []Domain) error {
	fail.Answer = strings.TrimPrefix(fail.Answer+"; there is "+describe(found), "; ")
	fail.Advice = "Import it, or delete it at SendGrid if it is not needed; to have a second one beside it, give this one a subdomain of its own"
	return &ExistsError{err: fail, Existing: found}
}

// lookAfter looks for the domain of a creation whose answer was lost.
func (c *Client) lookAfter(ctx context.Context, n NewDomain, before []Domain, lost error) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, api.Note(lost, "whether it is there could not be checked: "+api.Brief(err))
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(d Domain) bool { return d.problem != "" || c.unlike(n, d, before) != "" })
	made, err := c.sameOwner(ctx, n, rows)
	if err != nil {
		return Domain{}, api.Note(lost, "whose the new domains of this name are could not be checked: "+api.Brief(err))
	}
	switch len(made) {
	case 0:
		return Domain{}, api.Note(lost, "SendGrid does not list the domain")
	case 1:
		return made[0], nil
	}
	return Domain{}, api.Note(lost, "there are new domains of this name, of which one may be of this making: "+describe(made))
}

// matching returns the domains with the name of a new one and, if that has a subdomain, with the
// same subdomain.
func matching(rows []Domain, n NewDomain) []Domain {
	var found []Domain
	for _, d := range rows {
		if strings.EqualFold(d.Domain, n.Domain) && (n.Subdomain == "" || strings.EqualFold(d.Subdomain, n.Subdomain)) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b Domain) int { return cmp.Compare(a.ID, b.ID) })
	return found
}
