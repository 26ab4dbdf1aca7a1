package sendgridapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "SendGrid", Secrets: []string{apitest.Configured},
			Ways: []apitest.Way{
				apitest.InJSON(400, `{"errors":[{"message":%s,"field":%s}]}`), apitest.InJSON(401, `{"errors":{"error":%s}}`),
				apitest.InJSON(403, `{"errors":[{"message":%s}]}`), apitest.InJSON(200, `[{"id":%s}]`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				c := sendgridapi.New(sendgridapi.Config{APIKey: apitest.Configured, Transport: transport})
				return []apitest.Call{
					func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
					func(ctx context.Context) error {
						_, err := c.Create(ctx, sendgridapi.NewDomain{Domain: "example.com"})
						return err
					},
					func(ctx context.Context) error { return c.Delete(ctx, sendgridapi.Ref{ID: 1}) },
				}
			},
		},
	)
}
