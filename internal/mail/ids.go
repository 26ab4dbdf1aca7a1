package mail

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// DomainID is the ID of a mail domain, "SERVICE/example.com". Service is the service's name. Domain
// is in its canonical spelling.
type DomainID struct {
	Service string
	Domain  string
}

// String returns the ID as the state has it.
func (id DomainID) String() string { return id.Service + "/" + id.Domain }

// ParseDomainID parses an ID in any spelling of the domain. It checks only the form. The methods of
// [services] check that the service exists.
func ParseDomainID(text string) (DomainID, error) {
	service, domain, found := strings.Cut(text, "/")
	if !found || service == "" {
		return DomainID{}, notDomainID(text, `"SERVICE/example.com"`)
	}
	domain, err := kit.CanonicalMailDomain(domain)
	if err != nil {
		return DomainID{}, err
	}
	return DomainID{Service: service, Domain: domain}, nil
}

// notDomainID returns the error for a text that is not the ID of a mail domain.
func notDomainID(text, examples string) error {
	return fmt.Errorf("%q is not the id of a mail domain, such as %s: use the id attribute of a postmaster_mail_domain", text, examples)
}

// DomainIDSpelling compares IDs of mail domains by their form. Attributes are checked with the
// spelling of a list, which knows the services.
var DomainIDSpelling = kit.Spelling{What: "the id of a mail domain", Canonical: func(s string) (string, error) {
	id, err := ParseDomainID(s)
	return id.String(), err
}}

// domainIDSpelling returns the spelling of IDs of mail domains at one of the services.
func (l services) domainIDSpelling() kit.Spelling {
	return kit.Spelling{What: DomainIDSpelling.What, Canonical: func(s string) (string, error) {
		id, err := l.parseDomainID(s)
		return id.String(), err
	}}
}

// parseDomainID parses the ID of a mail domain at one of the services.
func (l services) parseDomainID(text string) (DomainID, error) {
	service, _, found := strings.Cut(text, "/")
	if !found || l.named(service) == nil {
		return DomainID{}, notDomainID(text, l.examples("example.com"))
	}
	return ParseDomainID(text)
}

// UserID is the ID of a mailbox, "SERVICE/alice@example.com".
type UserID struct {
	Service   string
	LocalPart string
	Domain    string
}

// String returns the ID as the state has it.
func (id UserID) String() string { return id.Service + "/" + id.Email() }

// Email returns the mailbox's address in its canonical spelling.
func (id UserID) Email() string { return id.LocalPart + "@" + id.Domain }

// DomainID returns the ID of the mailbox's domain.
func (id UserID) DomainID() DomainID { return DomainID{Service: id.Service, Domain: id.Domain} }

// parseUserID parses the ID of a mailbox at one of the services.
func (l services) parseUserID(text string) (UserID, error) {
	service, email, found := strings.Cut(text, "/")
	at := strings.LastIndexByte(email, '@')
	if !found || at < 0 {
		return UserID{}, fmt.Errorf("%q is not the id of a mailbox, such as %s", text, l.examples("alice@example.com"))
	}
	domain, err := l.parseDomainID(service + "/" + email[at+1:])
	if err != nil {
		return UserID{}, err
	}
	local, err := canonicalLocalPart(email[:at])
	if err != nil {
		return UserID{}, err
	}
	return UserID{Service: domain.Service, LocalPart: local, Domain: domain.Domain}, nil
}
