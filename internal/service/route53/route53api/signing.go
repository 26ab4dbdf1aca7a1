package route53api

import (
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// signingRegion is the region that calls to an address of the API are signed for.
func signingRegion(at smithyendpoints.Endpoint, otherwise string) string {
	schemes, _ := smithyauth.GetAuthOptions(&at.Properties)
	for _, scheme := range schemes {
		if region, ok := smithyhttp.GetSigV4SigningRegion(&scheme.SignerProperties); ok {
			return region
		}
	}
	return otherwise
}
