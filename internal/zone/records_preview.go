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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// preview compares the plan with the current zone. It reports what is in the way, and plans the
// attribute displaced. The attribute stays unknown while records or the zone are unknown.
func (r *recordsResource) preview(ctx context.Context, plan *recordsModel, config, state recordsModel, previous []dns.Published, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	asked := plan.asConfigured(config)
	wanted, complete := asked.wanted(diags)
	if diags.HasError() || r.Run == nil {
		return
	}
	if plan.DNSAuthorizationID.IsUnknown() {
		r.warnUnbound(*plan, nil, diags)
		return
	}
	id, err := ParseAuthorizationID(plan.DNSAuthorizationID.ValueString())
	if err != nil {
		return
	}
	if ZonesOf(r.Run).Pending(id) {
		r.warnUnbound(*plan, nil, diags)
		return
	}
	open := ZonesOf(r.Run).openOwn
	if state.ID.IsNull() {
		open = ZonesOf(r.Run).openNew
	}
	editor, zone, _, err := open(ctx, id)
	switch {
	case kit.IsNotFound(err) && protocol.Applying(ctx) && shownDisplaced(ctx, diags) != nil:
		// The plan has seen the zone. Without it, Terraform would report an inconsistent plan.
		diags.AddError("The zone is gone since the plan", "Nothing was changed. "+api.Brief(err)+". Plan again.")
		return
	case kit.IsNotFound(err): // the run may create the zone before it publishes
		r.warnUnbound(*plan, nil, diags)
		return
	case err != nil:
		kit.AddError(diags, "Unable to find the zone", err)
		return
	}
	plan.Zone = types.StringValue(zone.Apex)
	previous = r.leaveOldZone(ctx, id, editor, zone, state, previous)
	if previous == nil {
		previous = recallMove(ctx, resp.Private, diags).in(id, zone)
	}

	full := asked.publication(r.Run, wanted, previous)
	if !complete {
		full.Wanted = slices.Concat(wanted, undecided(wanted, previous))
		// A record that is not known yet would look as if it were no longer wanted.
		previous = slices.DeleteFunc(slices.Clone(previous), func(p dns.Published) bool { return !hasKey(wanted, p.Key) })
	}
	editor.Wants(zone, full)
	if mayDisplace := plan.Overwrite.ValueBool() || plan.ReplaceMX.ValueBool(); !complete && len(wanted)+len(previous) == 0 && !mayDisplace {
		return // there is nothing that could be compared with the zone
	}
	planned, err := editor.Plan(ctx, zone, asked.publication(r.Run, wanted, previous))
	shown := shownDisplaced(ctx, diags)
	if err == nil && planned.Err() != nil && shown != nil {
		// Another resource of the run may free a place. The approved plan knew that, but this
		// process may not have heard of it yet.
		approved := asked.publication(r.Run, wanted, previous)
		approved.Approved = shown
		planned, err = editor.Plan(ctx, zone, approved)
	}
	switch {
	case err != nil:
		kit.AddError(diags, "Unable to read the zone", err)
		return
	case planned.Err() != nil:
		addProblems(diags, withWayOut(planned.Problems))
		return
	}
	displaced := planned.Displaced
	if complete {
		displaced = bind(ctx, zone, displaced, shown, resp)
		plan.Displaced = displacedValue(displaced)
	} else {
		r.warnUnbound(*plan, r.standing(ctx, editor, zone, *plan, full.Previous), diags)
	}
	if leaving := withdrawn(full); len(leaving) > 0 && !diags.HasError() {
		old := *plan
		old.ID = state.ID
		diags.Append(r.noteShared(ctx, editor, zone, old, leaving, resp.Private)...)
		diags.Append(r.shareApproved(ctx, resp.Private)...)
	}
	if protocol.Applying(ctx) {
		return // the publishing of the records reports the rest
	}
	warnings := append(planned.Problems, mergeWarnings(planned.Merged)...)
	addProblems(diags, warnings)
	ZonesOf(r.Run).said(zone, warnings)
	warnDisplaced(zone, displaced, diags)
}

