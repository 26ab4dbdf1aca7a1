package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// ValidateConfig checks that each record is complete, as far as it is known.
func (r *recordsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config recordsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	elements := config.Records.Elements()
	for _, key := range kit.SortedKeys(elements) {
		if elements[key].IsNull() {
			addRecordError(&resp.Diagnostics, key, notARecord, errors.New("the record is null"))
		}
	}
	wanted, _ := config.wanted(&resp.Diagnostics)
	config.checkHost(r.Hosts, wanted, &resp.Diagnostics)
	if r.Run == nil { // a plan says more about it
		warnOfFaults(config, &resp.Diagnostics)
	}
}

// ModifyPlan shows which records the zone will have, and what is in the way. Some values depend on
// the zone: how an SPF record is merged, or the TTL of an existing record set. These stay unknown,
// because the plan at apply must be the same even after another resource of this run has written to
// the zone. A warning shows the merged SPF record instead. The displaced records, however, are a
// planned value on purpose: an apply that would displace anything else has to stop.
func (r *recordsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		r.planRemoval(ctx, req, resp)
		return
	}
	var plan, state, config recordsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	before, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.recallZone(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	previous := stillPublished(before, state.Records, plan.Records)
	moves := !req.State.Raw.IsNull() && !authorizationIDSpelling.Same(plan.DNSAuthorizationID, state.DNSAuthorizationID)
	if moves { // or may do so
		plan.ID, plan.Zone = types.StringUnknown(), types.StringUnknown()
		state.Published = types.MapNull(publishedType)
	}
	plan.Records = keepSpelling(plan.Records, state.Records)
	if config.TTL.IsNull() {
		plan.TTL = plannedTTL(state, before)
	}
	refuseFaults(plan, state, &resp.Diagnostics)
	plan.Published = plannedPublished(plan, state)
	plan.Preexisting, plan.Displaced = listOr(state.Preexisting, types.StringType), listOr(state.Displaced, kit.DNSRecordType)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if resp.Plan.Raw.Equal(req.State.Raw) {
		addProblems(&resp.Diagnostics, r.claim(plan.asConfigured(config), previous))
		return
	}
	plan.Preexisting = plannedPreexisting(plan, state, previous)
	if moves { // another zone may have other records already
		plan.Preexisting = types.ListUnknown(types.StringType)
	}
	plan.Displaced = types.ListUnknown(kit.DNSRecordType)
	resp.Diagnostics.Append(kit.WriteNote(ctx, resp.Private, displacedKeyName, aboutDisplaced, nil)...)
	r.preview(ctx, &plan, config, state, previous, resp)
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(r.noteSuccessor(ctx, plan, resp.Private)...)
		// In a replacement, the plan of the successor has the private state of the replaced object.
		editor, zone := r.neighbourhood(plan)
		if oldEditor, oldZone, ok := r.recordedZone(ctx, req.Private); ok {
			editor, zone = oldEditor, oldZone // which the successor may leave
		}
		if editor != nil && len(previous) > 0 {
			resp.Diagnostics.Append(r.noteShared(ctx, editor, zone, plan, previous, resp.Private)...)
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// plannedPreexisting plans the attribute preexisting where that is possible without reading the
// zone: a record that was published here stays so. Otherwise the attribute is unknown. For example,
// a record that was in the zone before may be gone at apply. It is then published again and no
// longer counts as preexisting.
func plannedPreexisting(plan, state recordsModel, previous []dns.Published) types.List {
	unknown := types.ListUnknown(types.StringType)
	wanted, complete := plan.wanted(&diag.Diagnostics{})
	if !complete || state.Preexisting.IsNull() || plan.AdoptExisting.ValueBool() != state.AdoptExisting.ValueBool() {
		return unknown
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(previous, func(p dns.Published) bool {
			return p.Key == w.Key && p.Wanted.Identity() == w.Record.Identity() && !p.Preexisting
		}) {
			return unknown
		}
	}
	return preexistingKeys(nil)
}

// plannedTTL returns the TTL if the configuration has none. A TTL that was configured before is
// removed. A TTL that an import has found stays.
func plannedTTL(state recordsModel, previous []dns.Published) types.Int64 {
	if slices.ContainsFunc(previous, func(p dns.Published) bool { return p.Timed }) {
		return types.Int64Null()
	}
	return state.TTL
}

// listOr returns the list, with the right element type even if there is no state.
func listOr(list types.List, element attr.Type) types.List {
	if list.IsNull() {
		return types.ListNull(element)
	}
	return list
}

// claim tells the editor what an unchanged resource wants, and returns the conflicts with other
// resources.
func (r *recordsResource) claim(m recordsModel, previous []dns.Published) []dns.Problem {
	editor, zone := r.neighbourhood(m)
	wanted, complete := m.wanted(&diag.Diagnostics{})
	if editor == nil || !complete {
		return nil
	}
	return editor.Wants(zone, m.publication(r.Run, wanted, previous))
}

// noteSuccessor notes what a new resource wants, for the Delete of the object that it may replace.
func (r *recordsResource) noteSuccessor(ctx context.Context, plan recordsModel, private kit.PrivateState) diag.Diagnostics {
	var diags diag.Diagnostics
	wanted, complete := plan.wanted(&diags)
	if wanted == nil {
		wanted = []dns.Wanted{}
	}
	next := successor{Wanted: wanted, Complete: complete}
	if id, err := ParseAuthorizationID(plan.DNSAuthorizationID.ValueString()); err == nil && r.Run != nil {
		if zone := ZonesOf(r.Run).zoneOf(id, plan.Zone.ValueString()); zone.ID != "" {
			next.Host, next.ZoneID = id.Host, zone.ID
		}
	}
	diags.Append(kit.WriteNote(ctx, private, successorKeyName, aboutSuccessor, next)...)
	return diags
}

// keepSpelling keeps the state's spelling of each record that the configuration only spells
// differently.
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
		if r, known, err := RecordOf(object); err == nil && known && sameWanted(before, r) {
			elements[key] = before
		}
	}
	return types.MapValueMust(kit.DNSRecordType, elements)
}

