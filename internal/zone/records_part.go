package zone

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// holdPart turns the plan into the state after only a part of it was published, and returns what was
// published. The state has the records that are in the zone. If a new record is there and the old
// one under its key too, the state has the old one, so that the next plan shows what is left to do.
// Everything else stays as it was, or is as planned if the resource is new: the next plan shows the
// difference again.
func (m *recordsModel) holdPart(state recordsModel, partial *dns.PartialError) []dns.Published {
	planned := *m
	if !state.ID.IsNull() {
		*m = state
		m.Zone = planned.Zone
	}
	records := map[string]attr.Value{}
	published := mergePublished(types.MapNull(publishedType), partial.Published).Elements()
	shown := map[string]dns.Published{}
	for _, p := range partial.Published {
		records[p.Key], shown[p.Key] = planned.Records.Elements()[p.Key], p
	}
	for _, p := range partial.Kept {
		before, had := state.Records.Elements()[p.Key]
		if !had {
			continue // it was missing at an earlier refresh
		}
		records[p.Key], shown[p.Key] = before, p
		delete(published, p.Key)
		if there, had := state.Published.Elements()[p.Key]; had {
			published[p.Key] = there
		}
	}
	var all []dns.Published
	for _, key := range kit.SortedKeys(shown) {
		all = append(all, shown[key])
	}
	m.Records = types.MapValueMust(kit.DNSRecordType, records)
	m.Published = types.MapValueMust(publishedType, published)
	m.Preexisting = preexistingKeys(all)
	m.Displaced = displacedValue(partial.Displaced)
	return partial.Has()
}

// addPartError reports a publication that failed half-way, and what to do now.
func addPartError(diags *diag.Diagnostics, partial *dns.PartialError, advice string) {
	kit.AddError(diags, "DNS records were published in part", fmt.Errorf("%w. %s", partial, advice))
}
