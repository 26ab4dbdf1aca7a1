package cert

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// certIdentity is the identity of a host's certificate.
func certIdentity(services []Service) kit.Identity {
	base := base{services: services}
	return kit.Identity{
		Required: map[string]string{
			"service":  "The service that obtains the certificate: `" + base.service().Name() + "`.",
			"hostname": "The host name, in punycode.",
		},
		// A change of the host name is an update in place.
		Mutable: true,
		Of: func(attribute func(string) string) (map[string]string, error) {
			service, host, found := strings.Cut(attribute("id"), "/")
			if !found {
				return nil, fmt.Errorf("%q is not the id of a certificate", attribute("id"))
			}
			return map[string]string{"service": service, "hostname": host}, nil
		},
		ImportID: func(identity map[string]string) (string, error) {
			return identity["service"] + "/" + identity["hostname"], nil
		},
	}
}