// leaveOldZone tells the editor of the old zone that moving records leave it. It returns the
// records that were published in the new zone before.
func (r *recordsResource) leaveOldZone(ctx context.Context, id AuthorizationID, editor *dns.Editor, zone dns.HostedZone, state recordsModel, previous []dns.Published) []dns.Published {
	oldID, err := ParseAuthorizationID(state.DNSAuthorizationID.ValueString())
	if err != nil || oldID == id {
		return previous
	}
	oldEditor, oldZone, _, err := ZonesOf(r.Run).openOwn(ctx, oldID)
	switch {
	case err != nil:
		return nil
	case sameZone(editor, zone, oldEditor, oldZone):
		return previous
	}
	oldEditor.Wants(oldZone, dns.Publication{Owner: state.ID.ValueString(), Previous: previous})
	return nil
}

// undecided returns the records that were published under keys whose new value is not known yet.
// They count as wanted.
func undecided(wanted []dns.Wanted, previous []dns.Published) []dns.Wanted {
	var stay []dns.Wanted
	for _, p := range previous {
		if !hasKey(wanted, p.Key) {
			stay = append(stay, dns.Wanted{Key: p.Key, Record: p.Wanted})
		}
	}
	return stay
}

// hasKey reports whether a key is among the wanted records.
func hasKey(wanted []dns.Wanted, key string) bool {
	return slices.ContainsFunc(wanted, func(w dns.Wanted) bool { return w.Key == key })
}

// withdrawn returns the records that were published before and are no longer wanted, or no longer
// with that TTL. Records that other resources also want stay in the zone.
func withdrawn(p dns.Publication) []dns.Published {
	return slices.DeleteFunc(slices.Clone(p.Previous), func(before dns.Published) bool {
		return slices.ContainsFunc(p.Wanted, func(w dns.Wanted) bool {
			return dns.Equivalent(w.Record, before.Wanted) && w.Record.TTL == before.Wanted.TTL
		})
	})
}

// shownDisplaced returns what the approved plan showed as displaced, if Terraform passes that to
// the plan at apply. Otherwise, or if the approved plan did not know it, it returns nil.
func shownDisplaced(ctx context.Context, diags *diag.Diagnostics) []dns.Identity {
	var shown []dns.Identity
	_, d := kit.ApprovedPlan(ctx, displacedKeyName, aboutDisplaced, &shown)
	diags.Append(d...)
	return shown
}

// bind plans what is displaced. If Terraform passes on what the approved plan showed, bind plans
// the same, and anything beyond it is an error. Otherwise Terraform compares the plans itself, and
// reports an inconsistent plan.
func bind(ctx context.Context, zone dns.HostedZone, displaced, shown []dns.Identity, resp *resource.ModifyPlanResponse) []dns.Identity {
	if shown == nil {
		if displaced == nil {
			displaced = []dns.Identity{}
		}
		resp.Diagnostics.Append(kit.WriteNote(ctx, resp.Private, displacedKeyName, aboutDisplaced, displaced)...)
		return displaced
	}
	var surprising []string
	for _, id := range displaced {
		if !slices.Contains(shown, id) {
			surprising = append(surprising, "    "+textOf(id))
		}
	}
	if len(surprising) > 0 {
		resp.Diagnostics.AddAttributeError(path.Root("displaced"), "The zone has changed since the plan",
			fmt.Sprintf("To publish these records, the apply would now delete or change records in the zone %s that the plan did not show:\n\n%s\n\nNothing was written. Plan again.", zone.Apex, strings.Join(surprising, "\n")))
	}
	return shown
}

// shareApproved passes on what the approved plan knew about other resources. This process may not
// have heard of them.
func (r *recordsResource) shareApproved(ctx context.Context, private kit.PrivateState) diag.Diagnostics {
	var before []dns.Wanted
	found, diags := kit.ApprovedPlan(ctx, sharedKeyName, aboutShared, &before)
	if !found || len(before) == 0 || diags.HasError() {
		return diags
	}
	now, d := loadShared(ctx, private)
	diags.Append(d...)
	diags.Append(kit.WriteNote(ctx, private, sharedKeyName, aboutShared, append(now, before...))...)
	return diags
}

