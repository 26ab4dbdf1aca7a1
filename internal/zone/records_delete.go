package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Delete removes the published records that are unchanged in the zone and that no other resource of
// the configuration wants.
func (r *recordsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state recordsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	previous, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.recallZone(ctx, req.Private)...)
	shared, d := loadShared(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	begun := recallMove(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !r.giveUpBegun(ctx, begun, state.ID.ValueString(), &resp.Diagnostics) {
		return
	}
	if previous != nil {
		previous = stillPublished(previous, state.Records, types.MapNull(kit.DNSRecordType))
	}
	id, err := ParseAuthorizationID(state.DNSAuthorizationID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
		return
	}
	if editor, zone := r.neighbourhood(state); editor != nil {
		// Terraform plans a removal in one process and applies it in another. Announce the removal
		// before it happens, so that a resource which takes the freed place knows about it.
		editor.Wants(zone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous})
	}
	editor, zone, _, err := ZonesOf(r.Run).openOwn(ctx, id)
	switch {
	case kit.IsNotFound(err):
		resp.Diagnostics.AddWarning(zoneGone, withoutZone(err, state.Published))
		return
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
		return
	}
	next, replaced := readSuccessor(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	next = ZonesOf(r.Run).replaced.locate(next)
	nowhere := replaced && next.ZoneID == ""
	if next.elsewhere(id.Host, zone) {
		next, replaced = successor{Complete: true}, false
	}
	var kept []dns.Published
	switch {
	case previous == nil:
		previous, kept = r.replaced(ctx, next, state, zone, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
	case replaced:
		shared = append(shared, next.takesOver(previous)...)
	}
	result, err := editor.Publish(ctx, zone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous, Shared: shared})
	addProblems(&resp.Diagnostics, result.Warnings)
	if err != nil {
		addRemoveError(&resp.Diagnostics, err)
		return
	}
	if len(kept) > 0 {
		editor.Has(zone, state.ID.ValueString(), kept)
	}
	if nowhere {
		held := heldBack{editor: editor, zone: zone, host: id.Host, owner: state.ID.ValueString(), next: next, records: kept}
		if kept == nil {
			held.records = next.published(previous)
		}
		ZonesOf(r.Run).replaced.hold(held, &resp.Diagnostics)
	}
}

// replaced returns which records of a replaced object to remove, and which to keep for its
// successor. An object is replaced, for example, after somebody has tainted it. Terraform does not
// pass on the private state of such an object. So the records come from the state, which has
// everything except the mechanisms that were added to SPF records.
func (r *recordsResource) replaced(ctx context.Context, next successor, state recordsModel, zone dns.HostedZone, diags *diag.Diagnostics) (remove, kept []dns.Published) {
	var preexisting []string
	if !state.Preexisting.IsNull() {
		diags.Append(state.Preexisting.ElementsAs(ctx, &preexisting, false)...)
	}
	var merged []string
	for _, key := range kit.SortedKeys(state.Published.Elements()) {
		object, ok := state.Published.Elements()[key].(types.Object)
		if !ok {
			continue
		}
		record, known, err := RecordOf(object)
		if err != nil || !known {
			diags.AddAttributeError(path.Root("published").AtMapKey(key), "Unusable record in the state", "It cannot be removed, because it cannot be read.")
			return nil, nil
		}
		if ttl, ok := object.Attributes()["ttl"].(types.Int64); ok {
			record.TTL = uint32(ttl.ValueInt64())
		}
		p := dns.Published{Key: key, Wanted: record, Record: record, Preexisting: slices.Contains(preexisting, key)}
		switch {
		case isMerged(record):
			if !next.wants(p) {
				merged = append(merged, record.Name)
			}
		case next.wants(p):
			kept = append(kept, p)
		default:
			remove = append(remove, p)
		}
	}
	if len(merged) > 0 {
		diags.AddWarning("SPF mechanisms were not removed",
			fmt.Sprintf("The mechanisms that were added to the SPF records of these names in the zone %s stay there, because Terraform does not pass on the private state of a replaced resource: %s. "+
				"Remove by hand the mechanisms that nothing needs.", zone.Apex, strings.Join(slices.Compact(merged), ", ")))
	}
	return remove, kept
}

// readSuccessor returns what the object wants that replaces the deleted one. Replaced is false if
// there is none.
func readSuccessor(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) (next successor, replaced bool) {
	replaced, d := kit.ReadNote(ctx, private, successorKeyName, aboutSuccessor, &next)
	diags.Append(d...)
	return next, replaced
}

// takesOver returns the records that a successor wants or may want. They are not deleted, so that
// the name always has them.
func (s successor) takesOver(previous []dns.Published) []dns.Wanted {
	if s.Complete {
		return s.Wanted
	}
	return slices.Concat(s.Wanted, undecided(s.Wanted, previous))
}

// wants reports whether a successor wants a published record, or may want it.
func (s successor) wants(p dns.Published) bool {
	known := false
	for _, w := range s.Wanted {
		known = known || w.Key == p.Key
		if dns.Equivalent(w.Record, p.Record) || w.Record.Name == p.Record.Name && isMerged(w.Record) && isMerged(p.Record) {
			return true
		}
	}
	return !s.Complete && !known
}

// planRemoval notes for Delete what other resources of the configuration want at the names of the
// removed records.
func (r *recordsResource) planRemoval(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state recordsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	previous, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.recallZone(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	previous = stillPublished(previous, state.Records, types.MapNull(kit.DNSRecordType))
	if editor, zone := r.neighbourhood(state); editor != nil {
		editor.Wants(zone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous})
		resp.Diagnostics.Append(r.noteShared(ctx, editor, zone, state, previous, resp.Private)...)
	}
}

// noteShared notes what other resources want at the names of this resource's records.
func (r *recordsResource) noteShared(ctx context.Context, editor *dns.Editor, zone dns.HostedZone, state recordsModel, previous []dns.Published, private kit.PrivateState) diag.Diagnostics {
	shared := editor.Shared(zone, state.ID.ValueString(), previous)
	if shared == nil {
		shared = []dns.Wanted{}
	}
	return kit.WriteNote(ctx, private, sharedKeyName, aboutShared, shared)
}

// neighbourhood returns the editor of an object's zone, and what is known of the zone, without making
// a call. The editor is nil if the account cannot be used or the zone is not known.
func (r *recordsResource) neighbourhood(m recordsModel) (*dns.Editor, dns.HostedZone) {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err != nil || r.Run == nil || ZonesOf(r.Run).Pending(id) || m.Zone.ValueString() == "" {
		return nil, dns.HostedZone{}
	}
	editor, err := ZonesOf(r.Run).Editor(AccountKey{id.Host, id.Account})
	if err != nil {
		return nil, dns.HostedZone{}
	}
	return editor, ZonesOf(r.Run).zoneOf(id, m.Zone.ValueString())
}
