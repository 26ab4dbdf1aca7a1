package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// parts reads the parts of the provider's schema in a document.
func parts(t *testing.T, text []byte) map[string]map[string]any {
	t.Helper()
	var d struct {
		FormatVersion string                               `json:"format_version"`
		Schemas       map[string]map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if d.FormatVersion != "1.0" {
		t.Errorf("the format is %q", d.FormatVersion)
	}
	for address, schema := range d.Schemas {
		if address == "postmaster" || strings.HasSuffix(address, "/postmaster") {
			return schema
		}
	}
	t.Fatal("the provider is not in it")
	return nil
}

// The real command prints the same, as far as it knows the parts of the schema.
func TestAccSameAsTheCommand(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	installation, err := terraformcli.Install(t.Context(), filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { installation.Close() })
	workspace, err := installation.Workspace("schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(workspace.Dir, "main.tf"), []byte(terraformcli.RequiredProviders), 0o644); err != nil {
		t.Fatal(err)
	}
	var printed string
	for _, args := range [][]string{{"init", "-no-color"}, {"providers", "schema", "-json"}} {
		if printed, err = workspace.Run(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	var ours bytes.Buffer
	if err := run(t.Context(), &ours); err != nil {
		t.Fatal(err)
	}
	got := parts(t, ours.Bytes())
	for part, entries := range parts(t, []byte(printed)) {
		if len(got[part]) != len(entries) {
			t.Errorf("%s: there are %d, and %d in the output of the command", part, len(got[part]), len(entries))
		}
		for name, want := range entries {
			withoutDeprecations(got[part][name])
			withoutDeprecations(want)
			if !reflect.DeepEqual(got[part][name], want) {
				t.Errorf("%s, %s:\ngot  %s\nwant %s", part, name, text(t, got[part][name]), text(t, want))
			}
		}
	}
}

// withoutDeprecations removes the messages of deprecations, which not all versions of the command
// print.
func withoutDeprecations(value any) {
	entries, ok := value.(map[string]any)
	if !ok {
		return
	}
	delete(entries, "deprecation_message")
	for _, entry := range entries {
		withoutDeprecations(entry)
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// invented is a provider with all parts that a schema may have.
type invented struct {
	tfprotov6.ProviderServer
	diagnostics []*tfprotov6.Diagnostic
}

func (p invented) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schema := &tfprotov6.Schema{Version: 2, Block: &tfprotov6.SchemaBlock{
		Description: "A thing.", DescriptionKind: tfprotov6.StringKindMarkdown, Deprecated: true,
		Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "a", Type: tftypes.String, Required: true, Description: "An <a>."},
			{Name: "b", Type: tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.Bool}}, Optional: true, Computed: true, Sensitive: true, WriteOnly: true},
			{Name: "c", NestedType: &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeMap, Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "d", Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"e": tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.Number, tftypes.DynamicPseudoType}}}}, Optional: true, Deprecated: true},
			}}, Optional: true},
		},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{TypeName: "f", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MinItems: 1, MaxItems: 2, Block: &tfprotov6.SchemaBlock{}}},
	}}
	empty := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}
	return &tfprotov6.GetProviderSchemaResponse{
		Provider:                 empty,
		ResourceSchemas:          map[string]*tfprotov6.Schema{"r": schema},
		DataSourceSchemas:        map[string]*tfprotov6.Schema{"d": empty},
		EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"e": empty},
		ListResourceSchemas:      map[string]*tfprotov6.Schema{"l": empty},
		ActionSchemas:            map[string]*tfprotov6.ActionSchema{"a": {Schema: empty}},
		Functions: map[string]*tfprotov6.Function{"f": {
			Summary: "S", Description: "D", DeprecationMessage: "No", Return: &tfprotov6.FunctionReturn{Type: tftypes.List{ElementType: tftypes.String}},
			Parameters:        []*tfprotov6.FunctionParameter{{Name: "p", Description: "P", Type: tftypes.DynamicPseudoType}},
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "v", AllowNullValue: true, Type: tftypes.Number},
		}},
		Diagnostics: p.diagnostics,
	}, nil
}

func (invented) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"r": {
		Version: 1, IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
			{Name: "i", Type: tftypes.String, RequiredForImport: true, Description: "I"}, {Name: "o", Type: tftypes.Bool, OptionalForImport: true},
		},
	}}}, nil
}

// All parts of a schema are printed, also those that the provider does not have yet.
func TestAllParts(t *testing.T) {
	var out bytes.Buffer
	if err := write(t.Context(), invented{}, &out); err != nil {
		t.Fatal(err)
	}
	const empty = `{"block":{"description_kind":"plain"},"version":0}`
	want := map[string]string{
		"provider":                   empty,
		"data_source_schemas":        `{"d":` + empty + `}`,
		"ephemeral_resource_schemas": `{"e":` + empty + `}`,
		"list_resource_schemas":      `{"l":` + empty + `}`,
		"action_schemas":             `{"a":{"block":{"description_kind":"plain"}}}`,
		"resource_identity_schemas":  `{"r":{"attributes":{"i":{"description":"I","required_for_import":true,"type":"string"},"o":{"optional_for_import":true,"type":"bool"}},"version":1}}`,
		"functions": `{"f":{"deprecation_message":"No","description":"D","parameters":[{"description":"P","name":"p","type":"dynamic"}],"return_type":["list","string"],` +
			`"summary":"S","variadic_parameter":{"is_nullable":true,"name":"v","type":"number"}}}`,
		"resource_schemas": `{"r":{"block":{"attributes":{"a":{"description":"An \u003ca\u003e.","description_kind":"plain","required":true,"type":"string"},` +
			`"b":{"computed":true,"description_kind":"plain","optional":true,"sensitive":true,"type":["map",["set","bool"]],"write_only":true},` +
			`"c":{"description_kind":"plain","nested_type":{"attributes":{"d":{"deprecated":true,"description_kind":"plain","optional":true,"type":["object",{"e":["tuple",["number","dynamic"]]}]}},"nesting_mode":"map"},"optional":true}},` +
			`"block_types":{"f":{"block":{"description_kind":"plain"},"max_items":2,"min_items":1,"nesting_mode":"list"}},"deprecated":true,"description":"A thing.","description_kind":"markdown"},"version":2}}`,
	}
	got := parts(t, out.Bytes())
	if len(got) != len(want) {
		t.Errorf("there are %d parts; want %d", len(got), len(want))
	}
	for part, wanted := range want {
		if text(t, got[part]) != wanted {
			t.Errorf("%s:\ngot  %s\nwant %s", part, text(t, got[part]), wanted)
		}
	}
}

func TestErrorsOfTheProvider(t *testing.T) {
	broken := invented{diagnostics: []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Old"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken", Detail: "No type."},
	}}
	var out bytes.Buffer
	if err := write(t.Context(), broken, &out); err == nil || err.Error() != "Broken: No type." || out.Len() > 0 {
		t.Errorf("got the error %v and %q", err, out.String())
	}
}
