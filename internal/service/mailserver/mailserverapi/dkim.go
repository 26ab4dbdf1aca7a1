package mailserverapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// AddDKIMKey makes a new DKIM key for a domain, which replaces an earlier one (POST
// /dkim/add-new-domain), and returns its record as the text of a zone file. The server signs with
// the new key at once. For a domain that the server does not list, the error is api.ErrNotFound,
// although the server would make a key.
//
// It runs alone among the adds and exports of this machine, see workingDirectory. It is never
// repeated: if the error matches api.ErrOutcomeUnknown, the server may use a new key. Nothing is
// read back, because only the costly export shows a key; but the server's answer has to be a key of
// this domain.
func (c *Client) AddDKIMKey(ctx context.Context, domain string) (zoneText string, err error) {
	const op = "add a DKIM key for"
	if err := checkDomain(domain); err != nil {
		return "", report.Unsendable(api.Request{Op: op, Object: domain}, err)
	}
	d, err := c.locateDomain(ctx, domain)
	if err != nil {
		return "", err
	}
	r := post(http.MethodPost, []string{"dkim", "add-new-domain"}, [2]string{"domain", d.Name})
	r.Op, r.Object = op, domain
	var answer struct {
		Public string `json:"public"` // the answer has the private key too, which is not needed
	}
	err = c.alone(ctx, r, func(ctx context.Context) error {
		ctx, cancel := c.finishing(ctx)
		defer cancel()
		if ctx.Err() != nil {
			return report.Unsendable(r, ctx.Err())
		}
		err := c.call(ctx, r, &answer)
		if err == nil && strings.TrimSpace(answer.Public) == "" {
			err = report.Unintelligible(r)
		}
		return err
	})
	if other, ok := keyOwner(answer.Public); err == nil && ok && !same(other, d.Name) {
		failed := report.Problem(r, api.ErrUnavailable, "the answer is the key of another domain, "+other, "")
		failed.Unsure = true
		err = failed
	}
	if isUncertain(err) {
		return "", api.Advise(err, "The server may sign with a new key by now, whose record is not published, so that its mail fails the check. "+
			"Run again, which makes another key and publishes that; or export the domain, which shows the key in force")
	}
	return answer.Public, err
}

// keyOwner returns the domain that the comment in a key's zone text names; ok is false if there is
// no such comment.
func keyOwner(zoneText string) (domain string, ok bool) {
	_, comment, found := strings.Cut(zoneText, "; ----- DKIM key ")
	if !found {
		return "", false
	}
	_, domain, ok = strings.Cut(strings.TrimSpace(comment), " for ")
	return domain, ok
}
