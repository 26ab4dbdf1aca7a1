package yandexapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "Yandex", Secrets: []string{apitest.Configured, apitest.OfTheCall},
			Answers: map[string]string{
				"/domains": `{"success":"ok","page":1,"total":1,"found":1,"domains":[{"name":"example.org","status":"added","stage":"added"}]}`,
				"/list":    `{"success":"ok","domain":"example.org","page":1,"pages":1,"total":1,"accounts":[{"uid":1,"login":"bob@example.org","enabled":"yes","ready":"yes"}]}`,
			},
			Ways: []apitest.Way{
				apitest.InJSON(200, `{"success":"error","error":%s}`), apitest.InJSON(400, `{"success":"error","error":%s}`),
				apitest.InJSON(200, `{"success":"perhaps","error":%s}`), apitest.InJSON(200, `{"success":"ok","error":%s}`),
				// The reported one: a code with the token behind it.
				func(r *http.Request, text string) (*http.Response, error) {
					return apitest.InJSON(200, `{"success":"error","error":%s}`)(r, "bad_token "+text)
				},
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				c := yandexapi.New(yandexapi.Config{Token: apitest.Configured, BaseURL: apitest.BaseURL(), Transport: transport})
				return append(apitest.HostCalls(yandexapi.NewHost(c)), []apitest.Call{
					func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
					func(ctx context.Context) error { _, err := c.Register(ctx, "example.com"); return err },
					func(ctx context.Context) error {
						_, err := c.CreateAccount(ctx, "alice@example.org", apitest.OfTheCall, yandexapi.Profile{})
						return err
					},
					func(ctx context.Context) error {
						password := apitest.OfTheCall
						_, err := c.UpdateAccount(ctx, "bob@example.org", yandexapi.Changes{Password: &password})
						return err
					},
				}...)
			},
		},
	)
}
