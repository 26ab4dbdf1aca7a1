package provider

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// sender is a service that domains are registered with, so that it may send mail for
// them. Which one is meant is said by the block of a resource that is set, and by
// what an ID begins with; all that differs between them is behind this interface.
type sender interface {
	// title is the service, as people call it.
	title() string

	// planNew completes the plan of a domain that is to be made. Its records are
	// unknown before.
	planNew(ctx context.Context, config senderDomainModel, plan *senderDomainModel, diags *diag.Diagnostics)
	// cannotChange names the attributes, such as "octeth.record_type", whose change
	// forces replacement.
	cannotChange(ctx context.Context, plan, state senderDomainModel, diags *diag.Diagnostics) []string
	// planChange completes the plan of a domain that is changed in place, if it is.
	// Its records are those of the state before, and what it is a plan of is in
	// plan.configured.
	planChange(ctx context.Context, plan *senderDomainModel, state senderDomainModel, diags *diag.Diagnostics)

	// existing is the ID of the domain that would be in the way of a new one, as the lists
	// of a refresh have it; "" where there is none, or where that cannot be told yet.
	existing(ctx context.Context, config senderDomainModel) (id string, err error)

	// create makes a domain and completes its plan to what is saved. save is false
	// where nothing has come of it. A domain that is there is saved together with an
	// error only where it could not be deleted again.
	create(ctx context.Context, plan *senderDomainModel, diags *diag.Diagnostics) (save bool)
	// read brings a state up to date. It changes nothing at the service.
	read(ctx context.Context, state *senderDomainModel, diags *diag.Diagnostics) (gone bool)
	// update changes a domain and completes its plan to what is saved. save is false
	// where the state before still holds.
	update(ctx context.Context, plan *senderDomainModel, state senderDomainModel, diags *diag.Diagnostics) (save bool)
	// delete deletes a domain. One that is gone already is no error.
	delete(ctx context.Context, state senderDomainModel, diags *diag.Diagnostics)
	// importDomain finds the domain of an import id.
	importDomain(ctx context.Context, id string, diags *diag.Diagnostics) senderDomainModel

	// domains lists what is registered, in any order.
	domains(ctx context.Context) ([]senderDomainItem, error)
}

// sendersByName are all of them, by what their blocks are called and IDs begin with.
var sendersByName = map[string]func(*Run) sender{
	serviceSendGrid: func(s *Run) sender { return sendgridSender{s} },
	serviceOcteth:   func(s *Run) sender { return octethSender{s} },
}

func senderNames() []string { return slices.Sorted(maps.Keys(sendersByName)) }

// senderNamed is the sender of that name; nil if there is none.
func (r *Run) senderNamed(name string) sender {
	if construct, ok := sendersByName[name]; ok {
		return construct(r)
	}
	return nil
}

// senderRun is what the resources of senders share in a run.
type senderRun struct {
	// read are the ids of the sender domains that this run has read.
	read sync.Map
}

// sendersOf is what the resources of senders share in a run.
func sendersOf(run *Run) *senderRun { return PartOf[*senderRun](run) }

// service names the sender whose block is set, or the one whose block may still turn
// out to be; "" where that is none or several.
func (m senderDomainModel) service() string {
	var set, open []string
	for name, block := range map[string]types.Object{serviceSendGrid: m.SendGrid, serviceOcteth: m.Octeth} {
		switch {
		case block.IsUnknown():
			open = append(open, name)
		case !block.IsNull():
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		set = open
	}
	if len(set) != 1 {
		return ""
	}
	return set[0]
}
