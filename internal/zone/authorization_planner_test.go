package zone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// authorizationPlan is what a plan of a new authorization says.
type authorizationPlan struct {
	values  map[string]tftypes.Value
	private []byte
	said    string // diagnostics
}

// known reports whether the plan knows an attribute to be want.
func (p authorizationPlan) known(attribute, want string) bool {
	return p.values[attribute].Equal(tftypes.NewValue(tftypes.String, want))
}

// objectOf is an object of a type with these attributes, the others null.
func objectOf(t *testing.T, of tftypes.Type, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	attributes := map[string]tftypes.Value{}
	for name, attributeType := range of.(tftypes.Object).AttributeTypes {
		attributes[name] = tftypes.NewValue(attributeType, nil)
		if value, given := values[name]; given {
			attributes[name] = value
		}
	}
	value, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// planAuthorization plans a new authorization with a provider process of its own, which is
// configured like this. Approved is the private data of the approved plan, which Terraform 1.16
// sends at apply; nil at plan.
func planAuthorization(t *testing.T, w *world.World, configuration func(provider tftypes.Object) map[string]tftypes.Value, values map[string]tftypes.Value, approved []byte) authorizationPlan {
	t.Helper()
	ctx := t.Context()
	server, err := w.Factories()["postmaster"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	providerType := schemas.Provider.ValueType()
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: objectOf(t, providerType, configuration(providerType.(tftypes.Object)))})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range configured.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatal(d.Detail)
		}
	}
	const typeName = "postmaster_dns_authorization"
	resourceType := schemas.ResourceSchemas[typeName].ValueType()
	null, err := tfprotov6.NewDynamicValue(resourceType, tftypes.NewValue(resourceType, nil))
	if err != nil {
		t.Fatal(err)
	}
	config := objectOf(t, resourceType, values)
	if approved != nil {
		ctx = protocol.WithPlannedPrivate(ctx, approved)
	}
	resp, err := server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: typeName, PriorState: &null, Config: config, ProposedNewState: config})
	if err != nil {
		t.Fatal(err)
	}
	plan := authorizationPlan{private: resp.PlannedPrivate, values: map[string]tftypes.Value{}}
	for _, d := range resp.Diagnostics {
		plan.said += fmt.Sprintf("%s: %s: %s\n", d.Severity, d.Summary, d.Detail)
	}
	planned, err := resp.PlannedState.Unmarshal(resourceType)
	if err != nil {
		t.Fatal(err)
	}
	if err := planned.As(&plan.values); err != nil {
		t.Fatal(err)
	}
	return plan
}

// inSandbox is a provider in the world's sandbox.
func inSandbox(w *world.World) func(provider tftypes.Object) map[string]tftypes.Value {
	return func(provider tftypes.Object) map[string]tftypes.Value {
		sandboxType := provider.AttributeTypes["sandbox"].(tftypes.Object)
		attributes := map[string]tftypes.Value{}
		for name, attributeType := range sandboxType.AttributeTypes {
			attributes[name] = tftypes.NewValue(attributeType, nil)
		}
		attributes["path"] = tftypes.NewValue(tftypes.String, w.File)
		return map[string]tftypes.Value{"sandbox": tftypes.NewValue(sandboxType, attributes)}
	}
}

func stringValue(text string) tftypes.Value { return tftypes.NewValue(tftypes.String, text) }
