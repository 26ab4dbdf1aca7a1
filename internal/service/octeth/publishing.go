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

// prepare prepares the publication of a block that has an authorization; it is nil
// for others.
func (s octethSender) prepare(ctx context.Context, client *octethapi.Client, m octethModel, domain string, diags *diag.Diagnostics) *octethPublication {
	if m.DNSAuthorizationID.IsNull() || diags.HasError() {
		return nil
	}
	publication, err := NewOctethPublication(ctx, s.run, client, m.DNSAuthorizationID.ValueString(), domain)
	if err != nil {
		diags.AddAttributeError(octethAuthorizationPath, "Octeth cannot publish by this authorization", err.Error()+".")
	}
	return publication
}

// undo deletes a domain whose records could not be published, or not without harm.
// It is to be saved only where that fails too.
func (s octethSender) undo(ctx context.Context, client *octethapi.Client, id OctethID, written []dns.Record, cause error, diags *diag.Diagnostics) (save bool) {
	detail := cause.Error() + "."
	// Also where the run has been stopped meanwhile: nothing else knows of it.
	undo, cancel := finishing(ctx)
	defer cancel()
	if err := client.Delete(undo, id.Kind, id.Number); err != nil && !kit.IsNotFound(err) {
		detail += fmt.Sprintf("\n\nThe domain %s was created, and could not be deleted again (%s): it is kept in the state, and the next apply deletes it and makes another one.", id, err)
		save = true
	} else {
		detail += "\n\nThe domain was created, and has been deleted again."
	}
	if len(written) > 0 {
		detail += " What Octeth has published stays in the zone, and is worth nothing now; it can be removed there:\n" + recordLines(written)
	}
	diags.AddError("Unable to have Octeth publish the records", detail)
	return save
}

// publishChanged has Octeth publish the records that a domain has now, unless they
// are published already. own are those of before, of which what is not wanted any more
// stays in the zone.
func (s octethSender) publishChanged(ctx context.Context, p *octethPublication, kind octethapi.Kind, now, own []dns.Record, diags *diag.Diagnostics) (published bool) {
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
	warnOfStaying("Octeth has drawn up other records", lackingRecords(own, now), diags)
	return true
}

// reportPublication says what is wrong with a publication for a domain that stays.
// One by which others' records were lost has been made all the same.
func reportPublication(err error, diags *diag.Diagnostics) (published bool) {
	var lost *lostRecordsError
	switch {
	case errors.As(err, &lost) && lost.cause == nil:
		kit.AddError(diags, "Octeth has published the records, and others are gone", err)
		return true
	case err != nil:
		kit.AddError(diags, "Unable to have Octeth publish the records", err)
		return false
	}
	return true
}

// warnOfStaying lists what Octeth has published and cannot take away again.
func warnOfStaying(summary string, records []dns.Record, diags *diag.Diagnostics) {
	if len(records) > 0 {
		diags.AddWarning(summary, "Octeth has no call that takes away again what it has published. These records stay in the zone until somebody removes them at the DNS host:\n"+recordLines(records))
	}
}
