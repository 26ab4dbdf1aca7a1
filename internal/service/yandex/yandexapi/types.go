package yandexapi

// Status is how far the connection of a domain has come.
type Status string

// The states, in the order in which a domain goes through them.
const (
	// DomainActivate: registered, but its ownership is not proven. Secrets say how to prove it.
	DomainActivate Status = "domain-activate"
	// MXActivate: proven, but its MX record does not lead to the service, so that mail does not
	// arrive.
	MXActivate Status = "mx-activate"
	// Added: connected.
	Added Status = "added"
)

// statusNone is the status of a domain that does not exist, in answers of domain/details.
const statusNone Status = "none"

// Domain is a mail domain of the token's user.
type Domain struct {
	Name   string // in lower-case ASCII
	Status Status
	Stage  string // the service's internal name of Status: "owner-check", "mx-check", "added"
	// Delegated is whether the domain's name servers are those of the service. Only lists and
	// details have it.
	Delegated bool
	// Accounts is the number of mailboxes that the service counts in the domain; Counted is false
	// if it does not count them. Only lists have it.
	Accounts int
	Counted  bool

	// Secrets are in the results of Register and RegistrationStatus only, and only while the domain
	// is DomainActivate.
	Secrets *Secrets
	// The result of the last check, and the times of the last and next one, in the service's own
	// words. Only RegistrationStatus has them. The format of the times is not documented.
	CheckResults         CheckResult
	LastCheck, NextCheck string
}

// Secrets prove the ownership of a domain. They are published in one of two ways: as the CNAME
// record [Secrets.CNAME], or as a file with the name [Secrets.File] and the content Content in the
// root of the domain's web site. They are not secret like a password, because everybody can see
// what is published.
type Secrets struct {
	Name    string // part of the names of the record and of the file
	Content string // of the file
}

// CNAME returns the record that proves the ownership of a domain: its complete name and its target,
// without trailing dots.
func (s Secrets) CNAME(domain string) (name, target string) {
	return "yamail-" + s.Name + "." + domain, "mail.yandex.ru"
}

// File is the name of the file that proves the ownership.
func (s Secrets) File() string { return s.Name + ".html" }

// CheckResult is the result of a check of a domain, in the service's own words.
type CheckResult string

// CheckOK: nothing is missing. Any other result names what is missing.
const CheckOK CheckResult = "ok"

// Account is a mailbox or a mailing list. The service lists both together.
type Account struct {
	UID       int64
	Email     string // complete, in lower case; the API calls it login
	FirstName string
	LastName  string
	Enabled   bool // false: blocked, mail cannot be read
	// Ready is whether the user has accepted the terms of service at the first login.
	Ready       bool
	MailingList bool
}

// Profile holds the values of an account that can be set besides its password; nil leaves a value
// as it is.
type Profile struct {
	FirstName *string
	LastName  *string
	Enabled   *bool
}

// Changes holds the values of an account that can be changed; nil leaves a value as it is.
type Changes struct {
	Profile
	Password *string
}

// DKIM is how the service signs a domain's mail.
type DKIM struct {
	Enabled bool
	// TXTRecord is the text of the record to publish at [DKIMSelector]: "v=DKIM1; …". It may be ""
	// while DKIM is disabled.
	TXTRecord string
	NSReady   bool // the record has been seen in the DNS; only DKIM tells
	MailReady bool // mail is signed; only DKIM tells
}

// DKIMSelector is the only selector of the service: the record is at mail._domainkey.
const DKIMSelector = "mail"
