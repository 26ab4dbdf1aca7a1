package main

import (
	"bytes"
	"context"
	"errors"
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// resourceType is the one resource. It has the attributes of terraform_data that the benchmark
// uses: an input, the same as output, and an id.
const resourceType = "idle_data"

var schema = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
	{Name: "id", Type: tftypes.String, Computed: true},
	{Name: "input", Type: tftypes.DynamicPseudoType, Optional: true},
	{Name: "output", Type: tftypes.DynamicPseudoType, Computed: true},
}}}

var objectType = schema.ValueType()

func (server) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

// UpgradeResourceState turns the JSON of the state's file into the form of the protocol.
func (server) UpgradeResourceState(_ context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	value, err := req.RawState.Unmarshal(objectType)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov6.NewDynamicValue(objectType, value)
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &state}, err
}

func (server) ReadResource(_ context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState}, nil
}

// PlanResourceChange leaves an object as it is, unless its input has changed.
func (server) PlanResourceChange(_ context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState}, nil
	}
	planned, err := changed(req.ProposedNewState, func(attributes map[string]tftypes.Value) {
		if attributes["id"].IsNull() {
			attributes["id"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
		}
		attributes["output"] = tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
	})
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: planned}, err
}

func (server) ApplyResourceChange(_ context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	state, err := changed(req.PlannedState, func(attributes map[string]tftypes.Value) {
		if !attributes["id"].IsKnown() {
			attributes["id"] = tftypes.NewValue(tftypes.String, "made")
		}
		attributes["output"] = attributes["input"]
	})
	return &tfprotov6.ApplyResourceChangeResponse{NewState: state}, err
}

func (server) ImportResourceState(_ context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	state, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, map[string]tftypes.Value{
		"id":     tftypes.NewValue(tftypes.String, req.ID),
		"input":  tftypes.NewValue(tftypes.DynamicPseudoType, nil),
		"output": tftypes.NewValue(tftypes.DynamicPseudoType, nil),
	}))
	return &tfprotov6.ImportResourceStateResponse{ImportedResources: []*tfprotov6.ImportedResource{{TypeName: resourceType, State: &state}}}, err
}

func (server) MoveResourceState(context.Context, *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return nil, errors.New("nothing can be moved to this resource")
}

func (server) GenerateResourceConfig(context.Context, *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return nil, errors.New("this resource has no configuration to generate")
}

func (server) UpgradeResourceIdentity(context.Context, *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return nil, errors.New("this resource has no identity")
}

// changed returns an object after a change to its attributes. The object null stays as it is.
func changed(object *tfprotov6.DynamicValue, change func(map[string]tftypes.Value)) (*tfprotov6.DynamicValue, error) {
	value, err := object.Unmarshal(objectType)
	if err != nil || value.IsNull() {
		return object, err
	}
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		return nil, err
	}
	attributes = maps.Clone(attributes)
	change(attributes)
	result, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, attributes))
	return &result, err
}
