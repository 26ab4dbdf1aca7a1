package kit

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DNSRecord is one record that a domain needs, as attributes show it: names are
// absolute without trailing dot, TXT unquoted. Unknown and null parts are kept.
type DNSRecord struct {
	Name     types.String
	Type     string
	Value    types.String
	Priority types.Int64
}

var DNSRecordType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"name":     types.StringType,
	"type":     types.StringType,
	"value":    types.StringType,
	"priority": types.Int64Type,
}}

// KeysKnownAtPlan is true of records whose keys depend on the configuration alone.
const KeysKnownAtPlan = " The keys depend on the configuration only, so that they can feed `for_each` over the records of any DNS provider."

// DNSRecordsAttribute is what every resource shows whose object needs records.
func DNSRecordsAttribute(keys string) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The DNS records to publish. " + keys,
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					Computed:            true,
					MarkdownDescription: "Absolute name, in punycode, without trailing dot.",
				},
				"type": schema.StringAttribute{
					Computed:            true,
					MarkdownDescription: "Record type, such as `TXT`.",
				},
				"value": schema.StringAttribute{
					Computed:            true,
					MarkdownDescription: "Value: TXT as one unquoted text, host names absolute without trailing dot, other types in presentation format.",
				},
				"priority": schema.Int64Attribute{
					Computed:            true,
					MarkdownDescription: "Preference of an MX record.",
				},
			},
		},
	}
}

// DNSRecordsValue makes the attribute's value.
func DNSRecordsValue(records map[string]DNSRecord) types.Map {
	elements := make(map[string]attr.Value, len(records))
	for key, r := range records {
		elements[key] = types.ObjectValueMust(DNSRecordType.AttrTypes, map[string]attr.Value{
			"name":     r.Name,
			"type":     types.StringValue(r.Type),
			"value":    r.Value,
			"priority": r.Priority,
		})
	}
	return types.MapValueMust(DNSRecordType, elements)
}
