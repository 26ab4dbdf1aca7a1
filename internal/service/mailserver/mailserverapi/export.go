package mailserverapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// ExportDomain has the server write an archive of a domain's mail to its own disk, and returns its
// path and content (GET /export/domain). That can take many minutes, and each call writes another
// archive, so it is never repeated. For a domain that the server does not list, the error is
// api.ErrNotFound. It runs alone among the adds of DKIM keys and exports of this machine, see
// workingDirectory.
func (c *Client) ExportDomain(ctx context.Context, name string) (Export, error) {
	r := api.Request{
		Op: "export domain", Object: name, Method: http.MethodGet, Path: []string{"export", "domain"},
		Timeout: exportTimeout,
	}
	if err := checkHost(name); err != nil {
		return Export{}, report.Unsendable(r, err)
	}
	d, err := c.Domain(ctx, name)
	if err != nil {
		return Export{}, err
	}
	r.Query = url.Values{"domain": {d.Name}}
	var answer struct {
		Accounts []struct {
			Email string `json:"email"` // the answer has the hash too, which is not needed
		} `json:"accounts"`
		DKIM struct {
			Public string `json:"public"` // nor is the private key needed
		} `json:"dkim"`
		DomainName  string `json:"domainName"`
		GeneratedAt string `json:"generatedAt"`
		Filename    string `json:"export_filename"`
	}
	err = c.alone(ctx, r, func(ctx context.Context) error { return c.call(ctx, r, &answer) })
	switch {
	case err != nil:
		return Export{}, err
	case answer.DomainName == "" && answer.Filename == "":
		return Export{}, c.nothingExported(ctx, r)
	case !same(answer.DomainName, d.Name):
		return Export{}, report.Problem(r, api.ErrUnavailable, fmt.Sprintf("the answer is the export of another domain, %q", answer.DomainName), "")
	}
	export := Export{
		Domain: answer.DomainName, ArchivePath: answer.Filename, GeneratedAt: answer.GeneratedAt,
		Emails: make([]string, 0, len(answer.Accounts)), DKIMPublic: answer.DKIM.Public,
	}
	for _, a := range answer.Accounts {
		export.Emails = append(export.Emails, a.Email)
	}
	return export, nil
}

// nothingExported finds out what an empty answer means: the domain is gone since it was listed, or
// the database is down.
func (c *Client) nothingExported(ctx context.Context, r api.Request) error {
	c.domains.Forget(allDomains)
	if _, err := c.Domain(ctx, r.Object); err != nil {
		return err
	}
	return report.Problem(r, api.ErrUnavailable, "the server lists the domain, but exported nothing",
		"It answers so when its database is in trouble: look at the mail server's database, and run again")
}
