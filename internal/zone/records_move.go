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
// If the second half fails, the state stays as it is, and half says what is in the new zone. The next
// apply begins with that.
func (r *recordsResource) move(ctx context.Context, state recordsModel, plan *recordsModel, publication dns.Publication, begun movingNote, timeout time.Duration, diags *diag.Diagnostics) (published []dns.Published, partial *dns.PartialError, half movingNote) {
	newEditor, newZone := r.open(ctx, *plan, false, diags)
	if diags.HasError() {
		return nil, nil, begun
	}
	oldID, err := ParseAuthorizationID(state.DNSAuthorizationID.ValueString())
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
		return nil, nil, begun
	}
	oldEditor, oldZone, _, err := ZonesOf(r.Run).openOwn(ctx, oldID)
	gone := kit.IsNotFound(err)
	if err != nil && !gone {
		kit.AddError(diags, "Unable to find the zone that the records are in", err)
		return nil, nil, begun
	}
	if !gone && sameZone(newEditor, newZone, oldEditor, oldZone) {
		plan.ID = state.ID
		published, partial = r.Publish(ctx, plan, publication, timeout, diags)
		return published, partial, begun
	}
	plan.ID = newRecordsID(plan.DNSAuthorizationID)
	previous, shared := publication.Previous, publication.Shared
	newID, _ := ParseAuthorizationID(plan.DNSAuthorizationID.ValueString())
	publication.Previous, publication.Shared = begun.in(newID, newZone), nil
	published, partial = r.Publish(ctx, plan, publication, timeout, diags)
	switch {
	case partial != nil:
		newEditor.Forget(newZone, publication)
		r.giveUpMove(ctx, newEditor, newZone, plan.ID.ValueString(), partial, diags)
		return nil, nil, begun
	case diags.HasError():
		return nil, nil, begun
	}
	if gone {
		diags.AddWarning("The old zone is not in the account any more", withoutZone(err, state.Published))
		return published, nil, movingNote{}
	}
	result, err := oldEditor.Publish(ctx, oldZone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous, Shared: shared})
	addProblems(diags, result.Warnings)
	if err != nil {
		addRemoveError(diags, err)
		diags.AddError("The records are in both zones", fmt.Sprintf("The records are published in the zone %s, but not all of them are removed from the zone %s. The state stays with the old zone. "+
			"Remove the cause and apply again: the move then goes on. If you give it up, what is in the new zone is removed with the next change of the resource, or at destroy.", zoneBeside(newZone, oldZone), zoneBeside(oldZone, newZone)))
		return nil, nil, movingNote{Authorization: plan.DNSAuthorizationID.ValueString(), ZoneID: newZone.ID, Published: published}
	}
	return published, nil, movingNote{}
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

// zoneBeside names a zone in a sentence about two of them, by its ID too if both have one name.
func zoneBeside(zone, other dns.HostedZone) string {
	if zone.Apex == other.Apex {
		return zone.Apex + " (" + zone.ID + ")"
	}
	return zone.Apex
}

// sameZone reports whether two authorizations lead to the same zone, even with different
// credentials or for different names in it.
func sameZone(editor *dns.Editor, zone dns.HostedZone, other *dns.Editor, otherZone dns.HostedZone) bool {
	return editor.Host().Name() == other.Host().Name() && zone.ID == otherZone.ID && zone.Apex == otherZone.Apex
}
