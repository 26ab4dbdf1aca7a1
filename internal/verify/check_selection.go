package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// ValidateConfig refuses keys of other domains, and a configuration that leaves no check. Without any, the domain would be all
// right whatever it publishes.
func (d *checkDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var model checkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.checkSelectors(&resp.Diagnostics)
	if !known(model.Only) || !known(model.Silence) {
		return
	}
	only, silence := kit.TextsOf(model.Only), kit.TextsOf(model.Silence)
	for _, pattern := range slices.Concat(only, silence) {
		if check.CheckPattern(pattern) != nil {
			return // which has an error of its own
		}
	}
	if err := check.CheckSelection(only, silence); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("silence"), "No check is left", err.Error()+". Take out of silence what is to be checked.")
	}
}

// checkSelectors refuses whole names of keys that are not the domain's.
func (m *checkModel) checkSelectors(diags *diag.Diagnostics) {
	domain, err := kit.CanonicalMailDomain(m.Domain.ValueString())
	if err != nil || m.Domain.IsUnknown() {
		return
	}
	for _, element := range m.Selectors.Elements() {
		text, given := element.(types.String)
		if !given || text.IsUnknown() || text.IsNull() {
			continue
		}
		selector, err := check.ParseSelector(text.ValueString())
		if err != nil {
			continue // which has an error of its own
		}
		if err := check.CheckSelector(selector, domain); err != nil {
			at := path.Root("selectors").AtSetValue(element)
			diags.AddAttributeError(at, "DKIM key of another domain", fmt.Sprintf("%s: %v.", at, err))
		}
	}
}

// known reports whether a set and all its elements are known.
func known(set types.Set) bool {
	return !set.IsUnknown() && !slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown)
}
