package zone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// movingKeyName is the key of the note of a move whose second half failed. An apply writes it.
const (
	movingKeyName = "moving"
	aboutMoving   = "a move to another zone that was not completed"
)

// movingNote says what a move has published in the new zone before it failed to remove the records from
// the old one. The state stays with the old zone. Without the note, the next apply would take the
// records in the new zone for somebody else's, and would leave them there at destroy.
type movingNote struct {
	Authorization string          `json:"authorization"` // of the new zone
	ZoneID        string          `json:"zone_id"`
	Published     []dns.Published `json:"published"`
}

// recallMove reads the note. It is empty if no move is left over.
func recallMove(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) movingNote {
	var note movingNote
	_, d := kit.ReadNote(ctx, private, movingKeyName, aboutMoving, &note)
	diags.Append(d...)
	return note
}

// writeMove writes the note, or clears that of a move before it.
func writeMove(ctx context.Context, private kit.PrivateState, before, note movingNote) diag.Diagnostics {
	switch {
	case len(note.Published) > 0:
		return kit.WriteNote(ctx, private, movingKeyName, aboutMoving, note)
	case len(before.Published) > 0:
		return kit.WriteNote(ctx, private, movingKeyName, aboutMoving, nil)
	}
	return nil
}

// in returns what the move has published in a zone, which an authorization leads to.
func (n movingNote) in(id AuthorizationID, zone dns.HostedZone) []dns.Published {
	begun, err := ParseAuthorizationID(n.Authorization)
	if err != nil || begun.Host != id.Host || n.ZoneID != zone.ID {
		return nil
	}
	return n.Published
}

// giveUpBegun removes what a move has published in the new zone, because the move does not go on. It
// reports whether nothing of it is left there.
func (r *recordsResource) giveUpBegun(ctx context.Context, note movingNote, owner string, diags *diag.Diagnostics) bool {
	id, err := ParseAuthorizationID(note.Authorization)
	if err != nil || len(note.Published) == 0 {
		return true
	}
	id.ZoneID = note.ZoneID
	editor, zone, err := ZonesOf(r.Run).OpenZone(ctx, id)
	switch {
	case kit.IsNotFound(err):
		return true
	case err != nil:
		kit.AddError(diags, "Unable to find the zone", err)
		return false
	}
	result, err := editor.Publish(ctx, zone, dns.Publication{Owner: owner, Previous: note.Published})
	addProblems(diags, result.Warnings)
	if err != nil {
		addPublishError(diags, fmt.Errorf("records that a move has left in the zone %s are not removed: %w", zone.Apex, err))
		return false
	}
	return true
}

// elsewhere reports whether a move is left over, and the resource is in another zone than the one that
// the move went to.
func (r *recordsResource) elsewhere(note movingNote, m recordsModel) bool {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	return err == nil && len(note.Published) > 0 && note.in(id, ZonesOf(r.Run).zoneOf(id, m.Zone.ValueString())) == nil
}
