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

// octethHost is a DNS host at which Octeth writes records.
type octethHost struct {
	// Called is what Octeth calls it.
	Called string
	// Credentials are those of an account, as Octeth takes them. The function returns the
	// value of an attribute of the account's block, "" if it has none.
	Credentials func(value func(attribute string) string) octethapi.Credentials
	// Needs are the attributes that Octeth cannot do without, although they may be left out
	// for this provider, and takes says so in a sentence without its full stop.
	Needs []string
	takes string
	// hurdle is what to look at where the host lets this provider in and not Octeth, as
	// sentences without the last full stop.
	hurdle string
}

// OctethHosts are all of them, by what they are called in this provider.
var OctethHosts = map[string]octethHost{
	"cloudflare": {
		Called: octethapi.Cloudflare,
		Credentials: func(value func(string) string) octethapi.Credentials {
			return octethapi.Credentials{Key: value("api_token")}
		},
		hurdle: "Look whether the token is limited to client IP addresses that the Octeth server's is not among",
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
		// It knows the API of version 1 alone: a token of version 3 does not serve it.
		Needs: []string{"api_key", "api_secret"},
		takes: "Octeth takes an API key with its secret (API v1) there, and no token",
		hurdle: "Octeth uses api_key and api_secret, which this provider does not where a token is set beside them: make sure that they are of the production " +
			"environment and of the same customer. GoDaddy lets the API v1 be used by accounts only that it deems large enough",
	},
}

// octethHostNames are the names of the hosts at which Octeth writes records.
func octethHostNames() []string { return slices.Sorted(maps.Keys(OctethHosts)) }

// OctethHostCalled is the host that Octeth calls by a name; "" if it is none at which it
// writes records.
func OctethHostCalled(name string) string {
	for host, h := range OctethHosts {
		if h.Called == name {
			return host
		}
	}
	return ""
}

// lacking is why Octeth cannot use an account at the host, although this provider may be
// able to; nil if it can.
func (h octethHost) lacking(title string, values map[string]kit.Setting) error {
	settings := make([]kit.Setting, len(h.Needs))
	for i, attribute := range h.Needs {
		settings[i] = values[attribute]
	}
	var lacking *api.Error
	if !errors.As(kit.Missing(octethTitle, settings...), &lacking) {
		return nil
	}
	lacking.Op, lacking.Object, lacking.Answer = "edit zones at", title, h.takes
	return lacking
}

// Credentials are those of an authorization's account, as Octeth takes them to edit the
// zone by itself, with what it calls the DNS host. The error says which attributes have to
// be set, or that Octeth cannot write there at all. While [Zones.Pending] says that the
// account is not known yet, it is an api.ErrNotConfigured.
func (d OctethDelegate) Credentials(id zone.AuthorizationID) (provider string, c octethapi.Credentials, err error) {
	zones := zone.ZonesOf(d.Run)
	host, err := zones.HostNamed(id.Host)
	if err != nil {
		return "", c, err
	}
	taken, ok := OctethHosts[id.Host]
	if !ok {
		return "", c, &api.Error{Service: octethTitle, Op: "edit the zone of", Object: id.Domain,
			Answer: fmt.Sprintf("Octeth writes records only at %s, and this zone is at %s", strings.Join(zones.HostTitles(octethHostNames()), ", "), host.Title()),
			Advice: `Publish the records with postmaster_dns_records, and leave Octeth out of it: no via = "octeth", no octeth.dns_authorization_id`}
	}
	settings, err := zones.SettingsOf(id)
	if d.Run.Sandbox() != nil {
		// Nobody needs credentials there; but who gives some of a form that Octeth
		// cannot use learns it there.
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
