package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// mailService is what the provider needs of a service that hosts mail. Domains and
// addresses are passed in their canonical spelling. Errors match those of package api:
// api.ErrNotFound only where the service verifiably says so, and api.ErrConflict only
// of what an import can take over.
type mailService interface {
	// createDomain makes a domain, with its first account where the service's kind asks
	// for one. It makes one changing call, or undoes its own.
	createDomain(ctx context.Context, name string, first newMailbox) (ownershipProof, error)
	// findDomain is nil where a domain is there, as the lists of a refresh have it.
	findDomain(ctx context.Context, name string) error
	// domains returns all of them. Where an empty list proves nothing, it is
	// mailserver.ErrNoDomains.
	domains(ctx context.Context) ([]mailDomain, error)
	// proof returns what the service asks for at this moment as a proof that a domain is
	// ours. It may have the service check the domain, so it is not for a refresh.
	proof(ctx context.Context, name string) (ownershipProof, error)
	// deleteDomain deletes a domain with its accounts and their mail.
	deleteDomain(ctx context.Context, name string) error

	// createMailbox makes a mailbox; like createDomain, it undoes what it leaves
	// unfinished.
	createMailbox(ctx context.Context, email string, p passwords, profile mailProfile) (mailbox, error)
	// mailbox returns a mailbox as the lists of a refresh have it.
	mailbox(ctx context.Context, email string) (mailbox, error)
	// mailboxes returns all of a domain.
	mailboxes(ctx context.Context, domain string) ([]mailbox, error)
	// changeMailbox sets what the profile has, and the password where one is given.
	changeMailbox(ctx context.Context, email string, p passwords, profile mailProfile) (mailbox, error)
	// deleteMailbox deletes a mailbox and its mail.
	deleteMailbox(ctx context.Context, email string) error

	// dkimKey returns the key that the service signs a domain's mail with; nil where it
	// signs with none. Unless the kind's key can be switched, this is nothing for a
	// refresh: the mail server writes an archive of all the domain's mail.
	dkimKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
	// startDKIM has mail signed: with the one key of the domain where that can be
	// switched, else with a new key at once.
	startDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error)
	// stopDKIM ends the signing where the key can be switched, and does nothing else.
	stopDKIM(ctx context.Context, domain string) error
}

// mailDomain is a domain as a service lists it.
type mailDomain struct {
	name     string      // as the service spells it
	accounts types.Int64 // how many the service counts in it; null where it does not tell
}

// newMailbox is a mailbox that is to be made together with its domain.
type newMailbox struct {
	localPart string
	passwords passwords
}

// mailbox is an account as a service lists it.
type mailbox struct {
	email   string      // as the service spells it
	profile mailProfile // null where the service has none
}

// mailProfile is what a mailbox has beside its password. Null is what is not to be
// set, or what the service does not have; nothing is unknown.
type mailProfile struct {
	FirstName types.String
	LastName  types.String
	Enabled   types.Bool
}

// ownershipProof is how to prove to a service that a domain is ours, by a CNAME record
// or by a file of its web site. All of it is null where the service asks for no proof.
type ownershipProof struct {
	CNAMEName, CNAMEValue types.String
	FileName, FileContent types.String
}

// foreignError is a conflict with what belongs to somebody else. It matches nothing,
// least of all api.ErrConflict: no import can take the object over.
type foreignError struct{ cause error }

func (e foreignError) Error() string { return e.cause.Error() }
