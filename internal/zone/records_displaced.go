package zone

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// displacedValue returns the value of the attribute displaced.
func displacedValue(displaced []dns.Identity) types.List {
	elements := make([]attr.Value, len(displaced))
	for i, id := range displaced {
		elements[i] = recordValue(dns.Record{Name: id.Name, Type: id.Type, Value: id.Value, Priority: id.Priority})
	}
	return types.ListValueMust(kit.DNSRecordType, elements)
}

// approved returns the records that a plan shows as displaced, or nil if the plan does not say.
func approved(displaced types.List) []dns.Identity {
	if displaced.IsNull() || displaced.IsUnknown() {
		return nil
	}
	identities := []dns.Identity{}
	for _, element := range displaced.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		text := func(name string) string {
			value, _ := object.Attributes()[name].(types.String)
			return value.ValueString()
		}
		priority, _ := object.Attributes()["priority"].(types.Int64)
		identities = append(identities, dns.Identity{
			Name: text("name"), Type: text("type"), Value: text("value"), Priority: uint16(priority.ValueInt64()), // made from such a number
		})
	}
	return identities
}

// preexistingKeys returns the value of the attribute preexisting.
func preexistingKeys(published []dns.Published) types.List {
	keys := []string{}
	for _, p := range published {
		if p.Preexisting {
			keys = append(keys, p.Key)
		}
	}
	slices.Sort(keys)
	elements := make([]attr.Value, len(keys))
	for i, key := range keys {
		elements[i] = types.StringValue(key)
	}
	return types.ListValueMust(types.StringType, elements)
}
