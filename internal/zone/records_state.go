package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// observe refreshes the state. A record that is missing in the zone is removed, a record that was
// changed gets its present value, and the others stay as they were written.
func (r *recordsResource) observe(ctx context.Context, state *recordsModel, editor *dns.Editor, zone dns.HostedZone, previous []dns.Published, diags *diag.Diagnostics) []dns.Published {
	about := make([]dns.Record, len(previous))
	for i, p := range previous {
		about[i] = p.Wanted
	}
	snapshot, err := editor.Snapshot(ctx, zone, about)
	if err != nil {
		kit.AddError(diags, "Unable to read the zone", err)
		return previous
	}
	records, published := copyOf(state.Records), copyOf(state.Published)
	var now []dns.Published
	for _, o := range editor.Observe(snapshot, state.ID.ValueString(), previous) {
		now = append(now, o.Published)
		key := o.Published.Key
		if state.Records.Elements()[key] == nil {
			continue // it was missing at an earlier refresh; see stillPublished
		}
		switch o.Presence {
		case dns.Missing:
			delete(records, key)
			delete(published, key)
		case dns.Changed:
			if warnOfHiddenAlias(o, diags) {
				// Treat it as missing: the DNS does not answer with it.
				delete(records, key)
				delete(published, key)
				continue
			}
			switch {
			case o.Record.Identity() == o.Published.Record.Identity(): // only its TTL
				state.TTL = types.Int64Value(int64(o.Record.TTL))
			case len(o.Halves) > 0:
				// No configuration asks for both, so the plan changes it, whatever is wanted now.
				records[key] = recordValue(bothOf(o))
			case len(o.MissingSPF) > 0:
				// The rest of the record belongs to others. Show only what is missing.
				left := o.Published.Wanted
				left.Value = mailrecord.WithoutSPF(left.Value, o.MissingSPF)
				records[key] = recordValue(left)
			default:
				records[key] = recordValue(o.Record)
			}
			published[key] = publishedValue(o.Record, types.StringValue(o.Record.Value), ttlValue(o.Record))
		}
	}
	state.Zone = types.StringValue(zone.Apex)
	state.Records = types.MapValueMust(kit.DNSRecordType, records)
	state.Published = types.MapValueMust(publishedType, published)
	if !state.Preexisting.IsNull() {
		state.Preexisting = preexistingKeys(slices.DeleteFunc(slices.Clone(now), func(p dns.Published) bool { return published[p.Key] == nil }))
	}
	return now
}

// forget makes a state without published records, as there are none in a zone that was never written
// to. It returns what is published then: nothing, which is not nil.
func (m *recordsModel) forget() []dns.Published {
	m.Records = types.MapValueMust(kit.DNSRecordType, map[string]attr.Value{})
	m.Published = types.MapValueMust(publishedType, map[string]attr.Value{})
	return []dns.Published{}
}

// bothOf returns a record that shows the halves of an interrupted change of an SPF record.
func bothOf(o dns.Observation) dns.Record {
	r := o.Record
	texts := make([]string, len(o.Halves))
	for i, half := range o.Halves {
		texts[i] = half.Value
	}
	r.Value = strings.Join(texts, " and ")
	return r
}

// stillPublished removes from the published records those that were missing at an earlier refresh
// and that the configuration does not want. If such a record is in the zone now, it belongs to
// somebody else, also if its key now stands for another record. Planned is null if all records are
// removed.
//
// A record that is wanted is still looked for where it was published, although it was missing: a
// run may have published it again and ended before it could save that.
func stillPublished(previous []dns.Published, state, planned types.Map) []dns.Published {
	if planned.IsUnknown() {
		return previous
	}
	return slices.DeleteFunc(slices.Clone(previous), func(p dns.Published) bool {
		return state.Elements()[p.Key] == nil && !mayWant(planned.Elements()[p.Key], p.Wanted)
	})
}

