package world

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Client calls a configured provider as Terraform does, without Terraform. It can make calls that
// only newer versions of Terraform make.
type Client struct {
	Server tfprotov6.ProviderServer
	Schema *tfprotov6.GetProviderSchemaResponse
	// Identities are the identity schemas of the resources that have one.
	Identities map[string]*tfprotov6.ResourceIdentitySchema
}

// Client configures a provider in this world.
func (w *World) Client(t *testing.T) Client {
	t.Helper()
	return w.ClientWith(t, Attributes{"sandbox": Attributes{"path": w.File}})
}

// ClientWith configures a provider with these attributes.
func (w *World) ClientWith(t *testing.T, config Attributes) Client {
	t.Helper()
	server, err := w.Factories()["postmaster"]()
	if err != nil {
		t.Fatal(err)
	}
	p := PlannerOf(t, server, config)
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return Client{Server: server, Schema: p.Schema, Identities: identities.IdentitySchemas}
}

// Found is one result of a list.
type Found struct {
	Name        string
	Identity    tftypes.Value
	Object      tftypes.Value // of which nothing is known unless it was asked for
	Diagnostics []*tfprotov6.Diagnostic
}

// List returns the results of a list resource. Stop at most the given number of results, or at none
// if it is 0.
func (c Client) List(t *testing.T, typeName string, config Attributes, include bool, limit int64) []Found {
	t.Helper()
	lists, ok := c.Server.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatal("the server has no lists")
	}
	stream, err := lists.ListResource(t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, IncludeResource: include, Limit: limit,
		Config: DynamicValue(t, c.Schema.ListResourceSchemas[typeName].ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []Found
	for result := range stream.Results {
		f := Found{Name: result.DisplayName, Diagnostics: result.Diagnostics}
		if result.Identity != nil {
			f.Identity = c.decode(t, result.Identity.IdentityData, c.Identities[typeName].ValueType())
		}
		if result.Resource != nil {
			f.Object = c.decode(t, result.Resource, c.Schema.ResourceSchemas[typeName].ValueType())
		}
		found = append(found, f)
	}
	return found
}

func (c Client) decode(t *testing.T, d *tfprotov6.DynamicValue, of tftypes.Type) tftypes.Value {
	t.Helper()
	v, err := d.Unmarshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Imported is an object after its import or its move, and the refresh that follows.
type Imported struct {
	State    tftypes.Value
	Identity tftypes.Value
	private  []byte
}

// ImportBy imports an object by its identity, or by its ID if the identity is null, and refreshes
// it.
func (c Client) ImportBy(t *testing.T, typeName, id string, identity tftypes.Value) (Imported, string) {
	t.Helper()
	request := &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id}
	if !identity.IsNull() {
		request.Identity = &tfprotov6.ResourceIdentityData{IdentityData: Dynamic(t, identity.Type(), identity)}
	}
	imported, err := c.Server.ImportResourceState(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if said := errorsIn(imported.Diagnostics); said != "" {
		return Imported{}, said
	}
	object := imported.ImportedResources[0]
	return c.refresh(t, &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: object.State, Private: object.Private, CurrentIdentity: object.Identity,
	})
}

// refresh reads an object that was imported or moved.
func (c Client) refresh(t *testing.T, object *tfprotov6.ReadResourceRequest) (Imported, string) {
	t.Helper()
	read, err := c.Server.ReadResource(t.Context(), object)
	if err != nil {
		t.Fatal(err)
	}
	if said := errorsIn(read.Diagnostics); said != "" {
		return Imported{}, said
	}
	refreshed := Imported{State: c.decode(t, read.NewState, c.Schema.ResourceSchemas[object.TypeName].ValueType()), private: read.Private}
	if read.NewIdentity != nil {
		refreshed.Identity = c.decode(t, read.NewIdentity.IdentityData, c.Identities[object.TypeName].ValueType())
	}
	return refreshed, ""
}

// Move moves an object from a resource of another provider, and refreshes it.
func (c Client) Move(t *testing.T, typeName, provider, source string, version int64, state string) (Imported, string) {
	t.Helper()
	moved, err := c.Server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: provider, SourceTypeName: source, SourceSchemaVersion: version,
		SourceState: &tfprotov6.RawState{JSON: []byte(state)}, TargetTypeName: typeName,
	})
	if err != nil {
		t.Fatal(err)
	}
	if said := errorsIn(moved.Diagnostics); said != "" {
		return Imported{}, said
	}
	return c.refresh(t, &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: moved.TargetState, Private: moved.TargetPrivate, CurrentIdentity: moved.TargetIdentity,
	})
}

// PlanAsGenerated plans an imported object with the configuration that Terraform generates from it:
// all that a configuration can set, but for what is write-only or sensitive. It returns the planned
// object.
func (c Client) PlanAsGenerated(t *testing.T, typeName string, object Imported) (tftypes.Value, string) {
	t.Helper()
	schema := c.Schema.ResourceSchemas[typeName]
	of := schema.ValueType()
	config := map[string]tftypes.Value{}
	if err := object.State.Copy().As(&config); err != nil { // As hands out the map of the value itself
		t.Fatal(err)
	}
	proposed := map[string]tftypes.Value{}
	for _, attribute := range schema.Block.Attributes {
		proposed[attribute.Name] = config[attribute.Name]
		if !attribute.Optional && !attribute.Required || attribute.WriteOnly || attribute.Sensitive {
			config[attribute.Name] = tftypes.NewValue(attribute.ValueType(), nil)
		}
		if attribute.WriteOnly {
			proposed[attribute.Name] = config[attribute.Name]
		}
	}
	planned, err := c.Server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: Dynamic(t, of, object.State), PriorPrivate: object.private,
		ProposedNewState: Dynamic(t, of, tftypes.NewValue(of, proposed)), Config: Dynamic(t, of, tftypes.NewValue(of, config)),
		PriorIdentity: &tfprotov6.ResourceIdentityData{IdentityData: Dynamic(t, object.Identity.Type(), object.Identity)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if said := errorsIn(planned.Diagnostics); said != "" {
		return tftypes.Value{}, said
	}
	return c.decode(t, planned.PlannedState, of), ""
}

// Invoke invokes an action. It returns the lines that it printed, and the errors.
func (c Client) Invoke(t *testing.T, ctx context.Context, typeName string, config Attributes) (lines []string, said string) {
	t.Helper()
	actions, ok := c.Server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the server has no actions")
	}
	stream, err := actions.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{
		ActionType: typeName, Config: DynamicValue(t, c.Schema.ActionSchemas[typeName].Schema.ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			lines = append(lines, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			said = errorsIn(e.Diagnostics)
		}
	}
	return lines, said
}
