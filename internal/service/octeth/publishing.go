package octeth

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// prepare prepares a publication if the block has an authorization. Otherwise it returns nil.
func (s senderAccount) prepare(ctx context.Context, client *octethapi.Client, m domainBlock, domain string, diags *diag.Diagnostics) *publication {
	if m.DNSAuthorizationID.IsNull() || diags.HasError() {
		return nil
	}
	publication, err := newPublication(ctx, s.run, client, m.DNSAuthorizationID.ValueString(), domain)
	if err != nil {
		diags.AddAttributeError(authorizationPath, "Octeth cannot publish with this authorization", err.Error()+".")
	}
	return publication
}

// undo deletes a domain whose records could not be published, or whose publication did harm. save
// is true if the deletion failed too, so that the domain has to be saved in the state.
func (s senderAccount) undo(ctx context.Context, client *octethapi.Client, id domainID, written []dns.Record, cause error, diags *diag.Diagnostics) (save bool) {
	detail := cause.Error() + "."
	// This is done even if the run was stopped, because nothing else knows of the domain.
	undo, cancel := finishing(ctx)
	defer cancel()
	if err := client.Delete(undo, id.Kind, id.Number); err != nil && !kit.IsNotFound(err) {
		detail += fmt.Sprintf("\n\nThe domain %s was created, and could not be deleted again (%s). It is kept in the state, and the next apply replaces it.", id, err)
		save = true
	} else {
		detail += "\n\nThe domain was created, and has been deleted again."
	}
	if len(written) > 0 {
		detail += " The records that Octeth has published stay in the zone. They are useless now and can be removed there:\n" + recordLines(written)
	}
	diags.AddError("Unable to have Octeth publish the records", detail)
	return save
}

// publishChanged makes Octeth publish the current records of a domain, unless the zone has them
// already. own are the records from before; those that are no longer wanted stay in the zone.
func (s senderAccount) publishChanged(ctx context.Context, p *publication, kind octethapi.Kind, now, own []dns.Record, diags *diag.Diagnostics) (published bool) {
	there, err := p.published(ctx, now)
	if err != nil {
		kit.AddError(diags, "Unable to have Octeth publish the records", err)
		return false
	}
	if !there {
		_, err = p.Publish(ctx, kind, own)
	}
	if !reportPublication(err, diags) {
		return false
	}
	warnOfStaying("Octeth has generated other records", lackingRecords(own, now), diags)
	return true
}

// reportPublication reports the error of a publication for a domain that is kept. If the only error
// is that records of others were lost, the publication was made, and published is true.
func reportPublication(err error, diags *diag.Diagnostics) (published bool) {
	var lost *lostRecordsError
	switch {
	case errors.As(err, &lost) && lost.cause == nil:
		kit.AddError(diags, "Octeth has published the records, and records of others are gone", err)
		return true
	case err != nil:
		kit.AddError(diags, "Unable to have Octeth publish the records", err)
		return false
	}
	return true
}

// warnOfStaying lists records that Octeth has published and cannot remove.
func warnOfStaying(summary string, records []dns.Record, diags *diag.Diagnostics) {
	if len(records) > 0 {
		diags.AddWarning(summary, "Octeth has no call that removes records that it has published. These records stay in the zone until somebody removes them at the DNS host:\n"+recordLines(records))
	}
}
