package zone

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// move publishes the records with a new authorization, and then removes them from the old zone. It
// is an update and no replacement, because the new authorization may be known only at apply, when
// an update can no longer become a replacement. It also means that the records are never missing.
// If the second half fails, nothing is saved. The next apply then finds the new records and
// continues.
func (r *recordsResource) move(ctx context.Context, state recordsModel, plan *recordsModel, publication dns.Publication, timeout time.Duration, diags *diag.Diagnostics) ([]dns.Published, *dns.PartialError) {
	newEditor, newZone := r.open(ctx, *plan, false, diags)
	if diags.HasError() {
		return nil, nil
	}
	oldID, err := ParseAuthorizationID(state.DNSAuthorizationID.ValueString())
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
		return nil, nil
	}
	oldEditor, oldZone, _, err := ZonesOf(r.Run).openOwn(ctx, oldID)
	gone := kit.IsNotFound(err)
	if err != nil && !gone {
		kit.AddError(diags, "Unable to find the zone that the records are in", err)
		return nil, nil
	}
	if !gone && sameZone(newEditor, newZone, oldEditor, oldZone) {
		plan.ID = state.ID
		return r.Publish(ctx, plan, publication, timeout, diags)
	}
	plan.ID = newRecordsID(plan.DNSAuthorizationID)
	previous, shared := publication.Previous, publication.Shared
	publication.Previous, publication.Shared = nil, nil
	published, partial := r.Publish(ctx, plan, publication, timeout, diags)
	switch {
	case partial != nil:
		newEditor.Forget(newZone, publication)
		r.giveUpMove(ctx, newEditor, newZone, plan.ID.ValueString(), partial, diags)
		return nil, nil
	case diags.HasError():
		return nil, nil
	}
	if gone {
		diags.AddWarning("The old zone is not in the account any more", fmt.Sprintf("No record was removed from it. %s.", err))
		return published, nil
	}
	result, err := oldEditor.Publish(ctx, oldZone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous, Shared: shared})
	addProblems(diags, result.Warnings)
	if err != nil {
		addPublishError(diags, err)
		return nil, nil
	}
	return published, nil
}

// giveUpMove removes from the new zone what a move has published there before it failed. The state can
// name only one zone, and stays with the old one.
func (r *recordsResource) giveUpMove(ctx context.Context, editor *dns.Editor, zone dns.HostedZone, owner string, partial *dns.PartialError, diags *diag.Diagnostics) {
	result, err := editor.Publish(ctx, zone, dns.Publication{Owner: owner, Previous: partial.Has()})
	addProblems(diags, result.Warnings)
	if err != nil {
		addPartError(diags, partial, fmt.Sprintf("The records stay in their old zone, and what is done in the new one could not be removed again (%v). Delete it by hand, or it counts as somebody else's in the next apply and stays at destroy", err))
		return
	}
	addPartError(diags, partial, "The records stay in their old zone, and what was created in the new one has been removed from it again. Remove the cause and apply again")
}

// sameZone reports whether two authorizations lead to the same zone, even with different
// credentials or for different names in it.
func sameZone(editor *dns.Editor, zone dns.HostedZone, other *dns.Editor, otherZone dns.HostedZone) bool {
	return editor.Host().Name() == other.Host().Name() && zone.ID == otherZone.ID && zone.Apex == otherZone.Apex
}
