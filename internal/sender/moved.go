package sender

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Successor is a [Service] whose domains other providers manage too. A moved block can take such a
// domain over: the state of the other provider's resource becomes that of a
// postmaster_sender_domain.
type Successor interface {
	Service
	// MoveSources returns the resources whose states MovedDomain can read.
	MoveSources() []MoveSource
	// MovedDomain returns the domain that a state describes, which is JSON. It sets the ID, the name,
	// the block, the note, and what the service does not return. The refresh that follows fills in
	// the rest. It makes no calls, because Terraform moves objects with a provider that is not
	// configured. The error says what is wrong with the state.
	MovedDomain(ctx context.Context, state []byte, diags *diag.Diagnostics) (Domain, error)
	// MovedHelp says how to import the domain instead, in one sentence.
	MovedHelp() string
}

// MoveSource is a resource of another provider.
type MoveSource struct {
	Type string // of the resource
	// Provider is the type of the provider, the last part of its address. The host and the namespace
	// do not count: registries and forks have their own.
	Provider string
	Version  int64  // of the resource's schema
	Known    string // providers that have the resource, for messages, as "NAMESPACE/TYPE"
}

// successors returns the services to which domains can be moved.
func (all senders) successors() (successors []Successor) {
	for _, s := range all {
		if successor, ok := s.(Successor); ok {
			successors = append(successors, successor)
		}
	}
	return successors
}

// movable says in a sentence which resources can be moved. It returns "" if none can.
func (all senders) movable() string {
	var sources []string
	for _, s := range all.successors() {
		for _, source := range s.MoveSources() {
			sources = append(sources, "`"+source.Type+"` ("+source.Known+")")
		}
	}
	if len(sources) == 0 {
		return ""
	}
	return "A `moved` block takes a domain over from " + kit.List(sources, "or") + "."
}

var _ resource.ResourceWithMoveState = (*domainResource)(nil)

// MoveState implements resource.ResourceWithMoveState.
func (r *domainResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: r.services.move}}
}

// move turns the state of another provider's resource into that of a sender domain.
func (all senders) move(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	from := fmt.Sprintf("%s (provider %s)", req.SourceTypeName, req.SourceProviderAddress)
	successor, source, ok := all.source(req)
	if !ok {
		detail := "A " + DomainType + " cannot be moved from " + from + "."
		if movable := all.movable(); movable != "" {
			detail += " " + strings.ReplaceAll(movable, "`", "")
		}
		resp.Diagnostics.AddError("Unable to move to a sender domain", detail+"\n\n"+otherWay)
		return
	}
	way := successor.MovedHelp() + "\n\n" + otherWay
	if req.SourceSchemaVersion != source.Version {
		resp.Diagnostics.AddError("Unable to move to a sender domain", fmt.Sprintf(
			"The state of %s has the schema version %d. Only version %d can be read.\n\n%s", from, req.SourceSchemaVersion, source.Version, way))
		return
	}
	if req.SourceRawState == nil || len(req.SourceRawState.JSON) == 0 {
		resp.Diagnostics.AddError("Unable to move to a sender domain", "The state of "+from+" is empty or not JSON.\n\n"+way)
		return
	}
	moved, err := successor.MovedDomain(ctx, req.SourceRawState.JSON, &resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.AddError("Unable to move to a sender domain", fmt.Sprintf("The state of %s cannot be used: %s.\n\n%s", from, err, way))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	moved.keep(ctx, resp.TargetPrivate, &resp.Diagnostics)
	moved.write(ctx, &resp.TargetState, resp.TargetState.Schema.Type(), &resp.Diagnostics)
}

// otherWay says what to do with a domain that cannot be moved.
const otherWay = "Nothing was changed. Instead of the moved block, write a removed block with destroy = false for the old resource, and an import block for this one."

// source returns the source that a request is about.
func (all senders) source(req resource.MoveStateRequest) (Successor, MoveSource, bool) {
	for _, s := range all.successors() {
		for _, source := range s.MoveSources() {
			if req.SourceTypeName == source.Type && strings.HasSuffix(req.SourceProviderAddress, "/"+source.Provider) {
				return s, source, true
			}
		}
	}
	return nil, MoveSource{}, false
}
