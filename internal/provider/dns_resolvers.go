package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// resolversAttribute returns the schema of the attribute dns_resolvers.
func resolversAttribute() schema.ListAttribute {
	return schema.ListAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Recursive resolvers to query for zones and name servers, each as `host` or `host:port`, such as `192.0.2.53` or `192.0.2.53:5353`. " +
			"Default: the system's.",
	}
}

// readResolvers reads the attribute dns_resolvers and returns each address as "host:port". unknown
// is true if a part of the attribute is unknown.
func readResolvers(ctx context.Context, list types.List, diags *diag.Diagnostics) (out []string, unknown bool) {
	if list.IsNull() || list.IsUnknown() {
		return nil, list.IsUnknown()
	}
	var values []types.String
	diags.Append(list.ElementsAs(ctx, &values, false)...)
	for i, v := range values {
		if v.IsUnknown() {
			unknown = true
			continue
		}
		address, err := dns.ParseResolver(v.ValueString())
		if err != nil {
			at := path.Root("dns_resolvers").AtListIndex(i)
			diags.AddAttributeError(at, "Unusable resolver", fmt.Sprintf("%s: %v.", at, err))
			continue
		}
		out = append(out, address)
	}
	return out, unknown
}
