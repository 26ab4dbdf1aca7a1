package world

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// Attributes are values of an object's attributes; those that it lacks are null.
type Attributes map[string]any

// Unknown stands for a value that is known only after apply.
type Unknown struct{}

// ValueOf makes a value of a type out of strings, booleans, attributes, lists and maps of those,
// and unknown.
func ValueOf(t *testing.T, of tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch v := v.(type) {
	case Unknown:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	case []any:
		elements := []tftypes.Value{}
		for _, element := range v {
			elements = append(elements, ValueOf(t, of.(tftypes.List).ElementType, element))
		}
		return tftypes.NewValue(of, elements)
	case map[string]any:
		elements := map[string]tftypes.Value{}
		for key, element := range v {
			elements[key] = ValueOf(t, of.(tftypes.Map).ElementType, element)
		}
		return tftypes.NewValue(of, elements)
	case Attributes:
		members := map[string]tftypes.Value{}
		types := of.(tftypes.Object).AttributeTypes
		for name := range v {
			if types[name] == nil {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		for name, memberType := range types {
			members[name] = ValueOf(t, memberType, v[name])
		}
		return tftypes.NewValue(of, members)
	}
	return tftypes.NewValue(of, v)
}

// ProviderConfig is a provider block.
func ProviderConfig(t *testing.T, set Attributes) tfsdk.Config {
	t.Helper()
	var schema frameworkprovider.SchemaResponse
	provider.New("test")().Schema(t.Context(), frameworkprovider.SchemaRequest{}, &schema)
	return tfsdk.Config{Schema: schema.Schema, Raw: ValueOf(t, schema.Schema.Type().TerraformType(t.Context()), set)}
}

// Validated is what validating a provider block finds.
func Validated(t *testing.T, set Attributes) diag.Diagnostics {
	t.Helper()
	var resp frameworkprovider.ValidateConfigResponse
	p := provider.New("test")().(frameworkprovider.ProviderWithValidateConfig)
	p.ValidateConfig(t.Context(), frameworkprovider.ValidateConfigRequest{Config: ProviderConfig(t, set)}, &resp)
	return resp.Diagnostics
}

// Configured is what a provider block makes.
func Configured(t *testing.T, set Attributes) (*kit.Run, diag.Diagnostics) {
	t.Helper()
	var resp frameworkprovider.ConfigureResponse
	provider.New("test")().Configure(t.Context(), frameworkprovider.ConfigureRequest{Config: ProviderConfig(t, set)}, &resp)
	services, _ := resp.ResourceData.(*kit.Run)
	return services, resp.Diagnostics
}
