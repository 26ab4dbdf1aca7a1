package mailserver

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"

// exportIdentity is the identity of an export. The service is part of it, as in the identity of the
// mail domain.
var exportIdentity = kit.Identity{
	Required: map[string]string{
		"service": "The mail service: `" + serviceName + "`.",
		"domain":  "The domain, in punycode.",
		"time":    "When the archive was made, as in `generated_at`.",
	},
	// A new archive, and one of another domain, is an update in place.
	Mutable: true,
	Of: func(attribute func(string) string) (map[string]string, error) {
		id, at, err := parseExportID(attribute("id"))
		return map[string]string{"service": id.Service, "domain": id.Domain, "time": at}, err
	},
	ImportID: func(identity map[string]string) (string, error) {
		return identity["service"] + "/" + identity["domain"] + "/" + identity["time"], nil
	},
}
