package yandex

// Status is how far the connection of a domain has come.
type Status string

// The states, in the order in which a domain goes through them.
const (
	// DomainActivate: registered, and not proven to be ours. Secrets tell how to prove it.
	DomainActivate Status = "domain-activate"
	// MXActivate: proven, and its MX record does not lead to the service, so that mail does not arrive.
	MXActivate Status = "mx-activate"
	// Added: connected.
	Added Status = "added"
)

// statusNone is what domain/details says of a domain that does not exist.
const statusNone Status = "none"

// Domain is a mail domain of the token's user.
type Domain struct {
	Name   string // in lower-case ASCII
	Status Status
	Stage  string // says the same as Status, for the service's own use: "owner-check", "mx-check", "added"
	// Delegated is whether the domain's name servers are the service's. Only lists and details tell.
	Delegated bool
	// Accounts is how many mailboxes the service counts in the domain, and Counted whether it does. Only lists tell.
	Accounts int
	Counted  bool

	// Secrets are told by Register and RegistrationStatus alone, and only of a domain that is DomainActivate.
	Secrets *Secrets
	// What the last check came to, and when there was or will be one, in the service's own words; only RegistrationStatus
	// tells. Times have no documented form.
	CheckResults         CheckResult
	LastCheck, NextCheck string
}

// Secrets are what proves that a domain is ours, published in either of two ways: as the CNAME record [Secrets.CNAME], or
// as a file of the name [Secrets.File] in the root of the domain's web site, with Content in it. They are no secrets in the
// sense of a password: everybody may see what is published.
type Secrets struct {
	Name    string // part of the names of the record and of the file
	Content string // of the file
}

// CNAME is the record that proves the ownership of a domain: its complete name and its target, without trailing dots.
func (s Secrets) CNAME(domain string) (name, target string) {
	return "yamail-" + s.Name + "." + domain, "mail.yandex.ru"
}

// File is the name of the file that proves the ownership.
func (s Secrets) File() string { return s.Name + ".html" }

// CheckResult is what a check of a domain found, in the service's own words.
type CheckResult string

// CheckOK: nothing is missing. All else names what is.
const CheckOK CheckResult = "ok"

// Account is a mailbox, or a mailing list, which the service lists among the mailboxes.
type Account struct {
	UID       int64
	Email     string // complete, in lower case; the API calls it login
	FirstName string
	LastName  string
	Enabled   bool // false: blocked, mail cannot be read
	// Ready is whether its user has accepted the terms of service, at the first login.
	Ready       bool
	MailingList bool
}

// Profile is what can be set of an account beside its password; nil leaves what is.
type Profile struct {
	FirstName *string
	LastName  *string
	Enabled   *bool
}

// Changes are what can be changed of an account; nil leaves what is.
type Changes struct {
	Profile
	Password *string
}

// DKIM is how the service signs a domain's mail.
type DKIM struct {
	Enabled bool
	// TXTRecord is the text of the record to be published at [DKIMSelector]: "v=DKIM1; …". It may be "" while DKIM is not
	// enabled.
	TXTRecord string
	NSReady   bool // the record has been seen in the DNS; only DKIM tells
	MailReady bool // mail is signed; only DKIM tells
}

// DKIMSelector is the one selector that the service signs with: the record is at mail._domainkey.
const DKIMSelector = "mail"

// DNSRecord is a record in the zone of a domain that is delegated to the service.
type DNSRecord struct {
	ID        int64
	Type      string // A, AAAA, CNAME, MX, NS, SOA, SRV or TXT
	Subdomain string // relative to the domain; "" and "@" are the domain itself
	Name      string // complete, without trailing dot; only read
	// Content is an address, an absolute name or, of TXT, the text; of SRV, the target.
	Content  string
	TTL      uint32  // seconds, 900 to 1209600; when written, 0 is the service's default
	Priority *uint16 // of MX and SRV
	Weight   *uint16 // of SRV
	Port     *uint16 // of SRV
}
