package route53api_test

import (
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53api"
)

// Whatever the service makes of a secret before it sends it back, no error and no log shows it. The
// secret key is never sent: calls are only signed with it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t, apitest.Case{
		Name: "Route 53", Secrets: []string{apitest.Second},
		Ways: append([]apitest.Way{
			apitest.InXML(403, `<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>%s</Message></Error></ErrorResponse>`),
			apitest.InXML(400, `<InvalidChangeBatch><Messages><Message>RRSet %s</Message><Message>Tried to create resource record set [%s</Message></Messages></InvalidChangeBatch>`),
			apitest.InXML(200, `<ListHostedZonesResponse><MaxItems>%s</MaxItems></ListHostedZonesResponse>`),
		}, apitest.Everywhere...),
		Calls: func(transport http.RoundTripper) []apitest.Call {
			return apitest.HostCalls(route53api.New(route53api.Config{
				Login:   awsauth.Settings{AccessKey: "AKIAEXAMPLE", SecretKey: apitest.Configured, SessionToken: apitest.Second},
				BaseURL: apitest.BaseURL(), Transport: transport,
			}))
		},
	})
}
