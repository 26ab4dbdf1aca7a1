package sender

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Service is a service that domains are registered with, so that it may send mail
// for them. Which one is meant is said by the block of a resource that is set, and by what
// an ID begins with.
type Service interface {
	kit.Service
	// DomainBlock is the schema of the block of a sender domain that is called as the
	// service is. The validators are added to its own.
	DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute
	// SenderWords are what documentation and messages say of the service.
	SenderWords() SenderWords
	// Sender is the service in a run.
	Sender(run *kit.Run) Sender
}

// SenderWords are what documentation and messages say of a sender. Descriptions are in
// Markdown.
type SenderWords struct {
	// ID describes the IDs of its domains, as a part of a sentence.
	ID string
	// ExampleID is one of them.
	ExampleID string
	// ImportID is what the IDs for imports look like, in a message and as a part of a
	// sentence: it follows upon "at SERVICE like".
	ImportID string
	// Records says in whole sentences what the keys of dns_records are and when they are
	// known.
	Records string
	// Status lists the words for how a domain stands, and what they mean.
	Status string
	// Default says of a sender without a default domain that it has none, as a part of a
	// sentence; it is empty for others.
	Default string
}

// Sender is a [SenderService] in a run: all in which senders differ.
type Sender interface {
	// Configured is whether the provider's configuration, or its environment, has begun to
	// configure the sender. Inherited is whether that was by the environment alone.
	Configured() (begun, inherited bool)

	// PlanNew completes the plan of a domain that is to be made. Its records are
	// unknown before.
	PlanNew(ctx context.Context, config Domain, plan *Domain, diags *diag.Diagnostics)
	// CannotChange names the attributes, such as "BLOCK.ATTRIBUTE", whose change forces
	// replacement.
	CannotChange(ctx context.Context, plan, state Domain, diags *diag.Diagnostics) []string
	// PlanChange completes the plan of a domain that is changed in place, if it is.
	// Its records are those of the state before, and what it is a plan of is in
	// plan.Configured.
	PlanChange(ctx context.Context, plan *Domain, state Domain, diags *diag.Diagnostics)

	// Existing is the ID of the domain that would be in the way of a new one, as the lists
	// of a refresh have it; "" where there is none, or where that cannot be told yet.
	Existing(ctx context.Context, config Domain) (id string, err error)

	// Create makes a domain and completes its plan to what is saved. save is false
	// where nothing has come of it. A domain that is there is saved together with an
	// error only where it could not be deleted again.
	Create(ctx context.Context, plan *Domain, diags *diag.Diagnostics) (save bool)
	// Read brings a state up to date. It changes nothing at the service.
	Read(ctx context.Context, state *Domain, diags *diag.Diagnostics) (gone bool)
	// Update changes a domain and completes its plan to what is saved. save is false
	// where the state before still holds.
	Update(ctx context.Context, plan *Domain, state Domain, diags *diag.Diagnostics) (save bool)
	// Delete deletes a domain. One that is gone already is no error.
	Delete(ctx context.Context, state Domain, diags *diag.Diagnostics)
	// Import finds the domain of an ID for an import. isID is false where the text is none.
	Import(ctx context.Context, id string, diags *diag.Diagnostics) (m Domain, isID bool)

	// Domains lists what is registered, in any order.
	Domains(ctx context.Context) ([]Item, error)
}

// SenderRun is what the resources of senders share in a run.
type SenderRun struct {
	// read are the ids of the sender domains that this run has read.
	read sync.Map
}

// sendersOf is what the resources of senders share in a run.
func sendersOf(run *kit.Run) *SenderRun { return kit.PartOf[*SenderRun](run) }

// Senders are the services that send mail.
type Senders []Service

// names are those of all of them, sorted.
func (all Senders) names() []string { return slices.Sorted(slices.Values(kit.Names(all))) }

// of is the sender whose block a domain has, or the one whose block may still turn out to
// be set; ok is false where that is none or several.
func (all Senders) of(m Domain) (service Service, ok bool) {
	var set, open []Service
	for _, s := range all {
		switch block := m.Block(s.Name()); {
		case block.IsUnknown():
			open = append(open, s)
		case !block.IsNull():
			set = append(set, s)
		}
	}
	if len(set) == 0 {
		set = open
	}
	if len(set) != 1 {
		return nil, false
	}
	return set[0], true
}

// ToList is the sender that a list is asked of: the one that is named or else the only one
// that is configured. A sender in the provider's configuration counts before one in the
// environment. All are in the sandbox, where it is the first, as it is where none is
// configured: it then says what is missing.
func (all Senders) ToList(run *kit.Run, named types.String) (Service, error) {
	if !named.IsNull() {
		service, ok := kit.Named(all, named.ValueString())
		if !ok {
			return nil, fmt.Errorf("%q is none of %s", named.ValueString(), strings.Join(all.names(), " and "))
		}
		return service, nil
	}
	var begun, written []Service
	for _, s := range all {
		some, inherited := s.Sender(run).Configured()
		if some {
			begun = append(begun, s)
		}
		if some && !inherited {
			written = append(written, s)
		}
	}
	switch {
	case run.Sandbox() != nil || len(begun) == 0:
		return all[0], nil
	case len(begun) == 1:
		return begun[0], nil
	case len(written) == 1:
		return written[0], nil
	}
	titles := strings.Join(kit.Titles(begun), " and ")
	if len(begun) == 2 {
		titles = "both " + titles
	}
	return nil, fmt.Errorf("%s are configured: set service to one of %s", titles, strings.Join(all.names(), " and "))
}

// refuseImport says what IDs for imports look like.
func (all Senders) refuseImport(id string, diags *diag.Diagnostics) {
	var forms []string
	for _, s := range all {
		looks := "like "
		if len(forms) == 0 {
			looks = "it looks like "
		}
		forms = append(forms, "at "+s.Title()+" "+looks+s.SenderWords().ImportID)
	}
	diags.AddError("Unusable import id", fmt.Sprintf("%q is not one: %s.", id, strings.Join(forms, "; ")))
}

// words are some of the words of all senders. Those that are empty are left out.
func (all Senders) words(of func(Service) string) []string {
	var words []string
	for _, s := range all {
		if w := of(s); w != "" {
			words = append(words, w)
		}
	}
	return words
}
