package zone

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// readMailSets reads the mail records of an authorization's domain. Label is a set that must be
// among them even at a host that reads names and not zones; it may be "".
func readMailSets(ctx context.Context, run *kit.Run, id AuthorizationID, label string) (sets []mailSet, whole bool, err error) {
	editor, zone, err := ZonesOf(run).OpenZone(ctx, id)
	if err != nil {
		return nil, false, fmt.Errorf("the zone was not found: %w", err)
	}
	names := mailNames(id.Domain)
	if selector, is := strings.CutPrefix(label, mailSetDKIM); is {
		names = append(names, selector+"._domainkey."+id.Domain)
	}
	about := make([]dns.Record, len(names))
	for i, name := range names {
		about[i] = dns.Record{Name: name, Type: "TXT"}
	}
	snapshot, err := editor.Snapshot(ctx, zone, about)
	if err != nil {
		return nil, false, fmt.Errorf("the zone was not read: %w", err)
	}
	return mailSets(id.Domain, snapshot.Records), snapshot.Names == nil, nil
}

// value returns the set as the attribute records.
func (s mailSet) value(domain string) types.Map {
	elements := map[string]attr.Value{}
	for key, r := range s.keyed(domain) {
		elements[key] = recordValue(r)
	}
	return types.MapValueMust(kit.DNSRecordType, elements)
}

// mailSetRecords reads the records of a label from the zone, for an import.
func (r *recordsResource) mailSetRecords(ctx context.Context, id AuthorizationID, label string, diags *diag.Diagnostics) types.Map {
	sets, _, err := readMailSets(ctx, r.Run, id, label)
	if err != nil {
		kit.AddError(diags, "Unable to import DNS records", err)
		return types.MapNull(kit.DNSRecordType)
	}
	var labels []string
	for _, set := range sets {
		if set.Label == label {
			return set.value(id.Domain)
		}
		labels = append(labels, set.Label)
	}
	there := "It has no mail records of this domain at all."
	if labels != nil {
		there = "It has " + strings.Join(labels, ", ") + "."
	}
	diags.AddError("No such records in the zone", fmt.Sprintf("The zone of %s has no records that belong to %s. %s", id, label, there))
	return types.MapNull(kit.DNSRecordType)
}
