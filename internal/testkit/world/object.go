package world

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Object is an object of a resource as Terraform keeps it between runs. The zero value is none.
type Object struct {
	Type     string
	State    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// Said is what a provider says: all diagnostics, as a person reads them.
type Said struct{ Errors, Warnings string }

// said sorts diagnostics.
func said(diags []*tfprotov6.Diagnostic) Said {
	var s Said
	for _, d := range diags {
		text := d.Summary + ": " + d.Detail + "\n"
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			s.Errors += text
		} else {
			s.Warnings += text
		}
	}
	return s
}

// Text returns a text attribute of an object; "" if it is null or unknown.
func (o Object) Text(t *testing.T, attribute string) string {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := o.State.Copy().As(&attributes); err != nil {
		t.Fatal(err)
	}
	var text string
	if value := attributes[attribute]; value.IsKnown() && !value.IsNull() {
		if err := value.As(&text); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// Apply plans an object with a configuration, and applies the plan in the same run if it changes
// anything. The object may be none; without a configuration, it is destroyed. changes is whether the plan
// has changes. If the plan has errors, nothing is applied.
func (c Client) Apply(t *testing.T, typeName string, object Object, config Attributes) (after Object, changes bool, planned, applied Said) {
	t.Helper()
	schema := c.Schema.ResourceSchemas[typeName]
	of := schema.ValueType()
	none := tftypes.NewValue(of, nil)
	prior, configured, proposed := object.State, none, none
	if prior.Type() == nil {
		prior = none
	}
	if config != nil {
		configured = ValueOf(t, of, config)
		proposed = c.proposed(t, schema, prior, configured)
	}
	plan, err := c.Server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: Dynamic(t, of, prior), ProposedNewState: Dynamic(t, of, proposed), Config: Dynamic(t, of, configured),
		PriorPrivate: object.private, PriorIdentity: object.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	if planned = said(plan.Diagnostics); planned.Errors != "" {
		return object, false, planned, Said{}
	}
	if c.decode(t, plan.PlannedState, of).Equal(prior) {
		return object, false, planned, Said{}
	}
	if len(plan.RequiresReplace) > 0 {
		t.Fatalf("the plan replaces the object, because of %v", plan.RequiresReplace)
	}
	done, err := c.Server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: Dynamic(t, of, prior), PlannedState: plan.PlannedState, Config: Dynamic(t, of, configured),
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		t.Fatal(err)
	}
	after = Object{Type: typeName, State: c.decode(t, done.NewState, of), private: done.Private, identity: done.NewIdentity}
	if after.State.IsNull() {
		after = Object{}
	}
	return after, true, planned, said(done.Diagnostics)
}

// proposed is a configuration with what the object has computed.
func (c Client) proposed(t *testing.T, schema *tfprotov6.Schema, prior, configured tftypes.Value) tftypes.Value {
	t.Helper()
	if prior.IsNull() {
		return configured
	}
	var before, now map[string]tftypes.Value
	if err := prior.Copy().As(&before); err != nil {
		t.Fatal(err)
	}
	if err := configured.Copy().As(&now); err != nil {
		t.Fatal(err)
	}
	for _, attribute := range schema.Block.Attributes {
		if attribute.Computed && now[attribute.Name].IsNull() {
			now[attribute.Name] = before[attribute.Name]
		}
	}
	return tftypes.NewValue(configured.Type(), now)
}

// Refresh reads an object. One that is gone is none afterwards.
func (c Client) Refresh(t *testing.T, object Object) (Object, Said) {
	t.Helper()
	of := c.Schema.ResourceSchemas[object.Type].ValueType()
	read, err := c.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: object.Type, CurrentState: Dynamic(t, of, object.State), Private: object.private, CurrentIdentity: object.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	what := said(read.Diagnostics)
	if what.Errors != "" {
		return object, what
	}
	after := Object{Type: object.Type, State: c.decode(t, read.NewState, of), private: read.Private, identity: read.NewIdentity}
	if after.State.IsNull() {
		after = Object{}
	}
	return after, what
}

// PlanNew plans a new object, and returns what the provider keeps with the plan. Parts of the
// configuration may be unknown.
func (c Client) PlanNew(t *testing.T, typeName string, config Attributes) (private []byte, planned Said) {
	t.Helper()
	of := c.Schema.ResourceSchemas[typeName].ValueType()
	configured := DynamicValue(t, of, config)
	plan, err := c.Server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: Dynamic(t, of, tftypes.NewValue(of, nil)), ProposedNewState: configured, Config: configured,
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.PlannedPrivate, said(plan.Diagnostics)
}

// Replaced returns an object as Terraform has it deleted when another one replaces it: with what the
// provider keeps with the plan of the new one.
func (o Object) Replaced(private []byte) Object {
	o.private = private
	return o
}
