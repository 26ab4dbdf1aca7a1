package sendgridapi

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

// pageSize is the number of domains on a page of the list. It is SendGrid's default.
const pageSize = 50

// path returns the path of the domains, or of something below one.
func path(below ...string) []string { return append([]string{"whitelabel", "domains"}, below...) }

// Domains returns all domains of the account and of its subusers (GET /v3/whitelabel/domains). The
// slice is shared and must not be changed.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	return c.account.domains.Get(ctx, allDomains, func(ctx context.Context) ([]Domain, error) {
		rows, err := c.list(ctx, nil)
		if err == nil {
			c.account.seen.listed(rows)
		}
		return rows, err
	})
}

// list reads the pages of the domains that match a filter, one after another. It may miss a domain
// that moves to an earlier page because one before it is deleted: see Domain. It also skips a row
// that cannot be read at all.
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
		// A page without a new row comes from a server that ignores the page parameters.
		if length < pageSize || len(all) == before {
			return all, nil
		}
	}
}

// page reads the rows of an answer and returns their number. It skips a row that is not a domain,
// so that the others are not lost.
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

// Domain returns one domain, from the list or by itself (GET /v3/whitelabel/domains/{id}). The
// error is api.ErrNotFound only if SendGrid has just listed the domains of the account that had it,
// and says that this one does not exist. It is ErrOtherAccount if the list is that of another
// account, and ErrOtherDomain if the domain of this number does not match.
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

// DomainNow is Domain for a time when the list has probably been dropped, as between the changes of
// many domains. It makes one call, however many domains there are (GET
// /v3/whitelabel/domains/{id}), and returns the domain's present state, but not always with its
// subusers.
func (c *Client) DomainNow(ctx context.Context, ref Ref) (Domain, error) {
	d, err := c.read(ctx, ref)
	if isNotFound(err) {
		return c.Domain(ctx, ref) // to find out whether it is SendGrid that says so
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

// DomainNamed returns the only domain of a name. If there are several, with other subdomains or
// owners, the error lists them; if there is none, it is api.ErrNotFound.
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

// Default returns the account's default domain, for mail whose From matches no domain (GET
// /v3/whitelabel/domains/default), or if name is not empty, the default among the domains of that
// name. It is nil if there is none. Several are an error that lists them.
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
	// If no default is set, the answer has general information without an id. An array may have
	// further domains.
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

// where describes, for messages, whose domains are meant and in which region.
func (c *Client) where() string {
	if c.onBehalfOf == "" {
		return fmt.Sprintf("in the region %s", c.region)
	}
	return fmt.Sprintf("for %q in the region %s", c.onBehalfOf, c.region)
}

// describe lists domains in messages that ask to choose one.
func describe(domains []Domain) string {
	texts := make([]string, len(domains))
	for i, d := range domains {
		texts[i] = fmt.Sprintf("%d (%s.%s of %s)", d.ID, d.Subdomain, d.Domain, d.Username)
	}
	return strings.Join(texts, ", ")
}

func isNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }
