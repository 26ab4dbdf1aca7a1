package zone

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// plannedHostKey is the key of a [plannedHost] in the private data of a plan.
const (
	plannedHostKey   = "planned_host"
	aboutPlannedHost = "where the zone is hosted"
)

// plannedHost is what a plan has found out about the host of a new authorization. Unknown fields
// are empty.
type plannedHost struct {
	Host   string `json:"host,omitempty"`
	Zone   string `json:"zone,omitempty"`
	ZoneID string `json:"zone_id,omitempty"`
}

// ModifyPlan finds the host and the zone of a new authorization. So the plan that creates both can
// check dependent records against the zone. The authorization keeps its host from then on.
//
// Host, zone and id are planned values although they come from the network. If the second plan, at
// apply, gets another answer, the apply has to stop, because the approved plan is about another
// zone. Terraform 1.16 tells the second plan what the first one found, and the error says what has
// changed. Earlier versions compare the two plans themselves, and call the difference an
// inconsistent final plan.
func (r *AuthorizationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, config authorizationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.refuseZoneID(plan, config, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() { // a change in more than the spelling is planned again, without the state
		if r.planZoneID(ctx, plan, config, req, resp); resp.Diagnostics.HasError() {
			return
		}
		kit.KeepPriorState(req, resp)
		r.checkDelegate(&plan, &resp.Diagnostics)
		return
	}
	if delegate, ok := r.delegate(plan.Via.ValueString()); ok {
		r.Run.RequireAtPlan(delegate.Name(), triedBy(delegate), &resp.Diagnostics)
	}
	approved := r.approvedHost(ctx, &resp.Diagnostics)
	r.planHost(ctx, &plan, config, approved, &resp.Diagnostics)
	r.checkDelegate(&plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID, plan.Zone, plan.ZoneID = types.StringUnknown(), config.Zone, config.ZoneID
	if config.Zone.IsNull() {
		plan.Zone = types.StringUnknown()
	}
	if config.ZoneID.IsNull() {
		plan.ZoneID = types.StringUnknown()
	}
	var zoneID string
	if id, ok := plan.id(config); ok {
		if id.ZoneID == "" {
			plan.ID = types.StringValue(id.String())
		}
		zoneID = r.planZone(ctx, &plan, id, approved, &resp.Diagnostics)
	} else if config.ZoneID.IsUnknown() && !plan.DNSProvider.IsUnknown() {
		warnUnchecked(plan.Domain, "Its zone_id is known only after apply.", &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	resp.Diagnostics.Append(kit.WriteNote(ctx, resp.Private, plannedHostKey, aboutPlannedHost, plannedHost{
		Host: plan.DNSProvider.ValueString(), Zone: plan.Zone.ValueString(), ZoneID: zoneID,
	})...)
}

// approvedHost returns what the approved plan found. It is empty in the first plan, and if
// Terraform does not pass it on.
func (r *AuthorizationResource) approvedHost(ctx context.Context, diags *diag.Diagnostics) plannedHost {
	var approved plannedHost
	_, d := kit.ApprovedPlan(ctx, plannedHostKey, aboutPlannedHost, &approved)
	diags.Append(d...)
	return approved
}

// planHost plans dns_provider: the configured host, or the one that is found. If no host can be
// found yet, it stays unknown and planHost adds a warning.
func (r *AuthorizationResource) planHost(ctx context.Context, plan *authorizationModel, config authorizationModel, approved plannedHost, diags *diag.Diagnostics) {
	if !config.DNSProvider.IsNull() {
		plan.DNSProvider = config.DNSProvider
		return
	}
	plan.DNSProvider = types.StringUnknown()
	if r.Run == nil {
		return
	}
	if host, ok := r.AccountHost(config.Account); ok {
		plan.DNSProvider = types.StringValue(host)
		return
	}
	if reason := r.unknownForSearch(plan); reason != "" {
		warnUnchecked(plan.Domain, reason+" So the DNS host cannot be found before.", diags)
		return
	}
	host, problem := r.findHost(ctx, *plan)
	switch {
	case problem == nil && approved.Host != "" && host != approved.Host:
		diags.AddAttributeError(path.Root("dns_provider"), "The DNS host has changed since the plan",
			fmt.Sprintf("The approved plan is for %s at %s. Now the host is %s. Nothing was written for it. Plan again, and check what the new plan does there. "+
				"To stay with one host whatever the name servers say, set dns_provider.",
				plan.Domain.ValueString(), r.Hosts.title(approved.Host), r.Hosts.title(host)))
	case problem == nil:
		plan.DNSProvider = types.StringValue(host)
		if approved.Host == "" {
			r.warnMoved(*plan, host, diags)
		}
	case !problem.passing:
		problem.Report(diags)
	case approved.Host != "": // no answer is not a different answer
		plan.DNSProvider = types.StringValue(approved.Host)
	default:
		reason := "The DNS host is not found: " + problem.detail
		if earlier, ok := ZonesOf(r.Run).earlierHost(*plan); ok {
			reason += fmt.Sprintf("\n\nThe plan of %s found %s. %s", planTime(earlier.At), r.Hosts.title(earlier.Host), ifApplied)
		}
		warnUnchecked(plan.Domain, reason, diags)
	}
}

// ifApplied explains Terraform's error if the second plan has another answer than the approved one.
const ifApplied = "If this run applies that plan, Terraform stops here and reports an inconsistent final plan. That is not a bug: the approved plan is about another zone, " +
	"so no record that depends on this authorization is written. Plan again, and see what the new plan does."

// warnMoved warns if the last plan of the same configuration found another host, and writes the
// note for the next plan.
func (r *AuthorizationResource) warnMoved(plan authorizationModel, host string, diags *diag.Diagnostics) {
	earlier, ok := ZonesOf(r.Run).earlierHost(plan)
	if ok && earlier.Host == host {
		return
	}
	if ok {
		diags.AddAttributeWarning(path.Root("dns_provider"), "The DNS host is another one than in the last plan",
			fmt.Sprintf("The plan of %s found %s at %s. Now the host is %s. %s", planTime(earlier.At), plan.Domain.ValueString(), r.Hosts.title(earlier.Host), r.Hosts.title(host), ifApplied))
	}
	ZonesOf(r.Run).noteHost(plan, host)
}

// planTime returns the time of a plan for messages.
func planTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// unknownForSearch returns, as a sentence, what must be known before a host can be searched for and
// is not known yet. It returns "" if nothing is missing.
func (r *AuthorizationResource) unknownForSearch(plan *authorizationModel) string {
	const after = " is known only after apply."
	switch {
	case plan.Domain.IsUnknown():
		return "The domain" + after
	case plan.Account.IsUnknown():
		return "The account" + after
	case plan.Via.IsUnknown():
		return "The value of via" + after
	case ZonesOf(r.Run).accountPending(plan.Account.ValueString()):
		return fmt.Sprintf("In dns_accounts of the provider configuration, the account %q%s", plan.Account.ValueString(), after)
	case r.Run.Undecided() != "":
		return fmt.Sprintf("In the provider configuration, %s%s", r.Run.Undecided(), after)
	case r.Run.ResolversUnknown():
		return "In the provider configuration, a part of dns_resolvers" + after
	}
	return ""
}

// planZone plans id, zone and zone_id, and returns the host's ID of the zone. They stay unknown if the
// zone cannot be searched for yet. They also stay unknown if the account does not have the zone,
// because the run may still create it. A zone whose ID is known exists already.
func (r *AuthorizationResource) planZone(ctx context.Context, plan *authorizationModel, id AuthorizationID, approved plannedHost, diags *diag.Diagnostics) (zoneID string) {
	if r.Run == nil {
		return ""
	}
	if ZonesOf(r.Run).Pending(id) {
		warnUnchecked(plan.Domain, fmt.Sprintf("The credentials for %s are known only after apply.", r.Hosts.title(id.Host)), diags)
		return ""
	}
	editor, zone, chosen, err := ZonesOf(r.Run).choose(ctx, id)
	var undecided *undecidedZoneError
	if errors.As(err, &undecided) && undecided.unanswered && approved.ZoneID != "" { // no answer is not a different answer
		id.ZoneID = approved.ZoneID
		editor, zone, chosen, err = ZonesOf(r.Run).choose(ctx, id)
	}
	switch {
	case kit.IsNotFound(err) && approved.ZoneID == "" && id.ZoneID == "":
		warnUnchecked(plan.Domain, err.Error()+".\n\nIf this run creates the zone, nothing needs to be done. Otherwise the apply will stop here.", diags)
		return ""
	case err != nil:
		kit.AddError(diags, "Unable to find the zone", err)
		return ""
	}
	r.refuseTwins(plan.Via.ValueString(), chosen, zone, diags)
	if r.refuseReadOnly(id, zone, diags); diags.HasError() {
		return ""
	}
	if host, ok := kit.Named(r.Hosts, id.Host); ok && !host.Host().AccessTakesCall {
		if _, err := ZonesOf(r.Run).access(ctx, editor, id, zone); err != nil {
			kit.AddError(diags, refusedSummary, err)
			return ""
		}
	}
	if approved.ZoneID != "" && (zone.Apex != approved.Zone && plan.Zone.IsUnknown() || zone.ID != approved.ZoneID) {
		diags.AddError("The zone has changed since the plan",
			fmt.Sprintf("The approved plan is for %s in the zone %s (id %s) at %s. Now the zone is %s (id %s). Nothing was written to either. Plan again, and see what the new plan does there.",
				plan.Domain.ValueString(), approved.Zone, approved.ZoneID, r.Hosts.title(id.Host), zone.Apex, zone.ID))
		return ""
	}
	if plan.Zone.IsUnknown() {
		plan.Zone = types.StringValue(zone.Apex)
	}
	if plan.ZoneID.IsUnknown() {
		plan.ZoneID = types.StringValue(zone.ID)
	}
	plan.ID = types.StringValue(chosen.String())
	return zone.ID
}

// planZoneID plans what a zone_id in the configuration means for an authorization in the state.
// Another form of the ID of the same zone changes nothing. Another zone, or one that is not known yet,
// forces replacement.
func (r *AuthorizationResource) planZoneID(ctx context.Context, plan, config authorizationModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state authorizationModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
		return
	}
	if config.ZoneID.IsNull() || config.ZoneID.Equal(state.ZoneID) || r.Run == nil {
		return
	}
	if same, err := r.isZoneOf(ctx, plan, config, state); err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
	} else if same {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("zone_id"), state.ZoneID)...)
	} else {
		resp.RequiresReplace.Append(path.Root("zone_id"))
	}
}

