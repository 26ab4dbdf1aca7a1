package mail

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"

// keyIdentity is the identity of a mail domain's DKIM key.
func (l services) keyIdentity() kit.Identity {
	identity := l.domainIdentity()
	identity.Mutable = true // a key for another domain is an update in place
	return identity
}

// domainIdentity is the identity of a mail domain.
func (l services) domainIdentity() kit.Identity {
	return kit.Identity{
		Required: map[string]string{
			"service": "The mail service: " + l.alternatives() + ".",
			"domain":  "The domain, in punycode.",
		},
		Of: func(attribute func(string) string) (map[string]string, error) {
			id, err := ParseDomainID(attribute("id"))
			return map[string]string{"service": id.Service, "domain": id.Domain}, err
		},
		ImportID: func(identity map[string]string) (string, error) {
			id, err := l.parseDomainID(identity["service"] + "/" + identity["domain"])
			return id.String(), err
		},
	}
}

// userIdentity is the identity of a mailbox.
func (l services) userIdentity() kit.Identity {
	return kit.Identity{
		Required: map[string]string{
			"service": "The mail service: " + l.alternatives() + ".",
			"email":   "The mailbox's address, with its domain in punycode.",
		},
		Of: func(attribute func(string) string) (map[string]string, error) {
			id, err := l.parseUserID(attribute("id"))
			return map[string]string{"service": id.Service, "email": id.Email()}, err
		},
		ImportID: func(identity map[string]string) (string, error) {
			id, err := l.parseUserID(identity["service"] + "/" + identity["email"])
			return id.String(), err
		},
	}
}
