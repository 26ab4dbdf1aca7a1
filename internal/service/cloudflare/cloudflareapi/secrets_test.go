package cloudflareapi_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "Cloudflare", Secrets: []string{apitest.Configured},
			Ways: []apitest.Way{
				apitest.InJSON(403, `{"success":false,"errors":[{"code":9109,"message":%s,"error_chain":[{"code":1,"message":%s}]}]}`),
				apitest.InJSON(400, `{"success":false,"errors":[{"code":1004,"message":%s}]}`), apitest.InJSON(200, `{"success":true,"result":%s}`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(cloudflareapi.New(cloudflareapi.Config{APIToken: apitest.Configured, BaseURL: apitest.BaseURL(), Transport: transport}))
			},
		},
	)
}
