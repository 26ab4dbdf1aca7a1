package azureapi

import (
	"context"
	"errors"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// Apply implements [dns.Host]. Azure writes one record set at a time, each on the condition that it is
// as it was read. If a write after the first one fails, the error is a [*stepwise.PartialError] that
// matches api.ErrOutcomeUnknown, and never dns.ErrZoneChanged.
//
// A record that joins a set takes the set's TTL. What else Azure keeps with a set, such as its
// metadata, stays as long as the set has a record. With its last record, a set goes.
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if changes.Empty() {
		return nil
	}
	r := api.Request{Op: "change the DNS records of", Object: base.Zone.Apex}
	id, err := idOf(r, base.Zone)
	if err != nil {
		return err
	}
	if base.Zone.ReadOnly != "" {
		return &dns.RefusedError{Reason: base.Zone.ReadOnly}
	}
	found, known := base.Native.(*contents)
	if !known {
		return reporter.Unsendable(r, errors.New("the zone was not read from Azure, so its record sets are not known"))
	}
	drafts, err := newDrafts(found, changes)
	if err != nil {
		return err
	}
	w := &writer{host: h, id: id, apex: base.Zone.Apex, found: found, drafts: drafts}
	return stepwise.Change{Service: service, Zone: base.Zone.Apex, Conditional: true, Steps: w.steps()}.Run(ctx)
}
