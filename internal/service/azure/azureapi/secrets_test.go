package azureapi_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
)

// login is where an application gets its tokens, as Microsoft Entra says it of a tenant.
const login = `{"token_endpoint":"https://login.microsoftonline.com/T/oauth2/v2.0/token",
	"authorization_endpoint":"https://login.microsoftonline.com/T/oauth2/v2.0/authorize","issuer":"https://login.microsoftonline.com/T/v2.0"}`

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	host := func(credentials azureapi.Credentials) func(http.RoundTripper) []apitest.Call {
		return func(transport http.RoundTripper) []apitest.Call {
			return apitest.HostCalls(azureapi.New(azureapi.Config{
				SubscriptionID: "S", Credentials: credentials, BaseURL: apitest.BaseURL(), Transport: transport,
			}))
		}
	}
	refused := append([]apitest.Way{
		apitest.InJSON(401, `{"error":%s,"error_description":%s,"error_codes":[7000215]}`),
		apitest.InJSON(400, `{"error":"invalid_client","error_description":%s}`),
		apitest.InJSON(200, `{"access_token":"","error":%s}`),
	}, apitest.Everywhere...)
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "Azure, by access token", Secrets: []string{apitest.Configured},
			Ways: append([]apitest.Way{
				apitest.InJSON(403, `{"error":{"code":%s,"message":%s,"details":[{"code":%s,"message":%s}]}}`),
				apitest.InJSON(400, `{"code":%s,"message":%s}`), apitest.InJSON(200, `{"value":%s}`), apitest.InJSON(200, `{"value":[{"id":%s,"name":%s}]}`),
			}, apitest.Everywhere...),
			Calls: host(azureapi.Credentials{AccessToken: apitest.Configured}),
		},
		apitest.Case{
			Name: "Azure, by client secret", Secrets: []string{apitest.Second}, Ways: refused,
			Answers: map[string]string{"/openid-configuration": login},
			Calls:   host(azureapi.Credentials{TenantID: "T", ClientID: "C", ClientSecret: apitest.Second}),
		},
		apitest.Case{
			Name: "Azure, by a token of a workflow", Secrets: []string{apitest.Second, apitest.Configured}, Ways: refused,
			Answers: map[string]string{"/openid-configuration": login, "/token": `{"value":"` + apitest.Configured + `"}`},
			Calls: host(azureapi.Credentials{
				TenantID: "T", ClientID: "C", OIDCRequestURL: "https://workflow.example.com/token", OIDCRequestToken: apitest.Second,
			}),
		},
	)
}
