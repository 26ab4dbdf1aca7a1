package zone

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// replacements are the replaced records of a run whose plan did not know the zone of their successor. The
// old object is deleted without knowing whether the new one is in the same zone. Whichever of the two
// comes second has the answer.
type replacements struct {
	mu      sync.Mutex
	created []placement
	held    []heldBack
}

// placement is where new records were published.
type placement struct {
	host   string
	zone   dns.HostedZone
	wanted []dns.Wanted
}

// heldBack are records of a deleted object that stay for its successor.
type heldBack struct {
	editor  *dns.Editor
	zone    dns.HostedZone
	host    string
	owner   string
	next    successor
	records []dns.Published
}

// is reports whether these records are the ones that a successor wants, as far as its plan knew them.
func (s successor) is(wanted []dns.Wanted) bool {
	if len(s.Wanted) == 0 || s.Complete && len(s.Wanted) != len(wanted) {
		return false
	}
	for _, w := range s.Wanted {
		found := false
		for _, other := range wanted {
			found = found || other.Key == w.Key && dns.Equivalent(other.Record, w.Record)
		}
		if !found {
			return false
		}
	}
	return true
}

// locate completes a successor whose zone its plan did not know, if it has been created already.
func (r *replacements) locate(next successor) successor {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, at := range r.created {
		if next.ZoneID == "" && next.is(at.wanted) {
			next.Host, next.ZoneID = at.host, at.zone.ID
		}
	}
	return next
}

// hold keeps records until the successor is created, and says so.
func (r *replacements) hold(h heldBack, diags *diag.Diagnostics) {
	if len(h.records) == 0 {
		return
	}
	r.mu.Lock()
	r.held = append(r.held, h)
	r.mu.Unlock()
	lines := make([]string, len(h.records))
	for i, p := range h.records {
		lines[i] = p.Record.String()
	}
	diags.AddWarning("Records stay for the resource that replaces this one", fmt.Sprintf(
		"The plan did not know in which zone the resource is that replaces this one. Until it is created, these records stay in the zone %s:\n\n    %s\n\n"+
			"If it is in another zone, the apply removes them from %s after it has created it. If the apply stops before that, remove by hand what is no longer needed.",
		h.zone.Apex, strings.Join(lines, "\n    "), h.zone.Apex))
}

// place notes where new records were published, and removes what was held back for them in another zone.
func (r *replacements) place(ctx context.Context, at placement, diags *diag.Diagnostics) {
	r.mu.Lock()
	r.created = append(r.created, at)
	var due, others []heldBack
	for _, h := range r.held {
		if h.next.is(at.wanted) {
			due = append(due, h)
		} else {
			others = append(others, h)
		}
	}
	r.held = others
	r.mu.Unlock()
	for _, h := range due {
		if h.host == at.host && h.zone.ID == at.zone.ID {
			continue
		}
		result, err := h.editor.Publish(ctx, h.zone, dns.Publication{Owner: h.owner, Previous: h.records})
		addProblems(diags, result.Warnings)
		if err != nil {
			diags.AddWarning("Records are left in the old zone", fmt.Sprintf(
				"The records that this resource replaces could not be removed from the zone %s: %v. Remove by hand what is no longer needed there.", h.zone.Apex, err))
		}
	}
}

// published returns those of the published records that a successor may take over.
func (s successor) published(previous []dns.Published) []dns.Published {
	var all []dns.Published
	for _, p := range previous {
		if s.wants(p) {
			all = append(all, p)
		}
	}
	return all
}

// created tells the run where new records are.
func (r *recordsResource) created(ctx context.Context, m recordsModel, wanted []dns.Wanted, diags *diag.Diagnostics) {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err != nil {
		return // they were published, so the id is one
	}
	zones := ZonesOf(r.Run)
	zones.replaced.place(ctx, placement{host: id.Host, zone: zones.zoneOf(id, m.Zone.ValueString()), wanted: wanted}, diags)
}
