package provider

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// domainID is the ID of a mail domain: "mailserver/example.com", the service as its
// kind is named and the domain in its canonical spelling.
type domainID struct {
	Service string
	Domain  string
}

func (id domainID) String() string { return id.Service + "/" + id.Domain }

// kind is that of the service.
func (id domainID) kind() *mailKind { return mailKindNamed(id.Service) }

// parseDomainID reads an ID in any spelling of the domain.
func parseDomainID(text string) (domainID, error) {
	service, domain, found := strings.Cut(text, "/")
	if !found || mailKindNamed(service) == nil {
		return domainID{}, fmt.Errorf("%q is not the id of a mail domain, such as %s: use the id attribute of a postmaster_mail_domain", text, idExamples("example.com"))
	}
	domain, err := canonicalMailDomain(domain)
	if err != nil {
		return domainID{}, err
	}
	return domainID{Service: service, Domain: domain}, nil
}

// idExamples is how the services' IDs of something look.
func idExamples(of string) string {
	examples := make([]string, len(mailKinds))
	for i, kind := range mailKinds {
		examples[i] = strconv.Quote(kind.name + "/" + of)
	}
	return strings.Join(examples, " or ")
}

// userID is the ID of a mailbox: "mailserver/alice@example.com".
type userID struct {
	Service   string
	LocalPart string
	Domain    string
}

func (id userID) String() string { return id.Service + "/" + id.Email() }

// Email is the mailbox's address in its canonical spelling.
func (id userID) Email() string { return id.LocalPart + "@" + id.Domain }

// DomainID is the ID of the mailbox's domain.
func (id userID) DomainID() domainID { return domainID{Service: id.Service, Domain: id.Domain} }

func parseUserID(text string) (userID, error) {
	service, email, found := strings.Cut(text, "/")
	at := strings.LastIndexByte(email, '@')
	if !found || at < 0 {
		return userID{}, fmt.Errorf("%q is not the id of a mailbox, such as %s", text, idExamples("alice@example.com"))
	}
	domain, err := parseDomainID(service + "/" + email[at+1:])
	if err != nil {
		return userID{}, err
	}
	local, err := canonicalLocalPart(email[:at])
	if err != nil {
		return userID{}, err
	}
	return userID{Service: domain.Service, LocalPart: local, Domain: domain.Domain}, nil
}

// canonicalMailDomain gives a mail domain's spelling for APIs and IDs: lower-case
// punycode without trailing dot. Wildcards, underscores and names of one label
// are no mail domains.
func canonicalMailDomain(name string) (string, error) {
	ascii, err := dns.Canonical(name)
	if err != nil {
		return "", err
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return "", fmt.Errorf("%q has one label only; a full name, such as example.com, is needed", name)
	}
	for _, label := range labels {
		if strings.ContainsAny(label, "_*") {
			return "", fmt.Errorf("%q: the label %q is not allowed here, only letters, digits and hyphens are", name, label)
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", fmt.Errorf("%q is an address, not a name", name)
	}
	return ascii, nil
}

// canonicalHostname is canonicalMailDomain for the name of a host.
func canonicalHostname(name string) (string, error) { return canonicalMailDomain(name) }

// Bounds of a local part: RFC 5321 section 4.5.3.1.1.
const longestLocalPart = 64

// localPartPunctuation is what a local part may hold beside letters and digits.
// RFC 5321 allows more, but the mail server makes a folder of this name, and a
// slash or a quote there would reach into other people's mail.
const localPartPunctuation = "._-+=~"

// canonicalLocalPart checks the part of an address before the "@" and gives its
// lower-case spelling: the servers compare without regard to case.
func canonicalLocalPart(local string) (string, error) {
	switch {
	case local == "":
		return "", errors.New("is empty; it is what stands before the @ of an address")
	case len(local) > longestLocalPart:
		return "", fmt.Errorf("has %d characters; an address allows %d before the @ (RFC 5321)", len(local), longestLocalPart)
	case strings.Contains(local, "@"):
		return "", errors.New("is a whole address; give only what stands before the @")
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return "", errors.New("must not begin or end with a dot, nor have two in a row")
	case strings.HasPrefix(local, "-"):
		return "", errors.New("must not begin with a hyphen, which programs on the server would take for an option")
	}
	for _, r := range local {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(localPartPunctuation, r) {
			return "", fmt.Errorf("holds %q; allowed are ASCII letters, digits and %s", r, strings.Join(strings.Split(localPartPunctuation, ""), " "))
		}
	}
	return strings.ToLower(local), nil
}
