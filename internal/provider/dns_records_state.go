package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// publishedKeyName is where private state remembers what was published.
const publishedKeyName = "published"

// loadPublished is nil where nothing is remembered: after an import, and for Delete of
// what somebody has tainted.
func loadPublished(ctx context.Context, private privateState) ([]dns.Published, diag.Diagnostics) {
	text, diags := private.GetKey(ctx, publishedKeyName)
	if diags.HasError() || len(text) == 0 {
		return nil, diags
	}
	var published []dns.Published
	if err := json.Unmarshal(text, &published); err != nil {
		diags.AddError("Unreadable private state", "The note on what was published is damaged: "+err.Error())
	}
	if published == nil { // nothing was published, as of no records, which is not the same as nothing remembered
		published = []dns.Published{}
	}
	return published, diags
}

func savePublished(ctx context.Context, private privateState, published []dns.Published) diag.Diagnostics {
	text, err := json.Marshal(published)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddError("Unable to remember what was published", err.Error())
		return diags
	}
	return private.SetKey(ctx, publishedKeyName, text)
}

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
	state.TTL = commonTTL(planned.Published)
	return planned.Published
}

// commonTTL is the TTL that all records have; null where there is none.
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
