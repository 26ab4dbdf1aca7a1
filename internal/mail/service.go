package mail

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Service is a [kit.Service] that hosts mail. What only some services can do is in further
// interfaces: [FirstAccounter], [OwnershipProver], [DKIMSwitcher] and [DKIMMaker].
type Service interface {
	kit.Service
	// MailRules returns what must be known about the service before any call.
	MailRules() Rules
	// Mail creates the service's client without making a call. The error matches
	// api.ErrNotConfigured and says what is missing.
	Mail(run *kit.Run) (Mail, error)
}

// FirstAccounter is a [Service] that creates a domain only together with a first mailbox.
type FirstAccounter interface {
	Service
	// FirstAccount says so in a sentence.
	FirstAccount() string
}

// OwnershipProver is a [Service] that requires a proof that a domain is ours.
type OwnershipProver interface {
	Service
	// OwnershipProof returns the proof that the service asks for now. It may make the service check
	// the domain, so it must not be called in a refresh.
	OwnershipProof(ctx context.Context, run *kit.Run, domain string) (OwnershipProof, error)
}

// DKIMSigner is a [Service] that signs mail. It is a [DKIMSwitcher] or a [DKIMMaker].
type DKIMSigner interface {
	Service
	// DKIMSelector returns the selector of all its keys.
	DKIMSelector() string
}

// DKIMSwitcher is a [Service] with one DKIM key for each domain. The key is enabled and disabled,
// and can be read at any time.
type DKIMSwitcher interface {
	DKIMSigner
	// DKIMSwitch creates the client that switches keys, under the same rules as Mail.
	DKIMSwitch(run *kit.Run) (DKIMSwitch, error)
}

// DKIMSwitch enables and disables the DKIM keys of a service's domains.
type DKIMSwitch interface {
	DKIMReader
	// EnableDKIM makes the service sign with the domain's key, and returns the key.
	EnableDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
	// DisableDKIM makes the service stop signing.
	DisableDKIM(ctx context.Context, domain string) error
}

// DKIMMaker is a [Service] that creates a new key on each request and signs with it at once. No
// call deletes a key, and only an export of the domain shows it.
type DKIMMaker interface {
	DKIMSigner
	// DKIMKeys creates the client that makes keys, under the same rules as Mail.
	DKIMKeys(run *kit.Run) (DKIMKeys, error)
}

// DKIMKeys makes the DKIM keys of a service's domains. Its method DKIMKey makes the service export
// the domain with all its mail, so it must not be called in a refresh.
type DKIMKeys interface {
	DKIMReader
	// MakeDKIMKey creates a new key, which is in force at once.
	MakeDKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
}

// DKIMReader reads the DKIM keys of a service's domains.
type DKIMReader interface {
	// DKIMKey returns the key that the service signs a domain's mail with, or nil if it does not
	// sign.
	DKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
}

// Mail is the client of a mail service. Domains and addresses are passed in their canonical
// spelling. Errors match those of package api. They match api.ErrNotFound only if the service
// reliably says that the object does not exist, and api.ErrConflict only if an import can take over
// the object. A client that can tell which domains were never used is also an [UnusedDomains].
type Mail interface {
	// CreateDomain creates a domain. First is its first mailbox; it is empty unless the service is
	// a [FirstAccounter]. The proof is null unless the service is an [OwnershipProver].
	// CreateDomain makes one changing call, or undoes its own changes after an error.
	CreateDomain(ctx context.Context, name string, first NewMailbox) (OwnershipProof, error)
	// FindDomain returns nil if the domain exists. It uses the lists of a refresh.
	FindDomain(ctx context.Context, name string) error
	// Domains returns all domains. If an empty list proves nothing, the error is an
	// [EmptyListError].
	Domains(ctx context.Context) ([]Domain, error)
	// DeleteDomain deletes a domain with its mailboxes and their mail.
	DeleteDomain(ctx context.Context, name string) error

	// CreateMailbox creates a mailbox. After an error it undoes its own changes, like CreateDomain.
	CreateMailbox(ctx context.Context, email string, p Passwords, profile Profile) (Mailbox, error)
	// Mailbox returns a mailbox. It uses the lists of a refresh.
	Mailbox(ctx context.Context, email string) (Mailbox, error)
	// Mailboxes returns all mailboxes of a domain.
	Mailboxes(ctx context.Context, domain string) ([]Mailbox, error)
	// ChangeMailbox sets the given parts of the profile, and the password if one is given.
	ChangeMailbox(ctx context.Context, email string, p Passwords, profile Profile) (Mailbox, error)
	// DeleteMailbox deletes a mailbox and its mail.
	DeleteMailbox(ctx context.Context, email string) error
}

// UnusedDomains is a [Mail] that can tell whether a domain holds no mail and never did.
type UnusedDomains interface {
	Mail
	// IsUnused reports whether the service says so about a domain. If fresh is set, the service is
	// asked now. Otherwise an earlier list may answer.
	IsUnused(ctx context.Context, domain string, fresh bool) (bool, error)
}

// Domain is a domain in a service's list.
type Domain struct {
	Name     string      // as the service spells it
	Accounts types.Int64 // the number of its mailboxes; null if the service does not report it
}

// NewMailbox is a mailbox that is to be created together with its domain.
type NewMailbox struct {
	LocalPart string
	Passwords Passwords
}

// Mailbox is a mailbox in a service's list.
type Mailbox struct {
	Email   string  // as the service spells it
	Profile Profile // null if the service has no profiles
}

// Profile is the profile of a mailbox. A null attribute is one that is not to be set, or that the
// service does not have. No attribute is unknown.
type Profile struct {
	FirstName types.String
	LastName  types.String
	Enabled   types.Bool
}

// OwnershipProof says how to prove to a service that a domain is ours: by a CNAME record, or by a
// file on the domain's web site. All fields are null if the service asks for no proof.
type OwnershipProof struct {
	CNAMEName, CNAMEValue types.String
	FileName, FileContent types.String
}

// ForeignError is a conflict with an object of somebody else. It does not match api.ErrConflict,
// because no import can take the object over.
type ForeignError struct{ Cause error }

// Error returns the text of the cause.
func (e ForeignError) Error() string { return e.Cause.Error() }

// EmptyListError means that the list of domains is empty, which proves nothing: a service that has
// lost its database answers with an empty list too.
type EmptyListError struct{ Cause error }

// Error returns the text of the cause.
func (e EmptyListError) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e EmptyListError) Unwrap() error { return e.Cause }
