package namecheapapi_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "Namecheap", Secrets: []string{apitest.Configured},
			Ways: []apitest.Way{
				apitest.Everywhere[0], apitest.Everywhere[1],
				apitest.InXML(http.StatusOK, `<ApiResponse Status="ERROR"><Errors><Error Number="1011150">%s</Error></Errors></ApiResponse>`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(namecheapapi.New(namecheapapi.Config{APIUser: "u", APIKey: apitest.Configured, ClientIP: "192.0.2.1", BaseURL: apitest.BaseURL(), Transport: transport, CallsPerMinute: 1 << 20}))
			},
		},
	)
}
