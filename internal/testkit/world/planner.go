package world

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// Planner plans single changes as Terraform has a provider do it, with nothing refreshed before.
type Planner struct {
	Server tfprotov6.ProviderServer
	Schema *tfprotov6.GetProviderSchemaResponse // of the server
}

// NewPlanner configures a provider.
func NewPlanner(t *testing.T, config Attributes) Planner {
	t.Helper()
	return PlannerOf(t, providerserver.NewProtocol6(provider.New("test")())(), config)
}

// PlannerOf configures the provider that a server serves.
func PlannerOf(t *testing.T, server tfprotov6.ProviderServer, config Attributes) Planner {
	t.Helper()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := Planner{server, schema}
	of := schema.Provider.ValueType()
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: DynamicValue(t, of, config)})
	if err != nil || errorsIn(configured.Diagnostics) != "" {
		t.Fatal(err, errorsIn(configured.Diagnostics))
	}
	return p
}

// Dynamic is a value of a type as the protocol has it.
func Dynamic(t *testing.T, of tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	d, err := tfprotov6.NewDynamicValue(of, v)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// DynamicValue makes a value of an object's type.
func DynamicValue(t *testing.T, of tftypes.Type, given Attributes) *tfprotov6.DynamicValue {
	t.Helper()
	return Dynamic(t, of, ValueOf(t, of, given))
}

// errorsIn are the errors among diagnostics, as a person reads them.
func errorsIn(diags []*tfprotov6.Diagnostic) string {
	var errs []string
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, d.Summary+": "+d.Detail)
		}
	}
	return strings.Join(errs, "\n")
}

// Plan gives the errors of a change from one state to another; nil is no object. What only the
// configuration has is writeOnly.
func (p Planner) Plan(t *testing.T, typeName string, before, after, writeOnly Attributes) string {
	t.Helper()
	return errorsIn(p.Diagnostics(t, typeName, before, after, writeOnly))
}

// Diagnostics gives all that is said of the change.
func (p Planner) Diagnostics(t *testing.T, typeName string, before, after, writeOnly Attributes) []*tfprotov6.Diagnostic {
	t.Helper()
	of := p.Schema.ResourceSchemas[typeName].ValueType()
	value := func(set, more Attributes) *tfprotov6.DynamicValue {
		if set == nil {
			return Dynamic(t, of, tftypes.NewValue(of, nil))
		}
		all := Attributes{}
		for _, attributes := range []Attributes{set, more} {
			for name, v := range attributes {
				all[name] = v
			}
		}
		return DynamicValue(t, of, all)
	}
	resp, err := p.Server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: value(before, nil), ProposedNewState: value(after, nil), Config: value(after, writeOnly),
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}