// mayWant reports whether an element of records is a published record, or may turn out to be it. An
// SPF record is the same one with other terms: what was added to it is looked for term by term.
func mayWant(element attr.Value, published dns.Record) bool {
	object, ok := element.(types.Object)
	if !ok {
		return false
	}
	r, known, err := RecordOf(object)
	return err != nil || !known || r.Identity() == published.Identity() || r.SetKey() == published.SetKey() && isMerged(r) && isMerged(published)
}

// adopt sets the state after an import. Each record must be in the zone, and is taken over.
func (r *recordsResource) adopt(ctx context.Context, state *recordsModel, editor *dns.Editor, zone dns.HostedZone, diags *diag.Diagnostics) []dns.Published {
	wanted, _ := state.wanted(diags)
	if diags.HasError() {
		return nil
	}
	about := make([]dns.Record, len(wanted))
	for i, w := range wanted {
		about[i] = w.Record
	}
	snapshot, err := editor.Snapshot(ctx, zone, about)
	if err != nil {
		kit.AddError(diags, "Unable to read the zone", err)
		return nil
	}
	if lines := notInZone(snapshot, wanted); len(lines) > 0 {
		diags.AddError("Not all records are in the zone", fmt.Sprintf("Records are imported as they stand in the zone %s. These differ:\n\n%s\n\n"+
			"Correct them in the import id and in the configuration, or leave them out of the import and add them to the configuration afterwards.", zone.Apex, strings.Join(lines, "\n")))
		return nil
	}
	publication := state.publication(r.Run, wanted, nil)
	publication.Adopt = true
	planned, err := editor.Plan(ctx, zone, publication)
	switch {
	case err != nil:
		kit.AddError(diags, "Unable to read the zone", err)
		return nil
	case planned.Err() != nil:
		addPublishError(diags, planned.Err())
		return nil
	}
	state.Zone = types.StringValue(zone.Apex)
	state.Published = mergePublished(types.MapNull(publishedType), planned.Published)
	state.Preexisting = preexistingKeys(planned.Published)
	state.TTL = commonTTL(planned.Published)
	return planned.Published
}

// notInZone lists the wanted records that the zone does not have, and what it has instead.
func notInZone(snapshot *dns.Snapshot, wanted []dns.Wanted) []string {
	var lines []string
	for _, w := range wanted {
		there, instead := snapshot.Says(w.Record)
		if there {
			continue
		}
		line := fmt.Sprintf("    %q: the zone does not have %s", w.Key, w.Record)
		if len(instead) > 0 {
			texts := make([]string, len(instead))
			for i, record := range instead {
				texts[i] = record.String()
			}
			line = fmt.Sprintf("    %q: the zone has %s, not %s", w.Key, strings.Join(texts, " and "), w.Record)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// commonTTL returns the TTL if all records have the same, or null.
func commonTTL(published []dns.Published) types.Int64 {
	if len(published) == 0 {
		return types.Int64Null()
	}
	for _, p := range published {
		if p.Record.TTL != published[0].Record.TTL {
			return types.Int64Null()
		}
	}
	return ttlValue(published[0].Record)
}

// copyOf returns a copy of a map's elements.
func copyOf(m types.Map) map[string]attr.Value {
	out := map[string]attr.Value{}
	for key, v := range m.Elements() {
		out[key] = v
	}
	return out
}

// recordValue returns one element of the attribute records.
func recordValue(r dns.Record) types.Object {
	priority := types.Int64Null()
	if r.Type == "MX" {
		priority = types.Int64Value(int64(r.Priority))
	}
	return types.ObjectValueMust(kit.DNSRecordType.AttrTypes, map[string]attr.Value{
		"name": types.StringValue(r.Name), "type": types.StringValue(r.Type),
		"value": types.StringValue(r.Value), "priority": priority,
	})
}

// ttlValue returns a record's TTL, or null if the host chooses it.
func ttlValue(r dns.Record) types.Int64 {
	if r.TTL == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(int64(r.TTL))
}
