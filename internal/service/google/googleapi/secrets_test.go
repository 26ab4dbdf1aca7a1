package googleapi_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t, apitest.Case{
		Name: "Google Cloud DNS, by access token", Secrets: []string{apitest.Configured},
		Ways: append([]apitest.Way{
			apitest.InJSON(403, `{"error":{"code":403,"message":%s,"status":%s,"errors":[{"reason":%s,"message":%s}],"details":[{"reason":%s}]}}`),
			apitest.InJSON(400, `{"error":{"code":400,"message":%s,"errors":[{"reason":"invalid","message":%s}]}}`),
			apitest.InJSON(200, `{"kind":%s,"managedZones":[]}`), apitest.InJSON(200, `{"kind":"dns#managedZonesListResponse","managedZones":%s}`),
		}, apitest.Everywhere...),
		Calls: func(transport http.RoundTripper) []apitest.Call {
			return apitest.HostCalls(googleapi.New(googleapi.Config{
				Credentials: googleapi.Credentials{AccessToken: apitest.Configured}, Project: "example-project",
				BaseURL: apitest.BaseURL(), Transport: transport,
			}))
		},
	})
}
