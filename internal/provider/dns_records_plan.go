package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// ValidateConfig wants what each record needs, as far as it is known.
func (r *dnsRecordsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config dnsRecordsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	for key, element := range config.Records.Elements() {
		if element.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root("records").AtMapKey(key), "Not a DNS record", "The record is null.")
		}
	}
	config.wanted(&resp.Diagnostics)
}

// ModifyPlan shows what will stand in the zone, and what is in the way. Whatever
// the zone decides (how an SPF record is merged, the TTL of a set that is there)
// stays unknown, since planning again at apply must give the same plan even where
// somebody, or another resource of this run, has written in between. The merged
// SPF record is shown as a warning instead. As nothing of the plan depends on the
// zone, planning for an apply does not look at it: what there is to say is said when
// the records are published, before which the zone is read anyway.
func (r *dnsRecordsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.markPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, state, config dnsRecordsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	previous, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() && !authorizationIDSpelling.same(plan.DNSAuthorizationID, state.DNSAuthorizationID) {
		// The records move, or may do so.
		plan.ID, plan.Zone = types.StringUnknown(), types.StringUnknown()
		state.Published = types.MapNull(publishedType)
	}
	plan.Records = keepSpelling(plan.Records, state.Records)
	if config.TTL.IsNull() {
		plan.TTL = state.TTL // null, but after an import
	}
	plan.Published = plannedPublished(plan, state)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	keepPriorState(req, resp)
	if id, err := parseAuthorizationID(plan.DNSAuthorizationID.ValueString()); err == nil && !resp.Plan.Raw.Equal(req.State.Raw) {
		r.services.requireHostAtPlan(id, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() && !resp.Plan.Raw.Equal(req.State.Raw) && !protocol.Applying(ctx) {
		r.preview(ctx, plan, state, previous, &resp.Diagnostics)
	}
}

// keepSpelling leaves a record in the words of the state where the configuration
// names the same one in others.
func keepSpelling(planned, state types.Map) types.Map {
	if planned.IsUnknown() || state.IsNull() {
		return planned
	}
	elements := copyOf(planned)
	for key, element := range elements {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		before := state.Elements()[key]
		if r, known, err := recordOf(object); err == nil && known && sameWanted(before, r) {
			elements[key] = before
		}
	}
	return types.MapValueMust(dnsRecordType, elements)
}

// plannedPublished is published as far as the configuration decides it.
func plannedPublished(plan, state dnsRecordsModel) types.Map {
	if plan.Records.IsUnknown() {
		return types.MapUnknown(publishedType)
	}
	elements := map[string]attr.Value{}
	for key, element := range plan.Records.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		elements[key] = types.ObjectUnknown(publishedType.AttrTypes)
		r, known, err := recordOf(object)
		if err != nil || !known {
			elements[key] = unknownPublished()
			continue
		}
		before, had := state.Published.Elements()[key].(types.Object)
		if had && plan.TTL.Equal(state.TTL) && sameWanted(state.Records.Elements()[key], r) {
			elements[key] = before // nothing is written for it
			continue
		}
		value := types.StringValue(r.Value)
		if isMerged(r) {
			value = types.StringUnknown()
		}
		elements[key] = publishedValue(r, value, types.Int64Unknown())
	}
	return types.MapValueMust(publishedType, elements)
}

// unknownPublished is a record that is not wholly known, as a known object with
// unknown leaves.
func unknownPublished() attr.Value {
	return types.ObjectValueMust(publishedType.AttrTypes, map[string]attr.Value{
		"name": types.StringUnknown(), "type": types.StringUnknown(), "value": types.StringUnknown(),
		"priority": types.Int64Unknown(), "ttl": types.Int64Unknown(),
	})
}

// sameWanted is whether the state has the same record under a key.
func sameWanted(element attr.Value, r dns.Record) bool {
	object, ok := element.(types.Object)
	if !ok {
		return false
	}
	before, known, err := recordOf(object)
	return err == nil && known && before.Identity() == r.Identity()
}

// preview asks the zone as it is now what the plan would do, and reports what is
// in the way.
func (r *dnsRecordsResource) preview(ctx context.Context, plan, state dnsRecordsModel, previous []dns.Published, diags *diag.Diagnostics) {
	wanted, complete := plan.wanted(diags)
	if diags.HasError() || len(wanted) == 0 || r.services == nil || plan.DNSAuthorizationID.IsUnknown() {
		return
	}
	if !complete {
		// What is not known yet would look as if it were wanted no more.
		keys := map[string]bool{}
		for _, w := range wanted {
			keys[w.Key] = true
		}
		previous = slices.DeleteFunc(slices.Clone(previous), func(p dns.Published) bool { return !keys[p.Key] })
	}
	id, err := parseAuthorizationID(plan.DNSAuthorizationID.ValueString())
	if err != nil || r.services.pending(id) {
		return
	}
	editor, zone, err := r.services.openZone(ctx, id)
	switch {
	case isNotFound(err):
		return // the run may make the zone before it publishes
	case err != nil:
		addError(diags, "Unable to find the zone", err)
		return
	}
	if oldID, err := parseAuthorizationID(state.DNSAuthorizationID.ValueString()); err == nil && oldID != id {
		if oldEditor, oldZone, err := r.services.openZone(ctx, oldID); err != nil || !sameZone(editor, zone, oldEditor, oldZone) {
			previous = nil
		}
	}
	planned, err := editor.Plan(ctx, zone, plan.publication(wanted, previous))
	if err != nil {
		addError(diags, "Unable to read the zone", err)
		return
	}
	if planned.Err() != nil {
		addProblems(diags, planned.Problems)
		return
	}
	warnings := append(planned.Problems, mergeWarnings(planned.Merged)...)
	addProblems(diags, warnings)
	r.services.said(warnings)
	if len(planned.Displaced) > 0 {
		lines := make([]string, len(planned.Displaced))
		for i, d := range planned.Displaced {
			lines[i] = "    " + dns.Record{Name: d.Name, Type: d.Type, Value: d.Value, Priority: d.Priority}.String()
		}
		diags.AddAttributeWarning(path.Root("records"), "Records of others are deleted", "To make way, these go:\n\n"+strings.Join(lines, "\n"))
	}
}

// mergeWarnings show SPF records as they stand in the zone, which no plan does.
func mergeWarnings(merged []dns.MergedSPF) []dns.Problem {
	var problems []dns.Problem
	for _, m := range merged {
		problems = append(problems, dns.Problem{Severity: dns.Warning, Key: m.Key, Summary: "An SPF record is merged",
			// Indented, as Terraform does not wrap such lines.
			Detail: fmt.Sprintf("A name has one SPF record, so ours is merged into the one at %s, which becomes:\n\n    %s", m.Name, m.Text)})
	}
	return problems
}

// said notes problems that a person has been told of.
func (s *services) said(problems []dns.Problem) {
	for _, p := range problems {
		s.told.Store(p, nil)
	}
}

// unsaid leaves out problems that a person has been told of: the first changes of an
// apply are previewed as if they were planned (see [protocol.Applying]), and then
// published.
func (s *services) unsaid(problems []dns.Problem) []dns.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p dns.Problem) bool {
		_, told := s.told.Load(p)
		return told
	})
}
