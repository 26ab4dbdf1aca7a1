package provider

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// resolversAttribute returns the schema of the attribute dns_resolvers.
func resolversAttribute() schema.ListAttribute {
	return schema.ListAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Recursive resolvers to query for zones and name servers, each as `host:port` or `host`. " +
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
		address := v.ValueString()
		if _, _, err := net.SplitHostPort(address); err != nil {
			address = net.JoinHostPort(strings.Trim(address, "[]"), "53")
		}
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" || port == "" {
			diags.AddAttributeError(path.Root("dns_resolvers").AtListIndex(i), "Unusable resolver",
				fmt.Sprintf("%q is not a host, or a host and a port such as 192.0.2.53:53.", v.ValueString()))
			continue
		}
		out = append(out, address)
	}
	return out, unknown
}
