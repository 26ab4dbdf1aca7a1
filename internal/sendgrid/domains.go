package sendgrid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// allDomains is the one key of the domain cache.
const allDomains = ""

// pageSize is how many domains a page of the list has. SendGrid gives as many
// where it is not told.
const pageSize = 50

// path is that of domains, and of what is below one.
func path(below ...string) []string { return append([]string{"whitelabel", "domains"}, below...) }

// Domains returns all domains of the account and of its subusers
// (GET /v3/whitelabel/domains). The slice is shared and must not be changed.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	return c.account.domains.Get(ctx, allDomains, func(ctx context.Context) ([]Domain, error) {
		rows, err := c.list(ctx)
		if err == nil {
			c.account.seen.listed(rows)
		}
		return rows, err
	})
}

// list reads the pages one after the other. A domain that moves to another page
// meanwhile, because one before it is deleted, may be missed: see Domain.
func (c *Client) list(ctx context.Context) ([]Domain, error) {
	var all []Domain
	known := map[int64]bool{}
	for offset := 0; ; offset += pageSize {
		r := api.Request{
			Op: "list domains", Method: http.MethodGet, Path: path(), Repeat: api.Safely,
			Query: url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}},
		}
		resp, err := c.call(ctx, r)
		if err != nil {
			return nil, err
		}
		var page []Domain
		if err := c.host.api.JSON(r, resp, &page); err != nil {
			return nil, err
		}
		before := len(all)
		for _, d := range page {
			if !known[d.ID] {
				known[d.ID] = true
				all = append(all, d)
			}
		}
		// A page of nothing but what was there already comes from something that
		// knows no pages.
		if len(page) < pageSize || len(all) == before {
			return all, nil
		}
	}
}

// Domain returns one domain, from the list or else by itself
// (GET /v3/whitelabel/domains/{id}). It is api.ErrNotFound only where SendGrid has
// just listed the account's domains, and says of this one that there is none.
func (c *Client) Domain(ctx context.Context, id int64) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	if d, ok := withID(rows, id); ok {
		return d, nil
	}
	return c.read(ctx, id)
}

// DomainNow is Domain for when the list is likely to have been forgotten, as
// between the changes of many domains: it is one call however many there are
// (GET /v3/whitelabel/domains/{id}), and tells how the domain is at this moment.
func (c *Client) DomainNow(ctx context.Context, id int64) (Domain, error) {
	d, err := c.read(ctx, id)
	if isNotFound(err) {
		return c.Domain(ctx, id) // which finds out whether it is SendGrid that says so
	}
	return d, err
}

func (c *Client) read(ctx context.Context, id int64) (Domain, error) {
	r := c.request("read domain", http.MethodGet, id)
	r.Repeat = api.Safely
	resp, err := c.call(ctx, r)
	if err != nil {
		return Domain{}, err
	}
	var got oneOrMany
	if err := c.host.api.JSON(r, resp, &got); err != nil {
		return Domain{}, err
	}
	if d, ok := withID(got, id); ok {
		c.account.seen.add(d)
		return d, nil
	}
	return Domain{}, c.unintelligible(r)
}

// DomainNamed returns the one domain of a name. Where there are several, which
// differ in their subdomain or owner, it is an error that lists them; where there
// is none, api.ErrNotFound.
func (c *Client) DomainNamed(ctx context.Context, name string) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	found := matching(rows, NewDomain{Domain: name})
	fail := &api.Error{Service: service, Op: "find domain", Object: name}
	switch len(found) {
	case 0:
		fail.Kind, fail.Answer = api.ErrNotFound, "SendGrid does not list it "+c.where()
		return Domain{}, fail
	case 1:
		return found[0], nil
	}
	fail.Answer = "there are several: " + describe(found)
	fail.Advice = "Name the one that is meant by its number"
	return Domain{}, fail
}

// Default returns the account's default domain, that of mail whose From matches no
// domain (GET /v3/whitelabel/domains/default), or the default among those of one
// name if that is not empty. It is nil where none is set. Several are an error that
// lists them.
func (c *Client) Default(ctx context.Context, name string) (*Domain, error) {
	r := api.Request{Op: "read default domain", Object: name, Method: http.MethodGet, Path: path("default"), Repeat: api.Safely}
	if name != "" {
		r.Query = url.Values{"domain": {name}}
	}
	resp, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	var got oneOrMany
	if err := c.host.api.JSON(r, resp, &got); err != nil {
		return nil, err
	}
	// Where none is set, the answer is general information, without an id.
	found := slices.DeleteFunc(got, func(d Domain) bool { return d.ID == 0 })
	if slices.ContainsFunc(found, func(d Domain) bool { return d.Default }) {
		found = slices.DeleteFunc(found, func(d Domain) bool { return !d.Default })
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	fail := &api.Error{Service: service, Op: r.Op, Object: name, Answer: "there are several: " + describe(found)}
	if name == "" {
		fail.Advice = "Name the domain whose default is meant"
	} else {
		fail.Advice = "Leave one of them the default in SendGrid's settings, and run again"
	}
	return nil, fail
}

// request starts a call about one domain.
func (c *Client) request(op, method string, id int64, below ...string) api.Request {
	number := strconv.FormatInt(id, 10)
	return api.Request{Op: op, Object: c.account.seen.label(id), Method: method, Path: path(append([]string{number}, below...)...)}
}

// where says in messages whose domains are meant, and in which region.
func (c *Client) where() string {
	if c.onBehalfOf == "" {
		return fmt.Sprintf("in the region %s", c.region)
	}
	return fmt.Sprintf("for %q in the region %s", c.onBehalfOf, c.region)
}

// describe names domains, for messages that ask to choose.
func describe(domains []Domain) string {
	texts := make([]string, len(domains))
	for i, d := range domains {
		texts[i] = fmt.Sprintf("%d (%s.%s of %s)", d.ID, d.Subdomain, d.Domain, d.Username)
	}
	return strings.Join(texts, ", ")
}

func isNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }
