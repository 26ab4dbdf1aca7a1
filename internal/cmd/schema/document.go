package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The types below are the output of `terraform providers schema -json`, in its format version 1.0.
type (
	document struct {
		FormatVersion string                    `json:"format_version"`
		Schemas       map[string]providerSchema `json:"provider_schemas"`
	}

	providerSchema struct {
		Provider           *schema             `json:"provider,omitempty"`
		Resources          map[string]schema   `json:"resource_schemas,omitempty"`
		DataSources        map[string]schema   `json:"data_source_schemas,omitempty"`
		EphemeralResources map[string]schema   `json:"ephemeral_resource_schemas,omitempty"`
		ListResources      map[string]schema   `json:"list_resource_schemas,omitempty"`
		Functions          map[string]function `json:"functions,omitempty"`
		Identities         map[string]identity `json:"resource_identity_schemas,omitempty"`
		Actions            map[string]action   `json:"action_schemas,omitempty"`
		StateStores        map[string]schema   `json:"state_store_schemas,omitempty"`
	}

	schema struct {
		Version int64  `json:"version"`
		Block   *block `json:"block,omitempty"`
	}

	block struct {
		Attributes         map[string]attribute   `json:"attributes,omitempty"`
		BlockTypes         map[string]nestedBlock `json:"block_types,omitempty"`
		Description        string                 `json:"description,omitempty"`
		DescriptionKind    string                 `json:"description_kind,omitempty"`
		Deprecated         bool                   `json:"deprecated,omitempty"`
		DeprecationMessage string                 `json:"deprecation_message,omitempty"`
	}

	nestedBlock struct {
		NestingMode string `json:"nesting_mode"`
		Block       *block `json:"block,omitempty"`
		MinItems    int64  `json:"min_items,omitempty"`
		MaxItems    int64  `json:"max_items,omitempty"`
	}

	attribute struct {
		Type               any         `json:"type,omitempty"`
		NestedType         *nestedType `json:"nested_type,omitempty"`
		Description        string      `json:"description,omitempty"`
		DescriptionKind    string      `json:"description_kind,omitempty"`
		Deprecated         bool        `json:"deprecated,omitempty"`
		DeprecationMessage string      `json:"deprecation_message,omitempty"`
		Required           bool        `json:"required,omitempty"`
		Optional           bool        `json:"optional,omitempty"`
		Computed           bool        `json:"computed,omitempty"`
		Sensitive          bool        `json:"sensitive,omitempty"`
		WriteOnly          bool        `json:"write_only,omitempty"`
	}

	nestedType struct {
		Attributes  map[string]attribute `json:"attributes,omitempty"`
		NestingMode string               `json:"nesting_mode"`
	}

	function struct {
		Description        string      `json:"description,omitempty"`
		Summary            string      `json:"summary,omitempty"`
		DeprecationMessage string      `json:"deprecation_message,omitempty"`
		ReturnType         any         `json:"return_type"`
		Parameters         []parameter `json:"parameters,omitempty"`
		VariadicParameter  *parameter  `json:"variadic_parameter,omitempty"`
	}

	parameter struct {
		Name        string `json:"name,omitempty"`
		Description string `json:"description,omitempty"`
		IsNullable  bool   `json:"is_nullable,omitempty"`
		Type        any    `json:"type"`
	}

	identity struct {
		Version    int64                        `json:"version"`
		Attributes map[string]identityAttribute `json:"attributes,omitempty"`
	}

	identityAttribute struct {
		Type              any    `json:"type"`
		Description       string `json:"description,omitempty"`
		RequiredForImport bool   `json:"required_for_import,omitempty"`
		OptionalForImport bool   `json:"optional_for_import,omitempty"`
	}

	action struct {
		Block *block `json:"block,omitempty"`
	}
)

func schemaOf(p *tfprotov6.GetProviderSchemaResponse, identities map[string]*tfprotov6.ResourceIdentitySchema) providerSchema {
	configuration := resourceOf(p.Provider)
	return providerSchema{
		Provider:           &configuration,
		Resources:          each(p.ResourceSchemas, resourceOf),
		DataSources:        each(p.DataSourceSchemas, resourceOf),
		EphemeralResources: each(p.EphemeralResourceSchemas, resourceOf),
		ListResources:      each(p.ListResourceSchemas, resourceOf),
		Functions:          each(p.Functions, functionOf),
		Identities:         each(identities, identityOf),
		Actions:            each(p.ActionSchemas, func(a *tfprotov6.ActionSchema) action { return action{Block: resourceOf(a.Schema).Block} }),
		StateStores:        each(p.StateStoreSchemas, resourceOf),
	}
}

