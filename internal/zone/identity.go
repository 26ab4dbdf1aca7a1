package zone

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// authorizationIdentity is the identity of an authorization. Unlike its ID, it tells who tries the
// credentials.
func authorizationIdentity() kit.Identity {
	return kit.Identity{
		Required: map[string]string{
			"host":   "The DNS host, as in `dns_provider`.",
			"domain": "The domain, in punycode.",
		},
		Optional: map[string]string{
			"account": "The account of `dns_accounts`. Leave it out for the account in the host's own block.",
			"zone":    "The zone, if it is configured.",
			"via":     "Who tries the credentials, as in `via`. Leave it out for `" + viaDirect + "`.",
			"zone_id": "The host's own id of the zone, if `id` has it: because `zone_id` is configured, or because the account has several zones with that name.",
		},
		// The id gets the zone's id when the account gets another zone with that name.
		Mutable: true,
		Of: func(attribute func(string) string) (map[string]string, error) {
			id, err := ParseAuthorizationID(attribute("id"))
			values := map[string]string{"host": id.Host, "domain": id.Domain, "account": id.Account, "zone": id.Zone, "zone_id": id.ZoneID}
			if via := attribute("via"); via != viaDirect {
				values["via"] = via
			}
			return values, err
		},
		ImportID: func(identity map[string]string) (string, error) {
			id := AuthorizationID{
				Host: identity["host"], Account: identity["account"], Domain: identity["domain"], Zone: identity["zone"], ZoneID: identity["zone_id"],
			}.String()
			if via := identity["via"]; via != "" && via != viaDirect {
				id += importVia + via
			}
			return id, nil
		},
	}
}

// recordsIdentity is the identity of a set of records. A set whose records an import read from the
// zone has a label such as "mail-mx". The set of a resource that published its records itself has
// eight digits.
func recordsIdentity() kit.Identity {
	return kit.Identity{
		Required: map[string]string{
			"authorization": "The id of the `postmaster_dns_authorization`.",
			"set":           "Which records: " + mailSetLabels() + ".",
		},
		// The records can move to another zone in place.
		Mutable: true,
		Of: func(attribute func(string) string) (map[string]string, error) {
			id := attribute("id")
			cut := strings.LastIndexByte(id, '/')
			if cut < 0 {
				return nil, fmt.Errorf("%q is not the id of a set of records", id)
			}
			return map[string]string{"authorization": id[:cut], "set": id[cut+1:]}, nil
		},
		ImportID: func(identity map[string]string) (string, error) {
			authorization, set := identity["authorization"], identity["set"]
			if !isMailSetLabel(set) {
				return "", fmt.Errorf("%q does not say which records of the zone are meant. Give one of the labels %s, or import by id: "+
					"%q followed by the records as JSON", set, mailSetLabels(), authorization+"#")
			}
			return authorization + "#" + set, nil
		},
	}
}
