package zone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// zoneKeyName is the key of the note of the zone in which the records are. An apply and a refresh
// write it.
const (
	zoneKeyName = "zone"
	aboutZone   = "the zone of the records"
)

// zoneNote says which zone the name in an authorization's ID led to. The account may get another zone
// with that name later.
type zoneNote struct {
	Authorization string `json:"authorization"`
	ZoneID        string `json:"zone_id"`
}

// recordZone writes the note of the zone that was opened last for the records.
func (r *recordsResource) recordZone(ctx context.Context, private kit.PrivateState, m recordsModel) diag.Diagnostics {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err != nil || r.Run == nil {
		return nil
	}
	zone := ZonesOf(r.Run).zoneOf(id, m.Zone.ValueString())
	if zone.ID == "" {
		return nil
	}
	return kit.WriteNote(ctx, private, zoneKeyName, aboutZone, zoneNote{Authorization: id.String(), ZoneID: zone.ID})
}

// recallZone reads the note, for openOwn.
func (r *recordsResource) recallZone(ctx context.Context, private kit.PrivateState) diag.Diagnostics {
	var note zoneNote
	found, diags := kit.ReadNote(ctx, private, zoneKeyName, aboutZone, &note)
	if id, err := ParseAuthorizationID(note.Authorization); found && err == nil && r.Run != nil {
		ZonesOf(r.Run).recorded.Store(id, note.ZoneID)
	}
	return diags
}

// recordedZone opens the zone that the note names, if there is one and the zone is still there.
func (r *recordsResource) recordedZone(ctx context.Context, private kit.PrivateState) (*dns.Editor, dns.HostedZone, bool) {
	var note zoneNote
	found, diags := kit.ReadNote(ctx, private, zoneKeyName, aboutZone, &note)
	id, err := ParseAuthorizationID(note.Authorization)
	if !found || diags.HasError() || err != nil || r.Run == nil || ZonesOf(r.Run).Pending(id) {
		return nil, dns.HostedZone{}, false
	}
	editor, zone, _, err := ZonesOf(r.Run).openOwn(ctx, id)
	return editor, zone, err == nil
}
