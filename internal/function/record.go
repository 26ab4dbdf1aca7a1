package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// recordType is the type of an element of records of postmaster_dns_records.
var recordType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"name":     types.StringType,
	"type":     types.StringType,
	"value":    types.StringType,
	"priority": types.Int64Type,
}}

// recordValue returns a record of a type other than MX.
func recordValue(r mailrecord.Record) attr.Value {
	return types.ObjectValueMust(recordType.AttrTypes, map[string]attr.Value{
		"name":     types.StringValue(r.Name),
		"type":     types.StringValue(r.Type),
		"value":    types.StringValue(r.Value),
		"priority": types.Int64Null(),
	})
}

func recordsValue(records map[string]mailrecord.Record) attr.Value {
	values := map[string]attr.Value{}
	for key, r := range records {
		values[key] = recordValue(r)
	}
	return types.MapValueMust(recordType, values)
}
