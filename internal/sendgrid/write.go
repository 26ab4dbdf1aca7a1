package sendgrid

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Changes are what can be changed of a domain; nil leaves a field as it is.
type Changes struct {
	Default   *bool `json:"default,omitempty"`
	CustomSPF *bool `json:"custom_spf,omitempty"`
}

// Update changes a domain (PATCH /v3/whitelabel/domains/{id}). Making it the
// default takes that from whichever of the account's domains is it now.
func (c *Client) Update(ctx context.Context, id int64, changes Changes) (Domain, error) {
	return c.change(ctx, id, withBody(c.request("update domain", http.MethodPatch, id), changes))
}

// AddIP adds an address to a domain's custom SPF record
// (POST /v3/whitelabel/domains/{id}/ips).
func (c *Client) AddIP(ctx context.Context, id int64, ip string) (Domain, error) {
	body := map[string]string{"ip": ip}
	return c.change(ctx, id, withBody(c.request("add the IP address "+ip+" to domain", http.MethodPost, id, "ips"), body))
}

// RemoveIP takes an address out of a domain's custom SPF record
// (DELETE /v3/whitelabel/domains/{id}/ips/{ip}). One that is not in it is no error.
func (c *Client) RemoveIP(ctx context.Context, id int64, ip string) (Domain, error) {
	d, err := c.change(ctx, id, c.request("remove the IP address "+ip+" from domain", http.MethodDelete, id, "ips", ip))
	if isNotFound(err) {
		return c.Domain(ctx, id) // which is not found either if it is the domain that is gone
	}
	return d, err
}

// AssociateSubuser lets a subuser send with a domain of its parent account
// (POST /v3/whitelabel/domains/{id}/subuser:add), beside up to four others.
func (c *Client) AssociateSubuser(ctx context.Context, id int64, username string) (Domain, error) {
	body := map[string]string{"username": username}
	return c.change(ctx, id, withBody(c.request("associate the subuser "+username+" with domain", http.MethodPost, id, "subuser:add"), body))
}

// DisassociateSubuser takes that away again
// (DELETE /v3/whitelabel/domains/{id}/subuser).
func (c *Client) DisassociateSubuser(ctx context.Context, id int64, username string) (Domain, error) {
	r := c.request("disassociate the subuser "+username+" from domain", http.MethodDelete, id, "subuser")
	r.Query = url.Values{"username": {username}}
	return c.change(ctx, id, r)
}

// withBody adds a body, which cannot fail to be JSON.
func withBody(r api.Request, body any) api.Request {
	r.Body, _ = json.Marshal(body)
	r.Type = "application/json"
	return r
}

// change makes a call that changes a domain, and returns how that is afterwards.
// Each such call says how something shall be, so that it may be repeated.
func (c *Client) change(ctx context.Context, id int64, r api.Request) (Domain, error) {
	r.Repeat = api.Safely
	ctx, done := c.finishing(ctx)
	defer done()
	resp, err := c.call(ctx, r)
	c.forget()
	if err != nil {
		return Domain{}, err
	}
	if len(resp.Body) > 0 {
		var got oneOrMany
		if err := c.host.api.JSON(r, resp, &got); err != nil {
			return Domain{}, err
		}
		if d, ok := withID(got, id); ok {
			return d, nil
		}
	}
	return c.Domain(ctx, id)
}

// Delete deletes a domain (DELETE /v3/whitelabel/domains/{id}). One that SendGrid
// verifiably does not have is no error.
func (c *Client) Delete(ctx context.Context, id int64) error {
	r := c.request("delete domain", http.MethodDelete, id)
	r.Repeat = api.Safely
	ctx, done := c.finishing(ctx)
	defer done()
	resp, err := c.call(ctx, r)
	c.forget()
	if isNotFound(err) || err == nil && resp.Status != http.StatusNoContent {
		err = c.proveGone(ctx, r, id)
	}
	if err == nil {
		c.account.seen.deleted(id)
	}
	return err
}

// proveGone looks for a domain of which only an odd answer says that it is gone:
// what answers at a wrong URL may know nothing of domains at all.
func (c *Client) proveGone(ctx context.Context, r api.Request, id int64) error {
	_, err := c.Domain(ctx, id)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	}
	return &api.Error{
		Service: service, Op: r.Op, Object: r.Object, Answer: "SendGrid took the call, and still lists the domain",
		Advice: "It is safe to run again",
	}
}

// resultOfSPF is a result that SendGrid adds although no record has that purpose,
// and of which it mostly says nothing but whether it is valid.
const resultOfSPF = "spf"

// Validate has SendGrid look whether a domain's records are in the DNS
// (POST /v3/whitelabel/domains/{id}/validate). That some are not is no error. An
// error that matches ErrLookupFailed says nothing about them: ask again later.
func (c *Client) Validate(ctx context.Context, id int64) (Validation, error) {
	r := c.request("validate domain", http.MethodPost, id, "validate")
	r.Repeat = api.Safely
	resp, err := c.call(ctx, r)
	c.forget()
	if err != nil {
		return Validation{}, err
	}
	var got struct {
		Valid   *bool             `json:"valid"`
		Results map[string]Result `json:"validation_results"`
	}
	if err := c.host.api.JSON(r, resp, &got); err != nil {
		return Validation{}, err
	}
	if got.Valid == nil {
		return Validation{}, c.unintelligible(r)
	}
	if got.Results[resultOfSPF].Reason == "" {
		delete(got.Results, resultOfSPF)
	}
	return Validation{Valid: *got.Valid, Results: got.Results}, nil
}
