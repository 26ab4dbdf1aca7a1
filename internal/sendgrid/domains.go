package sendgrid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
		rows, err := c.list(ctx, nil)
		if err == nil {
			c.account.seen.listed(rows)
		}
		return rows, err
	})
}

// list reads the pages one after the other, of those domains that a filter lets
// through. A domain that moves to another page meanwhile, because one before it is
// deleted, may be missed: see Domain. So may a row that cannot be read at all.
func (c *Client) list(ctx context.Context, filter url.Values) ([]Domain, error) {
	var all []Domain
	known := map[int64]bool{}
	for offset := 0; ; offset += pageSize {
		r := api.Request{
			Op: "list domains", Method: http.MethodGet, Path: path(), Repeat: api.Safely,
			Query: url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}},
		}
		maps.Copy(r.Query, filter)
		resp, err := c.call(ctx, r)
		if err != nil {
			return nil, err
		}
		rows, length, err := c.page(r, resp)
		if err != nil {
			return nil, err
		}
		before := len(all)
		for _, d := range rows {
			if d.ID == 0 || !known[d.ID] {
				known[d.ID] = true
				all = append(all, d)
			}
		}
		// A page of nothing but what was there already comes from something that
		// knows no pages.
		if length < pageSize || len(all) == before {
			return all, nil
		}
	}
}

// page reads the rows of an answer, and how many it has. One that is no domain at
// all is left out: the others are not lost because of it.
func (c *Client) page(r api.Request, resp *api.Response) (rows []Domain, length int, err error) {
	var raw []json.RawMessage
	if err := c.decode(r, resp, &raw); err != nil {
		return nil, 0, err
	}
	for _, row := range raw {
		var d Domain
		if json.Unmarshal(row, &d) != nil {
			continue
		}
		if d.Subusers == nil {
			d.Subusers = []Subuser{} // lists name them all
		}
		rows = append(rows, d)
	}
	if len(raw) > 0 && len(rows) == 0 {
		return nil, 0, report.Unintelligible(r)
	}
	return rows, len(raw), nil
}

// Domain returns one domain, from the list or else by itself
// (GET /v3/whitelabel/domains/{id}). It is api.ErrNotFound only where SendGrid has
// just listed the domains of the account that had it, and says of this one that
// there is none; for another account it is ErrOtherAccount, and ErrOtherDomain where
// the domain of this number is not the one that is known.
func (c *Client) Domain(ctx context.Context, ref Ref) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	r := c.request("read domain", http.MethodGet, ref)
	if d, ok := withID(rows, ref.ID); ok {
		return d, c.check(r, ref, d)
	}
	d, err := c.read(ctx, ref)
	if isNotFound(err) {
		err = c.provenGone(ctx, r, ref, rows, err)
	}
	return d, err
}

// DomainNow is Domain for when the list is likely to have been forgotten, as
// between the changes of many domains: it is one call however many there are
// (GET /v3/whitelabel/domains/{id}), and tells how the domain is at this moment, but
// not always its subusers.
func (c *Client) DomainNow(ctx context.Context, ref Ref) (Domain, error) {
	d, err := c.read(ctx, ref)
	if isNotFound(err) {
		return c.Domain(ctx, ref) // which finds out whether it is SendGrid that says so
	}
	return d, err
}

func (c *Client) read(ctx context.Context, ref Ref) (Domain, error) {
	r := c.request("read domain", http.MethodGet, ref)
	r.Repeat = api.Safely
	resp, err := c.call(ctx, r)
	if err != nil {
		return Domain{}, err
	}
	var got oneOrMany
	if err := c.decode(r, resp, &got); err != nil {
		return Domain{}, err
	}
	d, ok := withID(got, ref.ID)
	if !ok {
		return Domain{}, c.unasked(r, got)
	}
	if err := c.check(r, ref, d); err != nil {
		return Domain{}, err
	}
	c.account.seen.add(d)
	return d, nil
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
	if i := slices.IndexFunc(found, func(d Domain) bool { return d.problem != "" }); i >= 0 {
		return Domain{}, c.unreadable(api.Request{Op: fail.Op, Object: name, Repeat: api.Safely}, found[i])
	}
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
	if err := c.decode(r, resp, &got); err != nil {
		return nil, err
	}
	// Where none is set, the answer is general information, without an id. An array
	// may have more than what was asked for.
	found := slices.DeleteFunc(got, func(d Domain) bool {
		return d.problem == "" && (d.ID == 0 || !d.Default) || name != "" && !strings.EqualFold(d.Domain, name)
	})
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		if found[0].problem != "" {
			return nil, c.unreadable(r, found[0])
		}
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
func (c *Client) request(op, method string, ref Ref, below ...string) api.Request {
	number := strconv.FormatInt(ref.ID, 10)
	return api.Request{Op: op, Object: c.account.seen.label(ref), Method: method, Path: path(append([]string{number}, below...)...)}
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