// each converts all values of a map.
func each[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, value := range from {
		to[name] = convert(value)
	}
	return to
}

func resourceOf(s *tfprotov6.Schema) schema {
	if s == nil {
		return schema{}
	}
	return schema{Version: s.Version, Block: blockOf(s.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *block {
	nested := map[string]nestedBlock{}
	for _, n := range b.BlockTypes {
		nested[n.TypeName] = nestedBlock{NestingMode: strings.ToLower(n.Nesting.String()), Block: blockOf(n.Block), MinItems: n.MinItems, MaxItems: n.MaxItems}
	}
	return &block{
		Attributes:         attributesOf(b.Attributes),
		BlockTypes:         nested,
		Description:        b.Description,
		DescriptionKind:    strings.ToLower(b.DescriptionKind.String()),
		Deprecated:         b.Deprecated,
		DeprecationMessage: b.DeprecationMessage,
	}
}

func attributesOf(attributes []*tfprotov6.SchemaAttribute) map[string]attribute {
	converted := map[string]attribute{}
	for _, a := range attributes {
		c := attribute{
			Description:        a.Description,
			DescriptionKind:    strings.ToLower(a.DescriptionKind.String()),
			Deprecated:         a.Deprecated,
			DeprecationMessage: a.DeprecationMessage,
			Required:           a.Required,
			Optional:           a.Optional,
			Computed:           a.Computed,
			Sensitive:          a.Sensitive,
			WriteOnly:          a.WriteOnly,
		}
		if a.NestedType != nil {
			c.NestedType = &nestedType{Attributes: attributesOf(a.NestedType.Attributes), NestingMode: strings.ToLower(a.NestedType.Nesting.String())}
		} else {
			c.Type = typeOf(a.Type)
		}
		converted[a.Name] = c
	}
	return converted
}

func functionOf(f *tfprotov6.Function) function {
	converted := function{
		Description: f.Description, Summary: f.Summary, DeprecationMessage: f.DeprecationMessage, ReturnType: typeOf(f.Return.Type),
	}
	for _, p := range f.Parameters {
		converted.Parameters = append(converted.Parameters, parameterOf(p))
	}
	if f.VariadicParameter != nil {
		variadic := parameterOf(f.VariadicParameter)
		converted.VariadicParameter = &variadic
	}
	return converted
}

func parameterOf(p *tfprotov6.FunctionParameter) parameter {
	return parameter{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: typeOf(p.Type)}
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) identity {
	converted := identity{Version: s.Version, Attributes: map[string]identityAttribute{}}
	for _, a := range s.IdentityAttributes {
		converted.Attributes[a.Name] = identityAttribute{
			Type: typeOf(a.Type), Description: a.Description, RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
		}
	}
	return converted
}

// typeOf returns what the JSON of Terraform's type constraints has for a type: "string",
// ["list", "string"], ["object", {"name": "string"}] and so on.
func typeOf(t tftypes.Type) any {
	switch t := t.(type) {
	case tftypes.List:
		return []any{"list", typeOf(t.ElementType)}
	case tftypes.Set:
		return []any{"set", typeOf(t.ElementType)}
	case tftypes.Map:
		return []any{"map", typeOf(t.ElementType)}
	case tftypes.Tuple:
		elements := []any{}
		for _, element := range t.ElementTypes {
			elements = append(elements, typeOf(element))
		}
		return []any{"tuple", elements}
	case tftypes.Object:
		return []any{"object", each(t.AttributeTypes, typeOf)}
	}
	for name, primitive := range map[string]tftypes.Type{
		"string": tftypes.String, "number": tftypes.Number, "bool": tftypes.Bool, "dynamic": tftypes.DynamicPseudoType,
	} {
		if t.Is(primitive) {
			return name
		}
	}
	panic("no name in JSON is known of the type " + t.String())
}
