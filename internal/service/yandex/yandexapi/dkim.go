package yandexapi

import (
	"context"
	"net/url"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// dkimAnswer is the answer to dkim/status and dkim/enable.
type dkimAnswer struct {
	DKIM api.Object[struct {
		Enabled, NSReady, MailReady api.Flag
		TXTRecord                   api.Text
	}]
}

func (a *dkimAnswer) complete() bool { return a.DKIM.Known }

func (a *dkimAnswer) model() DKIM {
	d := a.DKIM.Value
	return DKIM{
		Enabled: bool(d.Enabled), TXTRecord: strings.TrimSpace(string(d.TXTRecord)),
		NSReady: bool(d.NSReady), MailReady: bool(d.MailReady),
	}
}

// signs is whether mail is signed with a key that can be published.
func (d DKIM) signs() bool { return d.Enabled && d.TXTRecord != "" }

// DKIM returns how the service signs a domain's mail at this moment (GET dkim/status). It does not
// ask for the private key. If the domain does not exist, the error is api.ErrNotFound.
func (c *Client) DKIM(ctx context.Context, domain string) (DKIM, error) {
	name, err := dns.Canonical(domain)
	r := get("read the DKIM status of", domain, areaDKIM, "status", url.Values{"domain": {name}})
	if err != nil {
		return DKIM{}, report.Unsendable(r, err)
	}
	var got dkimAnswer
	err = c.call(ctx, r, &got)
	return got.model(), c.unlessGone(ctx, r, name, err)
}

// EnableDKIM has the service sign a domain's mail, with a key of its own, and returns the record to
// publish (POST dkim/enable). If it is enabled already, nothing changes.
func (c *Client) EnableDKIM(ctx context.Context, domain string) (DKIM, error) {
	name, err := dns.Canonical(domain)
	r := post("enable DKIM of", domain, areaDKIM, "enable", url.Values{"domain": {name}})
	if err != nil {
		return DKIM{}, report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	var got dkimAnswer
	err = c.call(ctx, r, &got)
	if isRefusal(err) || err == nil && got.model().signs() {
		return got.model(), err
	}
	return c.proveDKIM(ctx, r, err, true)
}

// DisableDKIM ends the signing of a domain's mail (POST dkim/disable), and checks that it has
// ended. If it is disabled already, nothing changes. If the domain does not exist, the error is
// api.ErrNotFound.
func (c *Client) DisableDKIM(ctx context.Context, domain string) error {
	name, err := dns.Canonical(domain)
	r := post("disable DKIM of", domain, areaDKIM, "disable", url.Values{"domain": {name}})
	if err != nil {
		return report.Unsendable(r, err)
	}
	ctx, done := c.finishing(ctx)
	defer done()
	err = c.call(ctx, r, &acknowledgement{})
	if isRefusal(err) {
		return c.unlessGone(ctx, r, name, err)
	}
	_, err = c.proveDKIM(ctx, r, err, false)
	return err
}

// proveDKIM checks whether the service signs as requested. sendErr is the error of the request.
func (c *Client) proveDKIM(ctx context.Context, r api.Request, sendErr error, signs bool) (DKIM, error) {
	for attempt := 0; ; attempt++ {
		d, err := c.DKIM(ctx, r.Object)
		switch {
		case err != nil && sendErr != nil:
			return DKIM{}, sendErr
		case err != nil:
			return DKIM{}, unproven(r, nil, err)
		case signs && d.signs(), !signs && !d.Enabled:
			return d, nil
		case sendErr != nil:
			return DKIM{}, sendErr
		case attempt == repeats || c.pause(ctx, attempt) != nil:
			return DKIM{}, notStored(r, "its status does not show it")
		}
	}
}
