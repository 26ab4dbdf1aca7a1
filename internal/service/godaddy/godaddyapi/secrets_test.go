package godaddyapi_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "GoDaddy, by token", Secrets: []string{apitest.Configured},
			Ways: []apitest.Way{
				apitest.InJSON(400, `{"name":%s,"message":%s,"details":[{"issue":%s,"field":%s,"description":%s}]}`), apitest.InJSON(200, `{"items":%s}`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(godaddyapi.New(godaddyapi.Config{Token: apitest.Configured, BaseURL: apitest.BaseURL(), Transport: transport}))
			},
		},
		apitest.Case{
			Name: "GoDaddy, by key", Secrets: []string{apitest.Configured, apitest.Second},
			Ways: []apitest.Way{
				apitest.InJSON(422, `{"code":%s,"message":%s,"fields":[{"code":%s,"path":%s,"message":%s}]}`), apitest.InJSON(200, `[{"domain":%s,"data":1}]`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(godaddyapi.New(godaddyapi.Config{Key: apitest.Configured, Secret: apitest.Second, BaseURL: apitest.BaseURL(), Transport: transport}))
			},
		},
	)
}
