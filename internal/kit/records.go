package kit

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DNSRecord is a DNS record that a domain needs, as attributes show it. Names are absolute, without
// trailing dot. TXT values are unquoted. Fields may be unknown or null.
type DNSRecord struct {
	Name     types.String
	Type     string
	Value    types.String
	Priority types.Int64
}

// DNSRecordType is the type of one record in an attribute.
var DNSRecordType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"name":     types.StringType,
	"type":     types.StringType,
	"value":    types.StringType,
	"priority": types.Int64Type,
}}

// KeysKnownAtPlan is a sentence for the description of dns_records. It holds for resources whose
// record keys depend on the configuration only.
const KeysKnownAtPlan = " The keys depend on the configuration only, so they can feed `for_each` over the records of any DNS provider."

// DNSRecordsAttribute returns the attribute dns_records. Every resource whose object needs DNS
// records has it. Keys describes the keys, in whole sentences.
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
					MarkdownDescription: "Value: for TXT one unquoted text, for host names the absolute name without trailing dot, for other types the presentation format.",
				},
				"priority": schema.Int64Attribute{
					Computed:            true,
					MarkdownDescription: "Preference of an MX record.",
				},
			},
		},
	}
}

// DNSRecordsValue returns the value of the attribute dns_records.
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
