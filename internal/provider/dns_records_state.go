package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// observe brings the state up to what has become of the published records: a
// record that is missing goes, one that was changed shows its present value, and
// the others stay as they were written.
func (r *dnsRecordsResource) observe(ctx context.Context, state *dnsRecordsModel, editor *dns.Editor, zone dns.HostedZone, previous []dns.Published, diags *diag.Diagnostics) []dns.Published {
	about := make([]dns.Record, len(previous))
	for i, p := range previous {
		about[i] = p.Wanted
	}
	snapshot, err := editor.Snapshot(ctx, zone, about)
	if err != nil {
		addError(diags, "Unable to read the zone", err)
		return previous
	}
	records, published := copyOf(state.Records), copyOf(state.Published)
	var now []dns.Published
	for _, o := range dns.Observe(snapshot, previous) {
		now = append(now, o.Published)
		key := o.Published.Key
		switch o.Presence {
		case dns.Missing:
			delete(records, key)
			delete(published, key)
		case dns.Changed:
			if o.Record.Type == "CNAME" && o.Record.Proxied {
				// As if it were missing: nobody who asks the DNS sees it.
				delete(records, key)
				delete(published, key)
				diags.AddAttributeWarning(path.Root("records").AtMapKey(key), "A CNAME is behind the host's proxy",
					fmt.Sprintf("%s is in the zone, but the DNS host answers with addresses of its own instead. Publishing it again switches the proxy off for it.", o.Record))
				continue
			}
			if o.Record.Identity() == o.Published.Record.Identity() { // its TTL alone
				state.TTL = types.Int64Value(int64(o.Record.TTL))
			} else {
				records[key] = recordValue(o.Record)
			}
			published[key] = publishedValue(o.Record, types.StringValue(o.Record.Value), ttlValue(o.Record))
		}
	}
	state.Zone = types.StringValue(zone.Apex)
	state.Records = types.MapValueMust(dnsRecordType, records)
	state.Published = types.MapValueMust(publishedType, published)
	return now
}

// adopt fills in the state of an import. Each record has to be there; SPF
// mechanisms that are there already stay when the resource is destroyed.
func (r *dnsRecordsResource) adopt(ctx context.Context, state *dnsRecordsModel, editor *dns.Editor, zone dns.HostedZone, diags *diag.Diagnostics) []dns.Published {
	wanted, _ := state.wanted(diags)
	if diags.HasError() {
		return nil
	}
	planned, err := editor.Plan(ctx, zone, state.publication(wanted, nil))
	switch {
	case err != nil:
		addError(diags, "Unable to read the zone", err)
		return nil
	case planned.Err() != nil:
		addPublishError(diags, planned.Err())
		return nil
	case !planned.Changes.Empty():
		var lines []string
		for _, c := range planned.Changes.Create {
			lines = append(lines, "    "+c.String())
		}
		for _, c := range planned.Changes.Replace {
			lines = append(lines, "    "+c.New.String())
		}
		diags.AddError("Not all records are in the zone",
			fmt.Sprintf("Records are imported as they stand in the zone %s, and these do not:\n\n%s\n\nLeave them out of the import, or create the resource instead: records that are there already are adopted.", zone.Apex, strings.Join(lines, "\n")))
		return nil
	}
	state.Zone = types.StringValue(zone.Apex)
	state.Published = mergePublished(types.MapNull(publishedType), planned.Published)
	return planned.Published
}

func copyOf(m types.Map) map[string]attr.Value {
	out := map[string]attr.Value{}
	for key, v := range m.Elements() {
		out[key] = v
	}
	return out
}

// recordValue is an element of records.
func recordValue(r dns.Record) types.Object {
	priority := types.Int64Null()
	if r.Type == "MX" {
		priority = types.Int64Value(int64(r.Priority))
	}
	return types.ObjectValueMust(dnsRecordType.AttrTypes, map[string]attr.Value{
		"name": types.StringValue(r.Name), "type": types.StringValue(r.Type),
		"value": types.StringValue(r.Value), "priority": priority,
	})
}

func ttlValue(r dns.Record) types.Int64 {
	if r.TTL == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(int64(r.TTL))
}

// How often the name servers are asked while a change is under way: quickly at
// first, as most hosts take seconds, then with patience.
const (
	firstArrivalPause   = 200 * time.Millisecond
	longestArrivalPause = 10 * time.Second
)

// awaitArrival waits until all name servers that answer have the records. Whatever
// keeps it from that is a warning: the records are written, and what needs them to
// be seen verifies that by itself.
func (r *dnsRecordsResource) awaitArrival(ctx context.Context, zone dns.HostedZone, published []dns.Published, timeout time.Duration, diags *diag.Diagnostics) {
	lookup, err := r.services.Lookup()
	if err != nil {
		diags.AddWarning("Unable to see whether the records have arrived", err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	servers := zone.NameServers
	if len(servers) == 0 {
		public, err := lookup.Apex(ctx, zone.Apex)
		if err != nil {
			diags.AddWarning("Unable to see whether the records have arrived", err.Error()+".")
			return
		}
		servers = public.NameServers
	}
	asked := dns.Zone{Apex: zone.Apex, NameServers: servers}
	var records []dns.Record
	for _, p := range published {
		records = append(records, p.Record)
	}
	silent := map[string]bool{}
	for pause := firstArrivalPause; ; pause = min(2*pause, longestArrivalPause) {
		arrivals := lookup.Arrivals(ctx, asked, records)
		var waiting []dns.Record
		var lines []string
		for _, a := range arrivals {
			for _, server := range a.Silent {
				silent[server] = true
			}
			switch {
			case a.Err != nil && ctx.Err() == nil:
				diags.AddWarning("Unable to see whether the records have arrived", a.Err.Error()+".")
				return
			case !a.Arrived():
				waiting = append(waiting, a.Record)
				lines = append(lines, "    "+a.String())
			}
		}
		if len(waiting) == 0 {
			warnOfSilence(zone, silent, diags)
			return
		}
		records = waiting
		tflog.Info(ctx, "Waiting for records to arrive at the name servers", map[string]any{"zone": zone.Apex, "missing": len(waiting)})
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			diags.AddAttributeWarning(path.Root("records"), "Records have not arrived yet",
				fmt.Sprintf("They are written at the DNS host, but after %s not all name servers of %s have them:\n\n%s\n\nMostly it is a matter of minutes. The next plan shows no difference; what needs them is seen by whatever verifies them.",
					timeout, zone.Apex, strings.Join(lines, "\n")))
			return
		}
	}
}

// warnOfSilence names the name servers that gave no answer, and so were not waited
// for.
func warnOfSilence(zone dns.HostedZone, silent map[string]bool, diags *diag.Diagnostics) {
	if len(silent) == 0 {
		return
	}
	diags.AddWarning("A name server does not answer",
		fmt.Sprintf("The records have arrived at the other name servers of %s, but these gave no answer:\n\n    %s\n\n"+
			"Whoever asks one of them sees nothing of the zone. Have it repaired, or take it out of the delegation.",
			zone.Apex, strings.Join(slices.Sorted(maps.Keys(silent)), "\n    ")))
}
