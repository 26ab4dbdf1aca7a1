package mailserverapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// allDomains is the one key of the domain cache.
const allDomains = ""

// Domains returns all mail domains of the server, newest first. The slice is shared and must not be
// changed. If the list is null, the error is ErrNoDomains, unless this client has just deleted the
// last domain.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	rows, err := c.domains.Get(ctx, allDomains, func(ctx context.Context) ([]Domain, error) {
		read, err := c.settle(ctx)
		if err != nil {
			return nil, err
		}
		return read.domains, nil
	})
	return rows, report.Stopped(listDomainsCall, err)
}

// Domain returns one domain. The error is api.ErrNotFound only if the server lists other domains
// and not this one.
func (c *Client) Domain(ctx context.Context, name string) (Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return Domain{}, err
	}
	return oneDomain(rows, name)
}

// listDomainsCall is the call of listDomains.
var listDomainsCall = api.Request{Op: "list domains", Method: http.MethodGet, Path: []string{"domains"}, Repeat: api.Safely}

// listDomains is GET /domains.
func (c *Client) listDomains(ctx context.Context) ([]Domain, error) {
	r := listDomainsCall
	var answer struct {
		Domains json.RawMessage `json:"domains"`
	}
	if err := c.call(ctx, r, &answer); err != nil {
		return nil, err
	}
	switch {
	case answer.Domains == nil:
		return nil, report.Unintelligible(r)
	case string(answer.Domains) == "null" && !c.ledger.emptied():
		return nil, &api.Error{
			Service: service, Op: r.Op, Kind: api.ErrUnavailable, Cause: ErrNoDomains,
			Advice: "Look whether the mail server's database runs, and run again. If the server really has no domain any more, " +
				"take its objects out of the state with terraform state rm",
		}
	}
	var listed []struct {
		ID    int64  `json:"id"`
		Name  string `json:"name"`
		Users int    `json:"users_count"`
	}
	if json.Unmarshal(answer.Domains, &listed) != nil {
		return nil, report.Unintelligible(r)
	}
	rows := make([]Domain, 0, len(listed))
	for _, d := range listed {
		rows = append(rows, Domain{ID: d.ID, Name: d.Name, Accounts: d.Users})
	}
	return rows, nil
}

// named returns the rows of one name. The server allows several.
func named(rows []Domain, name string) []Domain {
	var found []Domain
	for _, d := range rows {
		if same(d.Name, name) {
			found = append(found, d)
		}
	}
	return found
}

// oneDomain returns the only row of a name.
func oneDomain(rows []Domain, name string) (Domain, error) {
	found := named(rows, name)
	switch len(found) {
	case 0:
		return Domain{}, &api.Error{
			Service: service, Op: "read domain", Object: name, Kind: api.ErrNotFound,
			Answer: "the server does not list it",
		}
	case 1:
		return found[0], nil
	}
	return Domain{}, severalRows("read domain", name, found)
}

// severalRows is the error of a domain that the server has more than once. Nobody can tell which of
// the rows a call by name would use.
func severalRows(op, name string, rows []Domain) error {
	ids := make([]string, 0, len(rows))
	for _, d := range rows {
		ids = append(ids, fmt.Sprintf("id %d (accounts: %d)", d.ID, d.Accounts))
	}
	return &api.Error{
		Service: service, Op: op, Object: name,
		Answer: fmt.Sprintf("the server has %d domains of this name: %s", len(rows), strings.Join(ids, ", ")),
		Advice: "Nothing is done about it here, as deleting either through the API would delete the mail folder of both. " +
			"Have the server's operator remove the one that is not wanted from the database, and run again",
	}
}