// standing returns the records of others that may have to make way, as lines of a message. They are
// at the names of records that are not wholly known.
func (r *recordsResource) standing(ctx context.Context, editor *dns.Editor, zone dns.HostedZone, plan recordsModel, previous []dns.Published) []string {
	var about []dns.Record
	for _, element := range plan.Records.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() || object.IsNull() {
			continue
		}
		name, _ := object.Attributes()["name"].(types.String)
		if _, known, _ := RecordOf(object); known || name.IsUnknown() || name.IsNull() {
			continue
		}
		if canonical, err := dns.Canonical(name.ValueString()); err == nil && zone.Holds(canonical) {
			about = append(about, dns.Record{Name: canonical})
		}
	}
	if about == nil {
		return nil
	}
	snapshot, err := editor.Snapshot(ctx, zone, about)
	if err != nil {
		return nil // what can be planned was planned; the apply reads the zone again
	}
	var lines []string
	for _, record := range snapshot.Records {
		ours := slices.ContainsFunc(previous, func(p dns.Published) bool { return dns.Equivalent(p.Record, record) })
		concerned := slices.ContainsFunc(about, func(a dns.Record) bool { return a.Name == record.Name })
		goes := record.Type != "NS" && !isMerged(record) && (record.Type != "MX" || plan.ReplaceMX.ValueBool())
		if concerned && !ours && goes {
			lines = append(lines, "    "+record.String())
		}
	}
	return lines
}

// warnUnbound warns that the plan cannot list what makes way, if anything may.
func (r *recordsResource) warnUnbound(plan recordsModel, standing []string, diags *diag.Diagnostics) {
	var allowed []string
	if plan.Overwrite.ValueBool() {
		allowed = append(allowed, "overwrite = true")
	}
	if plan.ReplaceMX.ValueBool() {
		allowed = append(allowed, "replace_mx = true")
	}
	if allowed == nil {
		return
	}
	text := fmt.Sprintf("Records or their zone are not known before the apply, so this plan cannot list the records of others that make way. With %s, the apply deletes those that are in the way by then, at the names of these records only.",
		strings.Join(allowed, " and "))
	if len(standing) > 0 {
		text += " At names that are known, the zone has:\n\n" + strings.Join(standing, "\n")
	}
	diags.AddAttributeWarning(path.Root("displaced"), "The plan does not bind what makes way",
		text+"\n\nFor a plan that does, first apply the resource that the records come from, such as the sender domain, with -target.")
}

// warnDisplaced lists the records that make way.
func warnDisplaced(zone dns.HostedZone, displaced []dns.Identity, diags *diag.Diagnostics) {
	if len(displaced) == 0 {
		return
	}
	lines := make([]string, len(displaced))
	for i, id := range displaced {
		lines[i] = "    " + textOf(id)
	}
	summary := fmt.Sprintf("%s %s makes way", displaced[0].Name, displaced[0].Type)
	if len(displaced) > 1 {
		summary = fmt.Sprintf("%s %s and others make way (%d records)", displaced[0].Name, displaced[0].Type, len(displaced))
	}
	diags.AddAttributeWarning(path.Root("displaced"), summary, fmt.Sprintf("To make way, these records of the zone %s are deleted or changed:\n\n%s\n\n"+
		"The apply displaces these and no others. If it ends with \"Provider produced inconsistent final plan\" for displaced, the zone has changed since the plan: plan again.",
		zone.Apex, strings.Join(lines, "\n")))
}

// textOf returns a record's text for messages.
func textOf(id dns.Identity) string {
	return dns.Record{Name: id.Name, Type: id.Type, Value: id.Value, Priority: id.Priority}.String()
}

// withWayOut adds to errors how to destroy the existing objects. Terraform plans the whole configuration
// before it plans a destroy: a resource that is new, and one whose record somebody has replaced.
func withWayOut(problems []dns.Problem) []dns.Problem {
	out := slices.Clone(problems)
	for i := range out {
		if out[i].Severity == dns.Error {
			out[i].Detail += " (To destroy what there is instead, run terraform destroy -refresh=false: a plain destroy plans this resource first.)"
		}
	}
	return out
}
