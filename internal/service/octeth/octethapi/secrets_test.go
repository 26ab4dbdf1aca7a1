package octethapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "Octeth", Secrets: []string{apitest.Configured, apitest.Second, apitest.OfTheCall},
			Ways: []apitest.Way{
				apitest.InJSON(200, `{"Success":false,"ErrorCode":9,"ErrorText":%s}`), apitest.InJSON(200, `{"Errors":[{"Code":9,"Message":%s}]}`),
				apitest.InJSON(500, `{"Errors":[{"Code":100000,"Message":%s}]}`), apitest.InJSON(200, `{"Success":true,"DomainID":%s,"SenderDomain":%s}`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				var calls []apitest.Call
				for _, version := range []octethapi.Version{{5, 6}, {5, 9, 4}} {
					c := octethapi.New(octethapi.Config{URL: apitest.BaseURL(), APIKey: apitest.Configured, Transport: transport, APIVersion: version})
					credentials := octethapi.Credentials{Key: apitest.Second, Secret: apitest.OfTheCall, User: "u", Username: "u"}
					calls = append(calls,
						func(ctx context.Context) error { _, err := c.Domains(ctx, octethapi.EmailGateway); return err },
						func(ctx context.Context) error {
							_, err := c.Create(ctx, octethapi.EmailGateway, "example.com", octethapi.Options{})
							return err
						},
						func(ctx context.Context) error {
							return c.DNSAuthorize(ctx, octethapi.GoDaddy, "example.com", credentials)
						},
						func(ctx context.Context) error {
							return c.DNSSet(ctx, octethapi.GoDaddy, "example.com", credentials, octethapi.Campaign)
						},
					)
				}
				return calls
			},
		},
	)
}
