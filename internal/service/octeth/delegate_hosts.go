package octeth

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// writableHost describes how Octeth writes records at a DNS host.
type writableHost struct {
	// Called is Octeth's name for the host.
	Called string
	// Credentials returns the credentials of an account in the form that Octeth takes. The function
	// value returns the value of an attribute of the account's block, or "" if it has none.
	Credentials func(value func(attribute string) string) octethapi.Credentials
	// Needs are the attributes that Octeth requires but this provider does not. takes says so in a
	// sentence without its full stop.
	Needs []string
	takes string
	// hurdle says what to check if the host accepts this provider but refuses Octeth. It consists
	// of sentences, without the last full stop.
	hurdle string
}

// writableHosts are the DNS hosts at which Octeth writes records, by their names in this provider.
var writableHosts = map[string]writableHost{
	"cloudflare": {
		Called: octethapi.Cloudflare,
		Credentials: func(value func(string) string) octethapi.Credentials {
			return octethapi.Credentials{Key: value("api_token")}
		},
		hurdle: "Check whether the token is restricted to client IP addresses that do not include that of the Octeth server",
	},
	"namecheap": {
		Called: octethapi.Namecheap,
		Credentials: func(value func(string) string) octethapi.Credentials {
			user := value("api_user")
			return octethapi.Credentials{Key: value("api_key"), User: user, Username: cmp.Or(value("user_name"), user)}
		},
		hurdle: "Add the address of the Octeth server to the allow-list of the account, in Namecheap's settings of API access",
	},
	"godaddy": {
		Called: octethapi.GoDaddy,
		Credentials: func(value func(string) string) octethapi.Credentials {
			return octethapi.Credentials{Key: value("api_key"), Secret: value("api_secret")}
		},
		// Octeth uses only version 1 of the API, which does not accept a token of version 3.
		Needs: []string{"api_key", "api_secret"},
		takes: "Octeth takes an API key with its secret (API v1) there, and no token",
		hurdle: "Octeth uses api_key and api_secret, while this provider uses the token if one is set: make sure that the key is for the production " +
			"environment and for the same customer. GoDaddy allows the API v1 only for accounts that it considers large enough",
	},
}

// writableHostNames returns the names, in this provider, of the hosts at which Octeth writes
// records.
func writableHostNames() []string { return slices.Sorted(maps.Keys(writableHosts)) }

// hostCalled returns this provider's name for the host that Octeth calls by the given name. It
// returns "" if Octeth writes no records there.
func hostCalled(name string) string {
	for host, h := range writableHosts {
		if h.Called == name {
			return host
		}
	}
	return ""
}

// lacking returns an error that says which attributes Octeth requires and the account does not
// have, or nil. This provider may be able to use the account without them.
func (h writableHost) lacking(title string, values map[string]kit.Setting) error {
	settings := make([]kit.Setting, len(h.Needs))
	for i, attribute := range h.Needs {
		settings[i] = values[attribute]
	}
	var lacking *api.Error
	if !errors.As(kit.Missing(serviceTitle, settings...), &lacking) {
		return nil
	}
	lacking.Op, lacking.Object, lacking.Answer = "edit zones at", title, h.takes
	return lacking
}

// Credentials returns the credentials of an authorization's account in the form that Octeth takes,
// and Octeth's name for the DNS host. The error says which attributes have to be set, or that
// Octeth cannot write at this host. While the account is not known yet ([zone.Zones.Pending]), it
// is an api.ErrNotConfigured.
func (d delegate) Credentials(id zone.AuthorizationID) (provider string, c octethapi.Credentials, err error) {
	zones := zone.ZonesOf(d.Run)
	host, err := zones.HostNamed(id.Host)
	if err != nil {
		return "", c, err
	}
	taken, ok := writableHosts[id.Host]
	if !ok {
		return "", c, &api.Error{Service: serviceTitle, Op: "edit the zone of", Object: id.Domain,
			Answer: fmt.Sprintf("Octeth writes records only at %s, and this zone is at %s", strings.Join(zones.HostTitles(writableHostNames()), ", "), host.Title()),
			Advice: `Publish the records with postmaster_dns_records instead, without via = "octeth" and without octeth.dns_authorization_id`}
	}
	if id.ZoneID != "" {
		return "", c, &api.Error{Service: serviceTitle, Op: "edit the zone of", Object: id.Domain,
			Answer: fmt.Sprintf("Octeth is told the name of a domain only, and the authorization is for the zone with the id %s. Octeth may write to another zone with that name", id.ZoneID),
			Advice: `Publish the records with postmaster_dns_records instead, without via = "octeth" and without octeth.dns_authorization_id. If the account has one zone of that name only, replace the authorization without zone_id`}
	}
	settings, err := zones.SettingsOf(id)
	if d.Run.Sandbox() != nil {
		// The sandbox needs no credentials. But it refuses a form of credentials that Octeth cannot
		// use, so that the mistake is found there.
		if err == nil && settings.Missing == nil {
			if err := taken.lacking(host.Title(), settings.Values); err != nil {
				return "", c, err
			}
		}
		simulated := host.Host().SimulatedValues
		return taken.Called, taken.Credentials(func(attribute string) string { return simulated[attribute] }), nil
	}
	switch {
	case err != nil:
		return "", c, err
	case settings.Pending:
		return "", c, settings.Missing
	}
	if err := taken.lacking(host.Title(), settings.Values); err != nil {
		return "", c, err
	}
	if settings.Missing != nil {
		return "", c, settings.Missing
	}
	return taken.Called, taken.Credentials(func(attribute string) string { return settings.Values[attribute].Value }), nil
}
