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
// No other add and no export of this machine runs beside it, see workingDirectory.
// It is never repeated: an error that matches api.ErrOutcomeUnknown says that a new
// key may be in force. No other call than the costly export shows a key, so nothing
// is read back: what the server answered has to be a key of this domain.
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
		Public string `json:"public"` // the private key beside it is not for us
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

// keyOwner is the domain that the comment of a key's zone text names; ok is false
// where there is no such comment.
func keyOwner(zoneText string) (domain string, ok bool) {
	_, comment, found := strings.Cut(zoneText, "; ----- DKIM key ")
	if !found {
		return "", false
	}
	_, domain, ok = strings.Cut(strings.TrimSpace(comment), " for ")
	return domain, ok
}
