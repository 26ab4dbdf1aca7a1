package mailserverapi

import "log/slog"

// Domain is a row of the server's list of mail domains.
type Domain struct {
	ID       int64
	Name     string // as the server spells it, which may be in another case than asked for
	Accounts int    // how many accounts the server counts in it
}

// Account is a row of the server's list of a domain's accounts.
type Account struct {
	ID, DomainID int64
	Email        string // as the server spells it
}

// Credential is an account's password, or an md5-crypt hash that the server stores as it is. No
// text made of it shows it.
type Credential struct {
	Value  string
	Hashed bool // Value is a hash such as $1$salt$…
}

// String says what it is, and not its value.
func (c Credential) String() string {
	if c.Hashed {
		return "(password hash)"
	}
	return "(password)"
}

// GoString hides it from %#v.
func (c Credential) GoString() string { return c.String() }

// LogValue hides it from slog.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Export is what the server says about an archive that it has made of a domain, without the
// password hashes and the private DKIM key.
type Export struct {
	Domain      string
	ArchivePath string   // a file on the server
	GeneratedAt string   // "2006-01-02 15:04:05" in the server's time zone, which is not known
	Emails      []string // in the server's order
	DKIMPublic  string   // the DKIM record in zone file text; "" if the domain has no key
}
