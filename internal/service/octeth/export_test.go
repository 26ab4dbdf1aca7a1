package octeth

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"

// What the tests of this package use of its insides.
type (
	Delegate     = delegate
	DomainID     = domainID
	Verification = verification
)

var (
	Hosts             = writableHosts
	HostCalled        = hostCalled
	NewPublication    = newPublication
	ParseID           = parseID
	ParseRegisteredID = parseRegisteredID
)

// Alternatives returns the two credentials of which one is enough.
func (a *Account) Alternatives() (key, session kit.Setting) { return a.key, a.session }

// Missing returns an error that says which settings are missing, or nil.
func (a *Account) Missing() error { return a.missing() }
