package provider

import (
	"context"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// sandboxAttribute returns the schema of the block sandbox.
func sandboxAttribute() schema.SingleNestedAttribute {
	var zones []string
	for _, host := range kit.With[zone.HostService](service.All) {
		if apex := host.Host().SimulatedZone; apex != "" {
			zones = append(zones, "`"+apex+"` at "+host.Title())
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Simulates all services inside the provider: no real service is called, and no account is needed. " +
			"All other blocks and environment variables are ignored. Environment: `POSTMASTER_SANDBOX` (`1`, or the path).",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "File that holds the simulated services' state, relative to the working directory. Default: `.postmaster/sandbox.json`.",
			},
			"zones": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Domains that exist in the sandbox, each with its DNS host, such as `{ \"shop.example\" = \"namecheap\" }`. " +
					"With the name of a host that the provider does not support, such as `ovh`, or with `unknown`, the domain exists in the DNS, and nothing can edit it. " +
					"In addition, there are always " + kit.List(zones, "and") + ".",
			},
		},
	}
}

// defaultSandboxPath is relative to the working directory, as .terraform is.
const defaultSandboxPath = ".postmaster/sandbox.json"

// sandboxPath returns whether the sandbox is to be used, and its file. known is false if that
// depends on an unknown value.
func sandboxPath(object types.Object) (file string, use, known bool) {
	if object.IsUnknown() {
		return "", false, false
	}
	if !object.IsNull() {
		p, _ := object.Attributes()["path"].(types.String)
		switch {
		case p.IsUnknown():
			return "", false, false
		case p.ValueString() != "":
			return p.ValueString(), true, true
		}
		return defaultSandboxPath, true, true
	}
	switch v := os.Getenv("POSTMASTER_SANDBOX"); strings.ToLower(v) {
	case "", "0", "false", "no", "off":
		return "", false, true
	case "1", "true", "yes", "on":
		return defaultSandboxPath, true, true
	default:
		return v, true, true
	}
}

// sandboxZones adds the configured domains of the sandbox, with their DNS hosts, to the zones that
// it always has.
func sandboxZones(ctx context.Context, object types.Object, zones map[string]string, diags *diag.Diagnostics) map[string]string {
	list, ok := object.Attributes()["zones"].(types.Map)
	if !ok || list.IsNull() || list.IsUnknown() {
		return zones
	}
	var given map[string]types.String
	diags.Append(list.ElementsAs(ctx, &given, false)...)
	for apex, host := range given {
		if !host.IsUnknown() { // a domain whose host is unknown does not exist yet
			zones[apex] = host.ValueString()
		}
	}
	return zones
}
