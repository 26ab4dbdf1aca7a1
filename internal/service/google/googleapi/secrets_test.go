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

// The secrets of a credentials file, and what is made of them, go to the token endpoint alone.
func TestNoErrorShowsWhatATokenEndpointSendsBack(t *testing.T) {
	t.Setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "")
	user := asJSON(t, map[string]any{
		"type": "authorized_user", "client_id": "id", "client_secret": apitest.Second, "refresh_token": apitest.Configured, "project_id": "example-project",
	})
	ways := append([]apitest.Way{
		apitest.InJSON(400, `{"error":%s,"error_description":%s}`), apitest.InJSON(403, `{"error":{"message":%s,"status":%s}}`),
		apitest.InJSON(200, `{"access_token":[%s]}`), apitest.InJSON(200, `{"error":%s,"error_description":%s}`),
	}, apitest.Everywhere...)
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "a user's file", Secrets: []string{apitest.Configured, apitest.Second}, Ways: ways,
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(googleapi.New(googleapi.Config{Credentials: googleapi.Credentials{Text: user}, BaseURL: apitest.BaseURL(), Transport: transport}))
			},
		},
		apitest.Case{
			Name: "a token by which another account is impersonated", Secrets: []string{apitest.Configured}, Ways: ways,
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(googleapi.New(googleapi.Config{
					Credentials: googleapi.Credentials{AccessToken: apitest.Configured, Impersonate: "a@b.example"}, Project: "example-project", BaseURL: apitest.BaseURL(), Transport: transport,
				}))
			},
		},
		apitest.Case{
			Name: "a token that was issued", Secrets: []string{apitest.Second}, Ways: ways,
			Answers: map[string]string{"/token": `{"access_token":"` + apitest.Second + `","expires_in":3600}`},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				return apitest.HostCalls(googleapi.New(googleapi.Config{Credentials: googleapi.Credentials{Text: asJSON(t, map[string]any{
					"type": "authorized_user", "client_id": "id", "client_secret": "s3cret", "refresh_token": "r3fresh", "project_id": "example-project",
				})}, BaseURL: apitest.BaseURL(), Transport: transport}))
			},
		},
	)
}
