package zone

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// mailRecords are the mail records of a domain as they stand in its zone.
type mailRecords struct {
	// sets can be imported.
	sets []mailSet
	// leftOut are the records that cannot, each set of names and types once.
	leftOut []leftOut
	// whole says that the whole zone was read.
	whole bool
}

// leftOut is a mail record that cannot be imported, because the host or its zone has something against
// records of ours in this record set. The set may be answered by a routing policy, for example.
type leftOut struct {
	label  string // of the set that the record would belong to
	record dns.Record
	reason string // a whole sentence that begins with the record
}

// readMailSets reads the mail records of an authorization's domain. Label is a set that must be
// among them even at a host that reads names and not zones; it may be "".
func readMailSets(ctx context.Context, run *kit.Run, id AuthorizationID, label string) (mailRecords, error) {
	editor, zone, err := ZonesOf(run).OpenZone(ctx, id)
	if err != nil {
		return mailRecords{}, fmt.Errorf("the zone was not found: %w", err)
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
		return mailRecords{}, fmt.Errorf("the zone was not read: %w", err)
	}
	found := mailRecords{whole: snapshot.Names == nil}
	var mail, usable []dns.Record
	for _, r := range snapshot.Records {
		if mailSetLabel(id.Domain, plainAddress(r)) != "" {
			mail = append(mail, r)
		}
	}
	for _, r := range mail {
		label := mailSetLabel(id.Domain, plainAddress(r))
		reason := editor.Refusal(snapshot, r)
		if reason == "" {
			reason = editor.Rivalry(snapshot, r, mail)
		}
		switch {
		case reason == "":
			usable = append(usable, r)
		case !slices.ContainsFunc(found.leftOut, func(l leftOut) bool { return l.record.SetKey() == r.SetKey() }):
			found.leftOut = append(found.leftOut, leftOut{label, r, reason})
		}
	}
	slices.SortFunc(found.leftOut, func(a, b leftOut) int {
		return cmp.Or(strings.Compare(a.label, b.label), strings.Compare(a.record.Name, b.record.Name), strings.Compare(a.record.Type, b.record.Type))
	})
	found.sets = mailSets(id.Domain, usable)
	return found, nil
}

// plainAddress returns a record with the type A if the host answers it with the addresses of another
// name, so that it belongs to the set of such an address.
func plainAddress(r dns.Record) dns.Record {
	if r.Type == "ALIAS" {
		r.Type = "A"
	}
	return r
}

// services returns the known mail services that the records point to, sorted, also those of records
// that are left out.
func (m mailRecords) services() []string {
	var names []string
	for _, set := range m.sets {
		names = append(names, set.services()...)
	}
	for _, l := range m.leftOut {
		names = append(names, mailSet{Label: l.label, Records: []dns.Record{l.record}}.services()...)
	}
	return names
}

// reasons lists why records are left out, one on a line: those of one set, or of all sets if the label is
// "". It is "" if none is.
func (m mailRecords) reasons(label string) string {
	var b strings.Builder
	for _, l := range m.leftOut {
		if label == "" || l.label == label {
			b.WriteString("\n    " + l.reason)
		}
	}
	return b.String()
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
	found, err := readMailSets(ctx, r.Run, id, label)
	if err != nil {
		kit.AddError(diags, "Unable to import DNS records", err)
		return types.MapNull(kit.DNSRecordType)
	}
	var labels []string
	for _, set := range found.sets {
		if set.Label == label {
			return set.value(id.Domain)
		}
		labels = append(labels, set.Label)
	}
	for _, l := range found.leftOut {
		if l.label == label {
			diags.AddError("The records cannot be imported", fmt.Sprintf("The zone of %s has records that belong to %s, and none of them can be managed here:\n%s\n\nLeave the import out, unless the cause can be removed.", id, label, found.reasons(label)))
			return types.MapNull(kit.DNSRecordType)
		}
	}
	there := "It has no mail records of this domain at all."
	if labels != nil {
		there = "It has " + strings.Join(labels, ", ") + "."
	}
	diags.AddError("No such records in the zone", fmt.Sprintf("The zone of %s has no records that belong to %s. %s", id, label, there))
	return types.MapNull(kit.DNSRecordType)
}
