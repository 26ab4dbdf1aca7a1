package sender

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Service is a [kit.Service] that sends mail for domains registered with it. A resource chooses the
// service by the block that it sets. An ID names it in its first part.
type Service interface {
	kit.Service
	// DomainBlock returns the schema of the service's block in postmaster_sender_domain. The block
	// has the service's name. The validators are added to the block's own.
	DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute
	// Words returns the service's texts for documentation and messages.
	SenderWords() Words
	// Sender returns the service's implementation in a run.
	Sender(run *kit.Run) Sender
}

// Words are a sender's texts for documentation and messages. Descriptions are in Markdown.
type Words struct {
	// ID describes the IDs of the sender's domains, as a part of a sentence.
	ID string
	// ExampleID is such an ID.
	ExampleID string
	// ImportID shows import IDs in a message, as a part of a sentence. It follows "at SERVICE
	// like".
	ImportID string
	// Records describes the keys of dns_records and says when they are known, in whole sentences.
	Records string
	// Status lists the values of status and what they mean.
	Status string
}

// DefaultDomains is a [Service] that sends mail whose From matches no registered domain with one of
// the registered domains, the default. Other services leave Item.Default null.
type DefaultDomains interface {
	Service
	// DefaultDomains has no effect. It only tells these services from the others.
	DefaultDomains()
}

// Sender is a [Service] in a run. It holds everything in which senders differ.
type Sender interface {
	// Configured reports whether the provider configuration or the environment sets anything for
	// the sender. Inherited says that only the environment does.
	Configured() (begun, inherited bool)

	// PlanNew completes the plan of a new domain. The configuration has what the person wrote. The
	// plan is Terraform's: computed attributes that the configuration does not set are unknown in
	// it, and so are the planned records. PlanNew sets what the sender decides before the apply:
	// the records if they can be foreseen, and defaults in the block (Domain.SetBlock). The rest
	// stays unknown until Create. Terraform plans twice, before and after the approval, so both
	// calls have to give the same plan: it may depend on the configuration and the account's
	// settings, and not on answers of the service. Those may only lead to warnings.
	PlanNew(ctx context.Context, config Domain, plan *Domain, diags *diag.Diagnostics)
	// CannotChange returns the attributes whose planned change forces replacement, each as
	// "BLOCK.ATTRIBUTE".
	CannotChange(ctx context.Context, plan, state Domain, diags *diag.Diagnostics) []string
	// PlanChange completes the plan of a domain that may change in place. The planned records are
	// those of the prior state before the call. The configuration is in plan.Configured.
	PlanChange(ctx context.Context, plan *Domain, state Domain, diags *diag.Diagnostics)

	// Existing returns the ID of an existing domain that prevents the planned one from being
	// created. It uses the lists that a refresh also uses. It returns "" if there is none, or if
	// that is not known yet.
	Existing(ctx context.Context, config Domain) (id string, err error)

	// Create creates the domain and completes the plan to the new state. Save is false if nothing
	// was created. After an error, the domain is saved only if it was created and could not be
	// deleted again.
	Create(ctx context.Context, plan *Domain, diags *diag.Diagnostics) (save bool)
	// Read refreshes the state. It changes nothing at the service.
	Read(ctx context.Context, state *Domain, diags *diag.Diagnostics) (gone bool)
	// Update changes the domain and completes the plan to the new state. Save is false if the prior
	// state is still true.
	Update(ctx context.Context, plan *Domain, state Domain, diags *diag.Diagnostics) (save bool)
	// Delete deletes the domain. It is no error if the domain does not exist any more.
	Delete(ctx context.Context, state Domain, diags *diag.Diagnostics)
	// Import finds the domain that an import ID names. IsID is false if the text is not an import
	// ID.
	Import(ctx context.Context, id string, diags *diag.Diagnostics) (m Domain, isID bool)

	// Domains lists the registered domains in any order.
	Domains(ctx context.Context) ([]Item, error)
}

// Run is what the resources of all senders share in a run.
type Run struct {
	// read holds the IDs of the sender domains that this run has read.
	read sync.Map
}

// runOf returns the part of a run that the resources of all senders share.
func runOf(run *kit.Run) *Run { return kit.PartOf[*Run](run) }

// senders are all services that send mail.
type senders []Service

// names returns the names of all senders, sorted.
func (all senders) names() []string { return slices.Sorted(slices.Values(kit.Names(all))) }

// of returns the sender whose block is set. If no block is set but one is unknown, it returns that
// sender. Ok is false if there is none or more than one.
func (all senders) of(m Domain) (service Service, ok bool) {
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

// toList returns the sender whose domains are to be listed: the named one, or the only configured
// one. A sender in the provider configuration takes precedence over one in the environment. In the
// sandbox all are configured, and the first is used. The first is also used if none is configured;
// see unconfigured.
func (all senders) toList(run *kit.Run, named types.String) (Service, error) {
	if !named.IsNull() {
		service, ok := kit.Named(all, named.ValueString())
		if !ok {
			return nil, fmt.Errorf("%q is none of %s", named.ValueString(), kit.List(all.names(), "and"))
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
	titles := kit.List(kit.Titles(begun), "and")
	if len(begun) == 2 {
		titles = "both " + titles
	}
	return nil, fmt.Errorf("%s are configured: set service to one of %s", titles, kit.List(all.names(), "and"))
}

// refuseImport adds the error for an unusable import ID. It shows the import IDs of each sender.
func (all senders) refuseImport(id string, diags *diag.Diagnostics) {
	var forms []string
	for _, s := range all {
		looks := "like "
		if len(forms) == 0 {
			looks = "it looks like "
		}
		forms = append(forms, "at "+s.Title()+" "+looks+s.SenderWords().ImportID)
	}
	diags.AddError("Unusable import id", fmt.Sprintf("%q is not a valid import id: %s.", id, strings.Join(forms, "; ")))
}

// words returns one text of each sender.
func (all senders) words(of func(Service) string) []string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = of(s)
	}
	return words
}

// withoutDefault says, as a part of a sentence, which senders have no default domain. It returns ""
// if all of them have one.
func (all senders) withoutDefault() string {
	var without []string
	for _, s := range all {
		if _, has := s.(DefaultDomains); !has {
			without = append(without, s.Title())
		}
	}
	switch len(without) {
	case 0:
		return ""
	case 1:
		return "; null at " + without[0] + ", which has no such domain"
	}
	return "; null at " + kit.List(without, "and") + ", which have no such domain"
}

// unconfigured returns an error that says how to configure each sender, if none is configured. It
// returns nil if one is, also in part, or if that is not known yet.
func (all senders) unconfigured(run *kit.Run) error {
	var ways []string
	for _, s := range all {
		if begun, _ := s.Sender(run).Configured(); begun {
			return nil
		}
		var lacking *api.Error
		if !errors.As(run.Unconfigured(s.Name()), &lacking) {
			return nil
		}
		ways = append(ways, "For "+s.Title()+": "+lacking.Advice)
	}
	return errors.New("no sender is configured, and the attribute service is not set. " + strings.Join(ways, ". "))
}
