package mailserver

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

// Credential is an account's password, or its md5-crypt hash where the server is
// to store it as it is. None of its texts shows it.
type Credential struct {
	Value  string
	Hashed bool // Value is a hash such as $1$salt$…
}

// String says what it is, not which.
func (c Credential) String() string {
	if c.Hashed {
		return "(password hash)"
	}
	return "(password)"
}

// GoString keeps %#v from showing it.
func (c Credential) GoString() string { return c.String() }

// LogValue keeps slog from showing it.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Export is what the server says of an archive that it has made of a domain. The
// answer's password hashes and the DKIM private key are left behind in it.
type Export struct {
	Domain      string
	ArchivePath string   // a file on the server
	GeneratedAt string   // "2006-01-02 15:04:05" in the server's time zone, which it does not tell
	Emails      []string // in the server's order
	DKIMPublic  string   // the DKIM record in zone file text; "" where the domain has no key
}