// plannedPublished plans the attribute published as far as the configuration decides it.
func plannedPublished(plan, state recordsModel) types.Map {
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
		r, known, err := RecordOf(object)
		if err != nil || !known {
			elements[key] = partlyPublished(object)
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

// partlyPublished returns a record that is not wholly known, as a known object with unknown
// attributes. Its name and type are those of the configuration if they are known.
func partlyPublished(object types.Object) attr.Value {
	leaves := map[string]attr.Value{
		"name": types.StringUnknown(), "type": types.StringUnknown(), "value": types.StringUnknown(),
		"priority": types.Int64Unknown(), "ttl": types.Int64Unknown(),
	}
	name, _ := object.Attributes()["name"].(types.String)
	recordType, _ := object.Attributes()["type"].(types.String)
	if canonical, err := dns.Canonical(name.ValueString()); err == nil && name.ValueString() != "" {
		leaves["name"] = types.StringValue(canonical)
	}
	if text := strings.ToUpper(recordType.ValueString()); text != "" {
		leaves["type"] = types.StringValue(text)
		if text != "MX" {
			leaves["priority"] = types.Int64Null()
		}
	}
	return types.ObjectValueMust(publishedType.AttrTypes, leaves)
}

// sameWanted reports whether the state has the same record under a key.
func sameWanted(element attr.Value, r dns.Record) bool {
	object, ok := element.(types.Object)
	if !ok {
		return false
	}
	before, known, err := RecordOf(object)
	return err == nil && known && before.Identity() == r.Identity()
}

// mergeWarnings shows the merged SPF records, because the plan itself does not show them.
func mergeWarnings(merged []dns.MergedSPF) []dns.Problem {
	var problems []dns.Problem
	for _, m := range merged {
		// Indented, because Terraform does not wrap such lines. The name is in the summary, because
		// Terraform shows only one of several warnings with the same summary.
		p := dns.Problem{Severity: dns.Warning, Key: m.Key, Summary: "The SPF record of " + m.Name + " is merged"}
		if m.Before == "" {
			p.Detail = fmt.Sprintf("A name has only one SPF record, which combines everything that is wanted there. It becomes:\n\n    %s", m.Text)
		} else {
			p.Detail = fmt.Sprintf("A name has only one SPF record, so ours is merged into the existing one. It is now:\n\n    %s\n\nIt becomes:\n\n    %s", m.Before, m.Text)
		}
		problems = append(problems, p)
	}
	return problems
}
