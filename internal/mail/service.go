package mail

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Service is a [Service] that hosts mail. What only some of them do is in further
// interfaces: [FirstAccounter], [OwnershipProver], [DKIMSwitcher] and [DKIMMaker].
type Service interface {
	kit.Service
	// MailRules is what has to be known of the service before anything is called.
	MailRules() Rules
	// Mail makes the service's client, and calls nobody. The error is an
	// api.ErrNotConfigured that says what is missing.
	Mail(run *kit.Run) (Mail, error)
}

// FirstAccounter is a [MailService] that makes a domain together with its first account.
type FirstAccounter interface {
	Service
	// FirstAccount says so in a sentence.
	FirstAccount() string
}

// OwnershipProver is a [MailService] that wants to see a proof that a domain is ours.
type OwnershipProver interface {
	Service
	// OwnershipProof returns what the service asks for at this moment. It may have the
	// service check the domain, so it is not for a refresh.
	OwnershipProof(ctx context.Context, run *kit.Run, domain string) (OwnershipProof, error)
}

// DKIMSigner is a [MailService] that signs mail: a [DKIMSwitcher] or a [DKIMMaker].
type DKIMSigner interface {
	Service
	// DKIMSelector is where the records of all of its keys are.
	DKIMSelector() string
}

// DKIMSwitcher is a [MailService] that has one key for a domain, which is switched on and
// off and can be read at any time.
type DKIMSwitcher interface {
	DKIMSigner
	// DKIMSwitch makes the client that switches keys, as Mail makes the other.
	DKIMSwitch(run *kit.Run) (DKIMSwitch, error)
}

// DKIMSwitch switches the keys of a service's domains.
type DKIMSwitch interface {
	DKIMReader
	// EnableDKIM has mail signed with the domain's key, and returns the key.
	EnableDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
	// DisableDKIM ends the signing.
	DisableDKIM(ctx context.Context, domain string) error
}

// DKIMMaker is a [MailService] that makes another key each time it is asked for one, and
// signs with that at once. No call deletes a key, and only an export of the domain shows it.
type DKIMMaker interface {
	DKIMSigner
	// DKIMKeys makes the client that makes keys, as Mail makes the other.
	DKIMKeys(run *kit.Run) (DKIMKeys, error)
}

// DKIMKeys makes the keys of a service's domains. Its DKIMKey has the service export the
// domain with all its mail: it is nothing for a refresh.
type DKIMKeys interface {
	DKIMReader
	// MakeDKIMKey has a new key made, which is in force at once.
	MakeDKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
}

// DKIMReader shows the keys of a service's domains.
type DKIMReader interface {
	// DKIMKey returns the key that the service signs a domain's mail with; nil where it
	// signs with none.
	DKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
}

// Mail is the client of a mail service. Domains and addresses are passed in their canonical
// spelling. Errors match those of package api: api.ErrNotFound only where the service
// verifiably says so, and api.ErrConflict only of what an import can take over. One that
// can tell which domains were never used is an [UnusedDomains] as well.
type Mail interface {
	// CreateDomain makes a domain. First is its first account, and empty unless the service
	// is a [FirstAccounter]; the proof is null unless it is an [OwnershipProver]. It makes one
	// changing call, or undoes its own.
	CreateDomain(ctx context.Context, name string, first NewMailbox) (OwnershipProof, error)
	// FindDomain is nil where a domain is there, as the lists of a refresh have it.
	FindDomain(ctx context.Context, name string) error
	// Domains returns all of them. Where an empty list proves nothing, it is an
	// [EmptyListError].
	Domains(ctx context.Context) ([]MailDomain, error)
	// DeleteDomain deletes a domain with its accounts and their mail.
	DeleteDomain(ctx context.Context, name string) error

	// CreateMailbox makes a mailbox; like CreateDomain, it undoes what it leaves
	// unfinished.
	CreateMailbox(ctx context.Context, email string, p Passwords, profile MailProfile) (Mailbox, error)
	// Mailbox returns a mailbox as the lists of a refresh have it.
	Mailbox(ctx context.Context, email string) (Mailbox, error)
	// Mailboxes returns all of a domain.
	Mailboxes(ctx context.Context, domain string) ([]Mailbox, error)
	// ChangeMailbox sets what the profile has, and the password where one is given.
	ChangeMailbox(ctx context.Context, email string, p Passwords, profile MailProfile) (Mailbox, error)
	// DeleteMailbox deletes a mailbox and its mail.
	DeleteMailbox(ctx context.Context, email string) error
}

// UnusedDomains is a [Mail] that can tell by which a domain holds no mail and never has.
type UnusedDomains interface {
	Mail
	// IsUnused is whether the service says so of a domain: now if fresh is set, else as a
	// list from before has it.
	IsUnused(ctx context.Context, domain string, fresh bool) (bool, error)
}

// MailDomain is a domain as a service lists it.
type MailDomain struct {
	Name     string      // as the service spells it
	Accounts types.Int64 // how many the service counts in it; null where it does not tell
}

// NewMailbox is a mailbox that is to be made together with its domain.
type NewMailbox struct {
	LocalPart string
	Passwords Passwords
}

// Mailbox is an account as a service lists it.
type Mailbox struct {
	Email   string      // as the service spells it
	Profile MailProfile // null where the service has none
}

// MailProfile is what a mailbox has beside its password. Null is what is not to be
// set, or what the service does not have; nothing is unknown.
type MailProfile struct {
	FirstName types.String
	LastName  types.String
	Enabled   types.Bool
}

// OwnershipProof is how to prove to a service that a domain is ours, by a CNAME record
// or by a file of its web site. All of it is null where the service asks for no proof.
type OwnershipProof struct {
	CNAMEName, CNAMEValue types.String
	FileName, FileContent types.String
}

// ForeignError is a conflict with what belongs to somebody else. It matches nothing,
// least of all api.ErrConflict: no import can take the object over.
type ForeignError struct{ Cause error }

// Error is what the cause says.
func (e ForeignError) Error() string { return e.Cause.Error() }

// EmptyListError is a list of domains that is empty and proves nothing by that: a service
// that has lost its database answers with the same.
type EmptyListError struct{ Cause error }

// Error is what the cause says.
func (e EmptyListError) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e EmptyListError) Unwrap() error { return e.Cause }