// isZoneOf reports whether the configuration is about the zone that the state has. It is not, as far
// as a plan can tell, while a part is unknown.
func (r *AuthorizationResource) isZoneOf(ctx context.Context, plan, config, state authorizationModel) (bool, error) {
	before, err := ParseAuthorizationID(state.ID.ValueString())
	if err != nil {
		return false, err
	}
	id, known := plan.id(config)
	if !known || id.Host != before.Host || id.Account != before.Account || ZonesOf(r.Run).Pending(id) {
		return false, nil
	}
	_, zone, _, err := ZonesOf(r.Run).choose(ctx, id)
	if before.ZoneID == "" {
		before.ZoneID = state.ZoneID.ValueString()
	}
	return err == nil && zone.ID == before.ZoneID, err
}

// warnUnchecked warns that the plan has not looked at a domain's zone, and why. Terraform groups
// warnings with the same summary.
func warnUnchecked(domain types.String, reason string, diags *diag.Diagnostics) {
	name := "the domain"
	if !domain.IsUnknown() {
		name = domain.ValueString()
	}
	diags.AddWarning("The plan does not check the zone",
		fmt.Sprintf("The plan has not looked at the zone of %s, so it shows neither which records are in the way nor which SPF record is merged: both turn up only at apply.\n\n%s",
			name, strings.TrimSpace(reason)))
}
