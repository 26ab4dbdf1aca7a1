package cert

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// warnOfOtherHost warns, if another host is planned, that the certificate of the prior host is not
// removed.
func (r *letsEncryptResource) warnOfOtherHost(ctx context.Context, planned types.String, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var before types.String
	if req.State.Raw.IsNull() {
		return
	}
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("hostname"), &before)...)
	if planned.IsUnknown() || kit.HostnameSpelling.Same(planned, before) {
		return
	}
	resp.Diagnostics.AddAttributeWarning(path.Root("hostname"), "The certificate stays in force",
		fmt.Sprintf("%s has no call to remove a certificate. It may go on serving the one of %s; only Terraform forgets it.", r.server(), before.ValueString()))
}
