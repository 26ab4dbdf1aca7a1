package sendgrid

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// NewDomain is what a domain is created with. What is empty is left to SendGrid.
type NewDomain struct {
	Domain            string   `json:"domain"`
	Subdomain         string   `json:"subdomain,omitempty"`
	Username          string   `json:"username,omitempty"` // the subuser that it is for
	IPs               []string `json:"ips,omitempty"`
	CustomSPF         *bool    `json:"custom_spf,omitempty"` // with manual security only
	Default           *bool    `json:"default,omitempty"`
	AutomaticSecurity *bool    `json:"automatic_security,omitempty"`
	// CustomDKIMSelector has three letters or digits.
	CustomDKIMSelector string `json:"custom_dkim_selector,omitempty"`
}

// ExistsError is that of a creation whose domain is there already. It matches
// api.ErrConflict.
type ExistsError struct {
	// Existing are the domains in the way; empty where SendGrid says that there is
	// one and does not list it.
	Existing []Domain
	err      *api.Error
}

func (e *ExistsError) Error() string { return e.err.Error() }

// Unwrap gives the *api.Error.
func (e *ExistsError) Unwrap() error { return e.err }

// Create registers a domain (POST /v3/whitelabel/domains), in the region of the
// client.
//
// Without a subdomain SendGrid would make another domain of the same name at each
// call, of which only one can ever be valid. So whatever there is of that name, and
// of the same subuser if one is named, is an *ExistsError; with a subdomain, what
// has both.
//
// A creation whose answer was lost is looked for in the list. The error matches
// api.ErrOutcomeUnknown only where that cannot tell.
func (c *Client) Create(ctx context.Context, n NewDomain) (Domain, error) {
	body := struct {
		NewDomain
		Region Region `json:"region,omitempty"`
	}{NewDomain: n}
	if c.region == EU {
		body.Region = EU // which is not what SendGrid assumes
	}
	text, err := json.Marshal(body)
	if err != nil {
		return Domain{}, err
	}
	r := api.Request{
		Op: "create domain", Object: n.Domain, Method: http.MethodPost, Path: path(), Body: text, Type: "application/json",
	}
	before, err := c.lookFirst(ctx, r, n)
	if err != nil {
		return Domain{}, err
	}
	ctx, done := c.finishing(ctx)
	defer done()
	d, err := c.create(ctx, r)
	c.forget()
	switch {
	case errors.Is(err, api.ErrConflict):
		return Domain{}, c.exists(err, c.inTheWay(ctx, n))
	case errors.Is(err, api.ErrOutcomeUnknown):
		d, err = c.lookAfter(ctx, n, before, err)
	}
	if err != nil {
		return Domain{}, err
	}
	c.account.seen.add(d)
	return d, nil
}

// create makes the call.
func (c *Client) create(ctx context.Context, r api.Request) (Domain, error) {
	resp, err := c.call(ctx, r)
	if err != nil {
		return Domain{}, err
	}
	var d Domain
	if err := c.host.api.JSON(r, resp, &d); err != nil {
		return Domain{}, err
	}
	if d.ID == 0 {
		return Domain{}, c.unintelligible(r)
	}
	return d, nil
}

// lookFirst refuses to create what is there already. It returns what there is. A
// list from before is good enough to find nothing in: what somebody else has made
// since, SendGrid refuses itself, or it is one more of a name.
func (c *Client) lookFirst(ctx context.Context, r api.Request, n NewDomain) (before []Domain, err error) {
	before, listed := c.account.seen.all()
	if listed && len(matching(before, n)) == 0 {
		return before, nil
	}
	if before, err = c.Domains(ctx); err != nil {
		return nil, err
	}
	if found := matching(before, n); len(found) > 0 {
		fail := &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrConflict}
		return nil, c.exists(fail, found)
	}
	return before, nil
}

// inTheWay looks for what SendGrid says is there already.
func (c *Client) inTheWay(ctx context.Context, n NewDomain) []Domain {
	rows, err := c.Domains(ctx)
	if err != nil {
		return nil // the refusal says enough
	}
	return matching(rows, n)
}

// exists makes the error of a creation that something is in the way of.
func (c *Client) exists(err error, found []Domain) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	said := *fail
	if len(found) == 0 {
		said.Advice = "SendGrid lists no such domain " + c.where() +
			", so it may be that of another account or region: give this one another subdomain, or have it released there"
		return &ExistsError{err: &said}
	}
	said.Answer = strings.TrimPrefix(said.Answer+"; there is "+describe(found), "; ")
	said.Advice = "Import it, or delete it at SendGrid if it is not needed; to have a second one beside it, give this one a subdomain of its own"
	return &ExistsError{err: &said, Existing: found}
}

// lookAfter looks for the domain of a creation whose answer was lost.
func (c *Client) lookAfter(ctx context.Context, n NewDomain, before []Domain, lost error) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, note(lost, "whether it is there could not be checked: "+err.Error())
	}
	made := slices.DeleteFunc(matching(rows, n), func(d Domain) bool {
		_, known := withID(before, d.ID)
		return known
	})
	switch len(made) {
	case 0:
		return Domain{}, note(lost, "SendGrid does not list the domain")
	case 1:
		return made[0], nil
	}
	return Domain{}, note(lost, "there are new domains of this name, of which one may be of this making: "+describe(made))
}

// matching are the domains that stand in the way of a new one.
func matching(rows []Domain, n NewDomain) []Domain {
	var found []Domain
	for _, d := range rows {
		same := strings.EqualFold(d.Domain, n.Domain)
		if n.Subdomain != "" {
			same = same && strings.EqualFold(d.Subdomain, n.Subdomain)
		} else if n.Username != "" {
			same = same && strings.EqualFold(d.Username, n.Username)
		}
		if same {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b Domain) int { return cmp.Compare(a.ID, b.ID) })
	return found
}
