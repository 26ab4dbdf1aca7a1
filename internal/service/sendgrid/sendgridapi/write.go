package sendgridapi

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Changes are the values to change in a domain; nil leaves a field as it is.
type Changes struct {
	Default   *bool `json:"default,omitempty"`
	CustomSPF *bool `json:"custom_spf,omitempty"`
}

// Update changes a domain (PATCH /v3/whitelabel/domains/{id}). If it becomes the default, the
// account's present default domain no longer is.
func (c *Client) Update(ctx context.Context, ref Ref, changes Changes) (Domain, error) {
	is := func(got bool, want *bool) bool { return want == nil || got == *want }
	return c.change(ctx, ref, c.request("update domain", http.MethodPatch, ref).WithJSON(changes), func(d Domain) proof {
		return provenIf(is(d.Default, changes.Default) && is(d.CustomSPF, changes.CustomSPF))
	})
}

// AddIP adds an address to a domain's custom SPF record (POST /v3/whitelabel/domains/{id}/ips).
// SendGrid does not always show it afterwards.
func (c *Client) AddIP(ctx context.Context, ref Ref, ip string) (Domain, error) {
	r := c.request("add the IP address "+ip+" to domain", http.MethodPost, ref, "ips").WithJSON(map[string]string{"ip": ip})
	return c.change(ctx, ref, r, func(d Domain) proof {
		if len(d.IPs) == 0 {
			return untold // it may show none although some are set
		}
		return provenIf(slices.ContainsFunc(d.IPs, func(shown string) bool { return sameAddress(shown, ip) }))
	})
}

// RemoveIP removes an address from a domain's custom SPF record (DELETE
// /v3/whitelabel/domains/{id}/ips/{ip}). An address that is not in it is no error.
func (c *Client) RemoveIP(ctx context.Context, ref Ref, ip string) (Domain, error) {
	return c.change(ctx, ref, c.request("remove the IP address "+ip+" from domain", http.MethodDelete, ref, "ips", ip), func(d Domain) proof {
		return provenIf(!slices.ContainsFunc(d.IPs, func(shown string) bool { return sameAddress(shown, ip) }))
	})
}

// sameAddress compares IP addresses. An IPv6 address has several spellings.
func sameAddress(a, b string) bool {
	addressA, errA := netip.ParseAddr(a)
	addressB, errB := netip.ParseAddr(b)
	return a == b || errA == nil && errB == nil && addressA == addressB
}

// AssociateSubuser allows a subuser to send with a domain of its parent account (POST
// /v3/whitelabel/domains/{id}/subuser:add), besides up to four others.
func (c *Client) AssociateSubuser(ctx context.Context, ref Ref, username string) (Domain, error) {
	r := c.request("associate the subuser "+username+" with domain", http.MethodPost, ref, "subuser:add").
		WithJSON(map[string]string{"username": username})
	return c.change(ctx, ref, r, associated(username, true))
}

// DisassociateSubuser ends that (DELETE /v3/whitelabel/domains/{id}/subuser). A subuser that is not
// associated is no error.
func (c *Client) DisassociateSubuser(ctx context.Context, ref Ref, username string) (Domain, error) {
	r := c.request("disassociate the subuser "+username+" from domain", http.MethodDelete, ref, "subuser")
	r.Query = url.Values{"username": {username}}
	return c.change(ctx, ref, r, associated(username, false))
}

// associated checks whether a subuser is associated, or is not.
func associated(username string, want bool) func(Domain) proof {
	return func(d Domain) proof {
		if d.Subusers == nil {
			return untold
		}
		return provenIf(slices.ContainsFunc(d.SubuserNames(), func(name string) bool { return strings.EqualFold(name, username) }) == want)
	}
}

// resultOfSPF is a result that SendGrid adds although no record has that purpose. It mostly says
// only whether it is valid.
const resultOfSPF = "spf"

// Validate has SendGrid check whether a domain's records are in the DNS (POST
// /v3/whitelabel/domains/{id}/validate). Missing records are no error. An error that matches
// ErrLookupFailed says nothing about the records: ask again later.
func (c *Client) Validate(ctx context.Context, ref Ref) (Validation, error) {
	r := c.request("validate domain", http.MethodPost, ref, "validate")
	r.Repeat = api.Safely
	resp, err := c.call(ctx, r)
	c.forget()
	if err != nil {
		return Validation{}, err
	}
	var got struct {
		ID      int64             `json:"id"`
		Valid   *bool             `json:"valid"`
		Results map[string]Result `json:"validation_results"`
	}
	if err := c.decode(r, resp, &got); err != nil {
		return Validation{}, err
	}
	if got.ID != ref.ID && got.ID != 0 {
		return Validation{}, &api.Error{
			Service: service, Op: r.Op, Object: r.Object, Kind: ErrOtherDomain,
			Answer: fmt.Sprintf("the answer is about the domain %d", got.ID), Advice: checkURL,
		}
	}
	if got.Valid == nil || got.ID == 0 {
		return Validation{}, report.Unintelligible(r)
	}
	if got.Results[resultOfSPF].Reason == "" {
		delete(got.Results, resultOfSPF)
	}
	return Validation{Valid: *got.Valid, Results: got.Results}, nil
}
