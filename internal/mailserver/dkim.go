package mailserver

import (
	"context"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// AddDKIMKey makes a new DKIM key for a domain, in place of an earlier one (POST
// /dkim/add-new-domain), and returns its record as text of a zone file. The server
// signs with the new key at once. It makes no key for a domain that the server
// does not list (api.ErrNotFound), although the server would.
//
// The server loses the entries of keys that are added at the same time, so all
// adds to one server wait for each other, on this machine. They are never
// repeated: an error that matches api.ErrOutcomeUnknown says that a new key may be
// in force.
func (c *Client) AddDKIMKey(ctx context.Context, domain string) (zoneText string, err error) {
	const op = "add a DKIM key for"
	if err := checkDomain(domain); err != nil {
		return "", unsendable(api.Request{Op: op, Object: domain}, err)
	}
	d, err := c.locateDomain(ctx, domain)
	if err != nil {
		return "", err
	}
	r := post(http.MethodPost, []string{"dkim", "add-new-domain"}, [2]string{"domain", d.Name})
	r.Op, r.Object = op, domain
	release, err := c.locks.acquire(ctx, "dkim")
	if err != nil {
		return "", unsendable(r, err)
	}
	defer release()
	ctx, cancel := c.finishing(ctx)
	defer cancel()
	if ctx.Err() != nil {
		return "", unsendable(r, ctx.Err())
	}
	var answer struct {
		Public string `json:"public"` // the private key beside it is not for us
	}
	err = c.call(ctx, r, &answer)
	if err == nil && strings.TrimSpace(answer.Public) == "" {
		err = c.unintelligible(r)
	}
	if isUncertain(err) {
		return "", advise(err, "The server may sign with a new key by now, whose record is not published, so that its mail fails the check. "+
			"Run again, which makes another key and publishes that; or export the domain, which shows the key in force")
	}
	return answer.Public, err
}
