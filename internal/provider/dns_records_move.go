package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// move publishes the records by another authorization than the state's. A plan
// knows of that only where the other's id is known, and then replaces the resource;
// what turns out at apply is done here. The records go from the old zone when they
// are in the new one. Where that fails nothing is saved: the next plan knows the id,
// and its replacement completes what was begun.
func (r *dnsRecordsResource) move(ctx context.Context, state dnsRecordsModel, plan *dnsRecordsModel, previous []dns.Published, timeout time.Duration, diags *diag.Diagnostics) ([]dns.Published, bool) {
	newEditor, newZone := r.open(ctx, *plan, diags)
	oldEditor, oldZone := r.open(ctx, state, diags)
	if diags.HasError() {
		return nil, false
	}
	if newEditor.Host().Name() == oldEditor.Host().Name() && newZone.ID == oldZone.ID && newZone.Apex == oldZone.Apex {
		return r.publish(ctx, plan, previous, timeout, diags) // by other credentials, or for another name of the zone
	}
	published, ok := r.publish(ctx, plan, nil, timeout, diags)
	if !ok {
		return nil, false
	}
	result, err := oldEditor.Withdraw(ctx, oldZone, state.ID.ValueString(), previous)
	if err != nil {
		addPublishError(diags, err)
		return nil, false
	}
	addProblems(diags, result.Warnings)
	return published, true
}
